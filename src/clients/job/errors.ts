import { ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client'
import { ExitError } from '../../errors/exit-error.ts'

/** A fault that the job's operator can act on; its message says how. */
export class JobError extends ExitError {
  override readonly name: string = 'JobError'
}

/** The command itself is wrong; its message says what would be right. */
export class UsageError extends ExitError {
  override readonly name = 'UsageError'

  constructor(message: string) {
    super(message, 2)
  }
}

/** A fault that may be over in a moment: the same request can be sent again. */
export class TransientError extends JobError {
  /** How long to wait, in the server's own words (RFC 9110 §10.2.3). */
  readonly retryAfter: string | null

  constructor(message: string, retryAfter: string | null = null) {
    super(message)
    this.retryAfter = retryAfter
  }
}

/** Somebody told the job to stop: no fault at all. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}

/** What to do when Okta says that there is no DPoP proof, as it does for a client that must send one. */
const NEEDS_DPOP = ' This client needs tokens that are bound to a key: run the job with --dpop.'

/**
 * Calls another server, and says which one when that fails.
 * @throws JobError when it refuses, TransientError when it cannot be reached; a challenge of the API passes as it is
 */
export async function mapRequestErrors<T>(serverLabel: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const refusal = await refusalIn(error)
    if (refusal?.error) {
      const { error: code, error_description: description } = refusal
      const hint = code === 'invalid_dpop_proof' && /missing/.test(description ?? '') ? NEEDS_DPOP : ''
      const words = `${serverLabel} refused: ${code}: ${description}${hint}`
      throw error instanceof ResponseBodyError && error.status >= 429
        ? new TransientError(words, error.response.headers.get('retry-after'))
        : new JobError(words)
    }
    if (error instanceof WWWAuthenticateChallengeError) throw error
    if (error instanceof ClientError || error instanceof TypeError)
      throw new TransientError(
        `${serverLabel} cannot be reached, or does not answer as it should: ${error.message}`,
        retryAfterIn(error),
      )
    throw error
  }
}

type OAuthError = { readonly error?: string; readonly error_description?: string | undefined }

/** What an authorization server said no with (RFC 6749 §5.2); undefined when it was something else. */
async function refusalIn(error: unknown): Promise<OAuthError | undefined> {
  if (error instanceof ResponseBodyError) return error
  if (error instanceof WWWAuthenticateChallengeError)
    return (await error.response
      .clone()
      .json()
      .catch(() => ({}))) as OAuthError
  return undefined
}

/** An answer that openid-client could not use is the error's cause. */
function retryAfterIn({ cause }: Error): string | null {
  return cause instanceof Response ? cause.headers.get('retry-after') : null
}
