/** Why the API said no, as its `WWW-Authenticate` header has it (RFC 6750 §3). */
export type BearerChallenge = {
  readonly status: number
  /** Absent where no token was sent. */
  readonly error: string | undefined
  readonly description: string | undefined
  /** What a token needs for the whole operation. */
  readonly scopes: readonly string[]
}

/** Quoted values may hold an escaped quote (RFC 9110 §5.6.4). */
const PARAMETER = /([\w-]+)="((?:[^"\\]|\\.)*)"/g

/** Reads the challenge of an answer; undefined where there is none for a bearer. */
export function parseBearerChallenge(status: number, header: string | null): BearerChallenge | undefined {
  if (header === null || !/^Bearer\b/i.test(header)) return undefined
  const parameters = new Map<string, string>()
  for (const [, name = '', value = ''] of header.matchAll(PARAMETER))
    parameters.set(name, value.replace(/\\(.)/g, '$1'))
  const scopes = (parameters.get('scope') ?? '').split(' ').filter(Boolean)
  return { status, error: parameters.get('error'), description: parameters.get('error_description'), scopes }
}

/** What a challenge asks for beyond what is held. */
export const findMissingScopes = ({ scopes }: BearerChallenge, held: readonly string[]): readonly string[] =>
  scopes.filter((scope) => !held.includes(scope))

/** What to ask the issuer for: what is held stays, and what the challenge names comes beside it. */
export const buildStepUpScopes = (
  { scopes }: BearerChallenge,
  held: readonly string[],
): readonly string[] => [...new Set([...held, ...scopes])]
