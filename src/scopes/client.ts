/**
 * Returns the scopes that a generated operation requires, as `scopesPreset` wrote them to its document. Imports nothing, for
 * use in browsers. Not included: the scopes of inputs that are sent in variables.
 * @param document of any document mode
 * @throws Error for a document without them, such as a fragment
 */
export function getRequiredScopes(document: object): readonly string[] {
  const { requiredScopes } = Object(Object(document).__meta__)
  if (Array.isArray(requiredScopes)) return requiredScopes
  throw new Error(
    'The document has no requiredScopes. Generate it with scopesPreset, and pass an operation, not a fragment.',
  )
}
