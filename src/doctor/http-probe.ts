import type { Clock } from '../lib/clock.ts'

/** An answer, whatever it says. */
export type ProbeResponse = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Undefined where the body is not JSON. */
  readonly json: unknown
  /** Milliseconds since 1970 by our clock, half-way between question and answer. */
  readonly localTimeMs: number
}

/** Why there was no answer. */
export type ProbeFailure = {
  readonly failure: 'unresolved' | 'unreached' | 'plain' | 'tls' | 'slow' | 'large'
  readonly description: string
}

export type HttpProbe = (
  url: string,
  init?: Pick<RequestInit, 'method' | 'headers' | 'body'>,
) => Promise<ProbeResponse | ProbeFailure>

/** Milliseconds for a whole answer, and bytes of its body. */
export type ProbeLimits = { readonly timeoutMs: number; readonly maxBytes: number }
export const DEFAULT_PROBE_LIMITS: ProbeLimits = Object.freeze({ timeoutMs: 5_000, maxBytes: 256 * 1024 })

export const isProbeFailure = (answer: ProbeResponse | ProbeFailure): answer is ProbeFailure =>
  'failure' in answer

/** Asks over HTTP: no redirect is followed, no answer is waited for or read without end. It never throws. */
export function createHttpProbe(clock: Pick<Clock, 'now'>, { timeoutMs, maxBytes }: ProbeLimits): HttpProbe {
  return async function ask(url, init = {}) {
    const began = clock.now()
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await fetch(url, { ...init, redirect: 'manual', signal })
      const at = (began + clock.now()) / 2
      const text = await bounded(response, maxBytes)
      if (text === undefined)
        return { failure: 'large', description: `it is larger than ${maxBytes / 1024} KiB` }
      return { status: response.status, headers: response.headers, text, json: parsed(text), localTimeMs: at }
    } catch (error) {
      return troubleOf(error, timeoutMs)
    }
  }
}

async function bounded(response: Response, most: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    // Leaving the loop cancels the body.
    if (bytes > most) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const UNRESOLVED = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA'])
/** What OpenSSL says of an answer that is no TLS. */
const NO_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/
const TLS = /CERT|SIGNATURE|SELF_SIGNED|UNABLE_TO|TLS|SSL|EPROTO/

/** `fetch` hides what happened in its cause. */
function troubleOf(error: unknown, timeoutMs: number): ProbeFailure {
  const { name, message, cause } = error as { name?: string; message?: string; cause?: unknown }
  const inner = (cause ?? {}) as { code?: unknown; message?: unknown }
  const code = String(inner.code ?? '')
  if (name === 'TimeoutError' || /TIMEOUT|TIMEDOUT/.test(code))
    return { failure: 'slow', description: `there was no whole answer within ${timeoutMs / 1000} s` }
  const words = code || String(inner.message || message)
  if (UNRESOLVED.has(code)) return { failure: 'unresolved', description: words }
  if (NO_TLS.test(code)) return { failure: 'plain', description: words }
  return { failure: TLS.test(code) ? 'tls' : 'unreached', description: words }
}

/** What an answer says, in a few words, where it is not what it should be. */
export function describeProbeResult(answer: ProbeResponse | ProbeFailure): string {
  if (isProbeFailure(answer)) return answer.description
  const { error, error_description, errorSummary } = (answer.json ?? {}) as Record<string, unknown>
  const said = [error, error_description ?? errorSummary].filter((one) => typeof one === 'string').join(': ')
  const redirect = answer.headers.get('location')
  const rest = said || (answer.json === undefined ? 'and no JSON' : '')
  return `HTTP ${answer.status}${redirect ? ` to ${redirect}` : ''}${rest ? `, ${rest}` : ''}`
}
