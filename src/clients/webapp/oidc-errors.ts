import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { Fault, type FaultKind } from './page-error.ts'

/** The authorization server's no to a person's sign-in (RFC 6749 §4.1.2.1). */
export class Denied extends Error {
  override readonly name = 'Denied'
  readonly code: string

  constructor(code: string) {
    super('the authorization server said no')
    this.code = code
  }
}

/** What it says when it has trouble of its own. */
const TROUBLE = new Set(['server_error', 'temporarily_unavailable'])
/** Codes of openid-client for an answer that came, and was not what it had to be. */
const MISMATCH = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
])

/**
 * Calls the authorization server.
 * @param refusals what its refusals mean here, by their codes
 * @throws Fault, or Denied
 */
export async function answered<T>(
  call: () => Promise<T>,
  refusals: Readonly<Record<string, FaultKind>> = { invalid_grant: 'mismatch' },
): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw meaning(error, refusals)
  }
}

function meaning(error: unknown, refusals: Readonly<Record<string, FaultKind>>): unknown {
  if (error instanceof AuthorizationResponseError)
    return TROUBLE.has(error.error) ? new Fault('issuerDown', error) : new Denied(error.error)
  if (error instanceof ResponseBodyError) return new Fault(refusals[error.error] ?? 'issuerDown', error)
  if (error instanceof WWWAuthenticateChallengeError) {
    const code = error.cause.map(({ parameters }) => parameters.error).find((one) => one !== undefined)
    return new Fault(refusals[code ?? ''] ?? 'issuerDown', error)
  }
  if (error instanceof ClientError)
    return new Fault(MISMATCH.has(error.code ?? '') ? 'mismatch' : 'issuerDown', error)
  // What fetch throws when nobody answers.
  if (error instanceof TypeError && error.cause !== undefined) return new Fault('issuerDown', error)
  return error
}
