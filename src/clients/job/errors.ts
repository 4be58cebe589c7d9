import { ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client'
import { ExitError } from '../../errors/exit-error.ts'

/** A failure of the job. The message tells the operator what to do. */
export class JobError extends ExitError {
  override readonly name: string = 'JobError'
}

/** A failure that may be temporary: the same request can be sent again. */
export class TransientError extends JobError {
  /** The value of the response's `Retry-After` header (RFC 9110 §10.2.3). */
  readonly retryAfter: string | null

  constructor(message: string, retryAfter: string | null = null) {
    super(message)
    this.retryAfter = retryAfter
  }
}

/** Thrown in place of waiting or retrying after the job was aborted by a signal. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}

/** Okta's response to a client that must send a DPoP proof is `invalid_dpop_proof`. */
const DPOP_HINT = ' This client requires DPoP-bound tokens. Run the job with --dpop.'

/**
 * Runs a request to another server and adds the server's name to its errors.
 * @throws JobError when the server rejects the request, TransientError when it cannot be reached. A challenge of the API
 *   that carries no OAuth error in its body passes unchanged.
 */
export async function mapRequestErrors<T>(serverLabel: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    const { error: code, error_description: description } = (await readOAuthError(error)) ?? {}
    if (code) {
      const hint = code === 'invalid_dpop_proof' && /missing/.test(description ?? '') ? DPOP_HINT : ''
      const message = `${serverLabel} rejected the request: ${code}: ${description}${hint}`
      throw error instanceof ResponseBodyError && error.status >= 429
        ? new TransientError(message, error.response.headers.get('retry-after'))
        : new JobError(message)
    }
    if (error instanceof WWWAuthenticateChallengeError) throw error
    if (error instanceof ClientError || error instanceof TypeError)
      throw new TransientError(
        `${serverLabel} cannot be reached, or its response is invalid: ${error.message}`,
        readRetryAfter(error),
      )
    throw error
  }
}

type OAuthError = { readonly error?: string; readonly error_description?: string | undefined }

/** Returns the error response of an authorization server (RFC 6749 §5.2), or undefined. */
async function readOAuthError(error: unknown): Promise<OAuthError | undefined> {
  if (error instanceof ResponseBodyError) return error
  if (!(error instanceof WWWAuthenticateChallengeError)) return undefined
  const body: unknown = await error.response
    .clone()
    .json()
    .catch(() => null)
  return (body ?? {}) as OAuthError
}

/** openid-client passes a response that it cannot use as the error's cause. */
function readRetryAfter({ cause }: Error): string | null {
  return cause instanceof Response ? cause.headers.get('retry-after') : null
}
