import { constants } from 'node:os'
import { ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client'
import type { InputIssue } from '../../errors/error-details.ts'
import { ExitError } from '../../errors/exit-error.ts'
import { isLoopbackUrl } from '../../lib/loopback.ts'
import { stripControlCharacters } from './encoding.ts'

/** A failure of the job. The message tells the operator what to do. */
export class JobError extends ExitError {
  override readonly name: string = 'JobError'
}

/** A failure that may be temporary: the same request can be sent again. */
export class TransientError extends JobError {
  /** The value of the response's `Retry-After` header (RFC 9110 §10.2.3). */
  readonly retryAfter: string | null

  constructor(message: string, retryAfter: string | null) {
    super(message)
    this.retryAfter = retryAfter
  }
}

/** A request that the API rejects: sent again, it would be rejected again. */
export class ApiRejectionError extends JobError {
  readonly status: number
  /** Each with the path of its argument, for example `inputs[3].title`. */
  readonly inputIssues: readonly InputIssue[]

  constructor(message: string, status: number, inputIssues: readonly InputIssue[]) {
    super(message)
    this.status = status
    this.inputIssues = inputIssues
  }
}

/** The reason of an abort by a signal, thrown in place of waiting or retrying. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
  /** 130 after SIGINT, 143 after SIGTERM. */
  readonly exitCode: number

  constructor(signal: NodeJS.Signals) {
    super(`Interrupted by ${signal}.`)
    this.exitCode = 128 + constants.signals[signal]
  }
}

/** Advice after an error, by Okta's code and description. The first match counts. */
const HINTS: readonly { readonly pattern: RegExp; readonly hint: string }[] = [
  {
    // Okta's response to a client that must send a DPoP proof.
    pattern: /^invalid_dpop_proof: .*missing/,
    hint: ' This client requires DPoP-bound tokens. Run the job with --dpop.',
  },
  {
    pattern: /^invalid_client: The client_assertion token (?:is exp|has an exp|must be issued)/,
    hint: ' Check the clock of this machine.',
  },
  {
    pattern: /^invalid_client: The client(?:_assertion (?:JWT|signature)| JWKSet| does not have a JWKSet)/,
    hint: ' Check that the public key of OKTA_CLIENT_PRIVATE_KEY is registered for the client, under the same kid.',
  },
  {
    pattern: /^invalid_client\b/,
    hint: ' Run "npm run doctor", which checks the client and its settings.',
  },
]

/** A server that the job calls, as messages name it. */
type RemoteServer = { readonly name: string; readonly url: string; readonly settingName: string }

/**
 * Runs a request to another server and adds the server's name to its errors.
 * @throws JobError when the server rejects the request, TransientError when it is overloaded or cannot be reached
 */
export async function mapRequestErrors<T>(
  { name, url, settingName }: RemoteServer,
  request: () => Promise<T>,
): Promise<T> {
  const serverLabel = `${name} at ${url}`
  try {
    return await request()
  } catch (error) {
    // fetch throws a TypeError with a cause when the connection fails; any other TypeError is a bug.
    if (error instanceof TypeError && error.cause === undefined) throw error
    if (error instanceof ClientError || error instanceof TypeError) {
      // openid-client passes a response that it cannot use as the error's cause.
      const response = error.cause instanceof Response ? error.cause : undefined
      const problem = response ? `${error.message} (HTTP ${response.status})` : error.message
      if (isPermanent(error, response?.status))
        throw new JobError(`${serverLabel} cannot be used: ${problem}. Check ${settingName}.`)
      const explanation =
        error instanceof TypeError
          ? `: ${describeCause(error)}. ${suggestFix(url, settingName)}`
          : `, or its response is invalid: ${problem}`
      const retryAfter = response?.headers.get('retry-after') ?? null
      throw new TransientError(`${serverLabel} cannot be reached${explanation}`, retryAfter)
    }
    if (!(error instanceof ResponseBodyError || error instanceof WWWAuthenticateChallengeError)) throw error
    const { error: code = `HTTP ${error.status}`, error_description: description = '' } =
      await readOAuthError(error)
    const reason = stripControlCharacters(`${code}: ${description}`)
    const hint = HINTS.find(({ pattern }) => pattern.test(reason))?.hint ?? ''
    const message = `${serverLabel} rejected the request: ${reason}${hint}`
    if (error.status >= 429) throw new TransientError(message, error.response.headers.get('retry-after'))
    throw new JobError(message)
  }
}

/** The cause of a failed connection to several addresses has a code, but no message. */
function describeCause({ cause, message }: TypeError): string {
  const { code, message: reason } = Object(cause) as Partial<NodeJS.ErrnoException>
  return reason || code || message
}

const suggestFix = (url: string, settingName: string) =>
  isLoopbackUrl(new URL(url))
    ? `Start it with "npm start", or set ${settingName} to the one that runs.`
    : `Check ${settingName} and the network.`

/** Returns true for metadata of another issuer, and for a client error other than a timeout or a rate limit. */
function isPermanent(error: ClientError | TypeError, status = 0): boolean {
  const isOtherIssuer =
    error instanceof ClientError && error.code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED'
  return isOtherIssuer || (status >= 400 && status < 500 && status !== 408 && status !== 429)
}

/** Returns the error response of an authorization server (RFC 6749 §5.2). */
async function readOAuthError(error: ResponseBodyError | WWWAuthenticateChallengeError) {
  if (error instanceof ResponseBodyError) return error
  const body: unknown = await error.response.json().catch(() => null)
  return Object(body) as Partial<ResponseBodyError>
}
