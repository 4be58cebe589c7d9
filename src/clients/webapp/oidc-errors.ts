import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { PageError, type PageErrorKind } from './page-error.ts'

/** An error response to an authorization request (RFC 6749 §4.1.2.1). */
export class SignInDeniedError extends Error {
  override readonly name = 'SignInDeniedError'
  readonly code: string

  constructor(code: string) {
    super('the authorization server denied the request')
    this.code = code
  }
}

/** Error codes of a failing authorization server (RFC 6749 §4.1.2.1). */
const SERVER_ERRORS = new Set(['server_error', 'temporarily_unavailable'])
/** Codes of openid-client for a response that failed validation. */
const INVALID_RESPONSE = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
])

type KindsByCode = Readonly<Record<string, PageErrorKind>>

/**
 * Calls the authorization server and maps the errors of openid-client.
 * @param kindsByCode page errors by OAuth error code
 * @throws PageError, or SignInDeniedError
 */
export async function mapOidcErrors<T>(
  call: () => Promise<T>,
  kindsByCode: KindsByCode = { invalid_grant: 'invalidSignInResponse' },
): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw mapOidcError(error, kindsByCode)
  }
}

function mapOidcError(error: unknown, kindsByCode: KindsByCode): unknown {
  if (error instanceof AuthorizationResponseError)
    return SERVER_ERRORS.has(error.error)
      ? new PageError('issuerUnavailable', error)
      : new SignInDeniedError(error.error)
  if (error instanceof ResponseBodyError)
    return new PageError(kindsByCode[error.error] ?? 'issuerUnavailable', error)
  if (error instanceof WWWAuthenticateChallengeError) {
    const code = error.cause.map(({ parameters }) => parameters.error).find((name) => name !== undefined)
    return new PageError(kindsByCode[code ?? ''] ?? 'issuerUnavailable', error)
  }
  if (error instanceof ClientError) {
    const isInvalid = INVALID_RESPONSE.has(error.code ?? '')
    return new PageError(isInvalid ? 'invalidSignInResponse' : 'issuerUnavailable', error)
  }
  // fetch throws a TypeError with a cause when the connection fails.
  if (error instanceof TypeError && error.cause !== undefined)
    return new PageError('issuerUnavailable', error)
  return error
}
