/** A generated GraphQL document with the types of its result and variables. */
export type TypedDocument<Result, Variables> = {
  toString(): string
  __meta__?: Record<string, unknown> | undefined
  __apiType?: ((variables: Variables) => Result) | undefined
}

/** Returns the scopes that a document requires, which codegen computes from the schema's rules. */
export function getRequiredScopes(
  document: Pick<TypedDocument<unknown, never>, '__meta__'>,
): readonly string[] {
  const scopes: unknown = document.__meta__?.scopes
  if (!Array.isArray(scopes)) throw new Error('The generated document has no scopes. Run `npm run codegen`.')
  return scopes
}
