import { ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client'

/** A fault that the job's operator can act on; its message says how. */
export class JobFault extends Error {
  override readonly name = 'JobFault'
}

/** What to do when Okta says that there is no DPoP proof, as it does for a client that must send one. */
const NEEDS_DPOP = ' This client needs tokens that are bound to a key: run the job with --dpop.'

/**
 * Calls another server, and says which one when that fails.
 * @throws JobFault when it cannot be reached or refuses; a challenge of the API passes as it is
 */
export async function reached<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const refusal = await refusalIn(error)
    if (refusal?.error) {
      const { error: code, error_description: description } = refusal
      const hint = code === 'invalid_dpop_proof' && /missing/.test(description ?? '') ? NEEDS_DPOP : ''
      throw new JobFault(`${what} refused: ${code}: ${description}${hint}`)
    }
    if (error instanceof WWWAuthenticateChallengeError) throw error
    if (error instanceof ClientError || error instanceof TypeError)
      throw new JobFault(`${what} cannot be reached, or does not answer as it should: ${error.message}`)
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
