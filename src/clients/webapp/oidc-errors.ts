import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { PageError, type PageErrorKind } from './page-error.ts'

/** The authorization server's no to a person's sign-in (RFC 6749 §4.1.2.1). */
export class SignInDeniedError extends Error {
  override readonly name = 'SignInDeniedError'
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
 * @param kindsByCode what its refusals mean here, by their codes
 * @throws PageError, or SignInDeniedError
 */
export async function mapOidcErrors<T>(
  call: () => Promise<T>,
  kindsByCode: Readonly<Record<string, PageErrorKind>> = { invalid_grant: 'invalidSignInResponse' },
): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw meaning(error, kindsByCode)
  }
}

function meaning(error: unknown, refusals: Readonly<Record<string, PageErrorKind>>): unknown {
  if (error instanceof AuthorizationResponseError)
    return TROUBLE.has(error.error)
      ? new PageError('issuerUnavailable', error)
      : new SignInDeniedError(error.error)
  if (error instanceof ResponseBodyError)
    return new PageError(refusals[error.error] ?? 'issuerUnavailable', error)
  if (error instanceof WWWAuthenticateChallengeError) {
    const code = error.cause.map(({ parameters }) => parameters.error).find((one) => one !== undefined)
    return new PageError(refusals[code ?? ''] ?? 'issuerUnavailable', error)
  }
  if (error instanceof ClientError)
    return new PageError(
      MISMATCH.has(error.code ?? '') ? 'invalidSignInResponse' : 'issuerUnavailable',
      error,
    )
  // What fetch throws when nobody answers.
  if (error instanceof TypeError && error.cause !== undefined)
    return new PageError('issuerUnavailable', error)
  return error
}
