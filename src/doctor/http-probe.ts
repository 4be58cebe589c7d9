import type { Clock } from '../lib/clock.ts'

/** The response to a request that doctor sends. Without a response, the status is 0 and `errorCode` is set. */
export type ProbeResponse = {
  readonly status: number
  readonly headers: Headers
  /** The body, cut at 256 KiB. */
  readonly text: string
  /** Undefined if the body is not a JSON object. */
  readonly json: Readonly<Record<string, unknown>> | undefined
  /** The local time halfway between request and response, in milliseconds since 1970. */
  readonly localTimeMs: number
  /** The code of a system error or of OpenSSL's, `TIMEOUT`, or an empty string for any other failure. */
  readonly errorCode?: string
  /** Status, redirect target and error of the response, or why there is none. */
  readonly summary: string
}

export type HttpProbe = (url: string, init?: RequestInit) => Promise<ProbeResponse>

const MAX_BYTES = 256 * 1024
const NO_RESPONSE = { status: 0, headers: new Headers(), text: '', json: undefined }

/** Creates a function that sends HTTP requests with a timeout. It follows no redirects and never throws. */
export function createHttpProbe(clock: Pick<Clock, 'now'>, timeoutMs: number): HttpProbe {
  return async function sendRequest(url, init = {}) {
    const startedMs = clock.now()
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await fetch(url, { ...init, redirect: 'manual', signal })
      const localTimeMs = (startedMs + clock.now()) / 2
      const text = await readBody(response)
      const json = parseJsonObject(text)
      const { status, headers } = response
      return { status, headers, text, json, localTimeMs, summary: summarize(response, json) }
    } catch (error) {
      // The `cause` of an error of `fetch` has the details.
      const { name, message, cause } = error as Error & { readonly cause?: NodeJS.ErrnoException }
      const errorCode = name === 'TimeoutError' ? 'TIMEOUT' : (cause?.code ?? '')
      const summary = /TIMEOUT|TIMEDOUT/.test(errorCode)
        ? `no complete response within ${timeoutMs / 1000} s`
        : errorCode || cause?.message || message
      return { ...NO_RESPONSE, localTimeMs: startedMs, errorCode, summary }
    }
  }
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.length
    // Leaving the loop cancels the body.
    if (bytes > MAX_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8', 0, MAX_BYTES)
}

function parseJsonObject(text: string): ProbeResponse['json'] {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function summarize({ status, headers }: Response, json: ProbeResponse['json']): string {
  const location = headers.get('location')
  const detail = json === undefined ? 'not a JSON object' : describeOAuthError(json)
  return `HTTP ${status}${location ? ` to ${location}` : ''}${detail ? `, ${detail}` : ''}`
}

/** Joins error and description (RFC 6749 §5.2). For some errors Okta uses the members of its own API. */
export const describeOAuthError = (json: ProbeResponse['json'] = {}): string =>
  [json.error ?? json.errorCode, json.error_description ?? json.errorSummary]
    .filter((part) => typeof part === 'string')
    .join(': ')
