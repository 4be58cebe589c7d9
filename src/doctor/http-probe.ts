import type { Clock } from '../lib/clock.ts'

/** A response, of any status. */
export type ProbeResponse = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Undefined if the body is not JSON. */
  readonly json: unknown
  /** The local time halfway between request and response, in milliseconds since 1970. */
  readonly localTimeMs: number
}

/** The reason why there is no response. */
export type ProbeFailure = {
  readonly failure: 'unresolved' | 'unreached' | 'plain' | 'tls' | 'slow' | 'large'
  readonly description: string
}

export type HttpProbe = (
  url: string,
  init?: Pick<RequestInit, 'method' | 'headers' | 'body'>,
) => Promise<ProbeResponse | ProbeFailure>

/** The timeout of a whole response, and the maximum size of its body. */
export type ProbeLimits = { readonly timeoutMs: number; readonly maxBytes: number }
export const DEFAULT_PROBE_LIMITS: ProbeLimits = Object.freeze({ timeoutMs: 5_000, maxBytes: 256 * 1024 })

export const isProbeFailure = (response: ProbeResponse | ProbeFailure): response is ProbeFailure =>
  'failure' in response

/** Creates a function that sends HTTP requests within the limits. It follows no redirects and never throws. */
export function createHttpProbe(clock: Pick<Clock, 'now'>, { timeoutMs, maxBytes }: ProbeLimits): HttpProbe {
  return async function sendRequest(url, init = {}) {
    const startedMs = clock.now()
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await fetch(url, { ...init, redirect: 'manual', signal })
      const localTimeMs = (startedMs + clock.now()) / 2
      const text = await readBody(response, maxBytes)
      if (text === undefined)
        return { failure: 'large', description: `the response is larger than ${maxBytes / 1024} KiB` }
      return { status: response.status, headers: response.headers, text, json: parseJson(text), localTimeMs }
    } catch (error) {
      return describeFailure(error, timeoutMs)
    }
  }
}

/** Returns undefined if the body exceeds `maxBytes`. */
async function readBody(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    // Leaving the loop cancels the body.
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const DNS_ERROR = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA'])
/** OpenSSL's errors for a response that is not TLS. */
const NOT_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/
const TLS_ERROR = /CERT|SIGNATURE|SELF_SIGNED|UNABLE_TO|TLS|SSL|EPROTO/

/** Classifies an error of `fetch`, whose `cause` has the details. */
function describeFailure(error: unknown, timeoutMs: number): ProbeFailure {
  const { name, message, cause } = error as { name?: string; message?: string; cause?: unknown }
  const inner = (cause ?? {}) as { code?: unknown; message?: unknown }
  const code = String(inner.code ?? '')
  if (name === 'TimeoutError' || /TIMEOUT|TIMEDOUT/.test(code))
    return { failure: 'slow', description: `no complete response within ${timeoutMs / 1000} s` }
  const description = code || String(inner.message || message)
  if (DNS_ERROR.has(code)) return { failure: 'unresolved', description }
  if (NOT_TLS.test(code)) return { failure: 'plain', description }
  return { failure: TLS_ERROR.test(code) ? 'tls' : 'unreached', description }
}

/** Summarizes an unexpected response: status, redirect target, and the error that it contains. */
export function describeProbeResult(response: ProbeResponse | ProbeFailure): string {
  if (isProbeFailure(response)) return response.description
  const { error, error_description, errorSummary } = (response.json ?? {}) as Record<string, unknown>
  const oauthError = [error, error_description ?? errorSummary]
    .filter((part) => typeof part === 'string')
    .join(': ')
  const location = response.headers.get('location')
  const detail = oauthError || (response.json === undefined ? 'not JSON' : '')
  return `HTTP ${response.status}${location ? ` to ${location}` : ''}${detail ? `, ${detail}` : ''}`
}
