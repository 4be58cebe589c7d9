/** A document from codegen, with the scopes that the schema asks of it. */
export type TypedDocument<Result, Variables> = {
  toString(): string
  __meta__?: Record<string, unknown> | undefined
  __apiType?: ((variables: Variables) => Result) | undefined
}

/** Written beside the document by codegen, from the schema's rules. */
export function getRequiredScopes(document: {
  __meta__?: Record<string, unknown> | undefined
}): readonly string[] {
  const scopes: unknown = document.__meta__?.scopes
  if (!Array.isArray(scopes)) throw new Error('the document was generated without its scopes')
  return scopes
}

/** A challenge of a `WWW-Authenticate` header, as openid-client reads it. */
type Challenge = { readonly parameters: { readonly error?: string; readonly scope?: string } }

/** What a token lacks the scopes for is named in the challenge (RFC 6750 §3); empty where it is not about scopes. */
export const getChallengeScopes = (challenges: readonly Challenge[]): readonly string[] =>
  challenges
    .find(({ parameters }) => parameters.error === 'insufficient_scope')
    ?.parameters.scope?.split(' ')
    .filter(Boolean) ?? []
