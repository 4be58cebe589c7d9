/** A bearer challenge of the API (RFC 6750 §3). */
export type BearerChallenge = {
  /** Absent where the request had no token. */
  readonly error: string | undefined
  readonly description: string | undefined
  /** The scopes that the whole operation requires. */
  readonly scopes: readonly string[]
}

/** A challenge as openid-client parses it. */
type ParsedChallenge = { readonly parameters: { readonly error?: string; readonly scope?: string } }

/** Quoted values may contain an escaped quote (RFC 9110 §5.6.4). Matched at the start of a name only, so that the time is linear. */
const PARAMETER = /(?<![\w-])([\w-]+)="((?:[^"\\]|\\.)*)"/g

const parseScopes = (scope: string | undefined): readonly string[] => scope?.split(' ').filter(Boolean) ?? []

/** Parses a `WWW-Authenticate` header; returns undefined when it is absent or has another scheme. */
export function parseBearerChallenge(header: string | null): BearerChallenge | undefined {
  if (header === null || !/^Bearer\b/i.test(header)) return undefined
  const parameters = new Map<string, string>()
  for (const [, name = '', value = ''] of header.matchAll(PARAMETER))
    parameters.set(name, value.replace(/\\(.)/g, '$1'))
  return {
    error: parameters.get('error'),
    description: parameters.get('error_description'),
    scopes: parseScopes(parameters.get('scope')),
  }
}

/** Returns the scopes of an `insufficient_scope` challenge; empty for every other challenge. */
export const getChallengeScopes = (challenges: readonly ParsedChallenge[]): readonly string[] =>
  parseScopes(
    challenges.find(({ parameters }) => parameters.error === 'insufficient_scope')?.parameters.scope,
  )

export const findMissingScopes = (required: readonly string[], held: readonly string[]): readonly string[] =>
  required.filter((scope) => !held.includes(scope))

/** Returns the scopes to request in a step-up: those held, then those that are missing. */
export const buildStepUpScopes = (required: readonly string[], held: readonly string[]) => [
  ...new Set([...held, ...required]),
]
