import type { Clock } from '../lib/clock.ts'

/** An answer, whatever it says. */
export type Heard = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Undefined where the body is not JSON. */
  readonly json: unknown
  /** Milliseconds since 1970 by our clock, half-way between question and answer. */
  readonly at: number
}

/** Why there was no answer. */
export type Trouble = {
  readonly trouble: 'unresolved' | 'unreached' | 'plain' | 'tls' | 'slow' | 'large'
  readonly words: string
}

export type Ask = (
  url: string,
  init?: Pick<RequestInit, 'method' | 'headers' | 'body'>,
) => Promise<Heard | Trouble>

/** Milliseconds for a whole answer, and bytes of its body. */
export type Bounds = { readonly timeoutMs: number; readonly bytes: number }
export const BOUNDS: Bounds = Object.freeze({ timeoutMs: 5_000, bytes: 256 * 1024 })

export const isTrouble = (answer: Heard | Trouble): answer is Trouble => 'trouble' in answer

/** Asks over HTTP: no redirect is followed, no answer is waited for or read without end. It never throws. */
export function createAsk(clock: Pick<Clock, 'now'>, { timeoutMs, bytes }: Bounds): Ask {
  return async function ask(url, init = {}) {
    const began = clock.now()
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await fetch(url, { ...init, redirect: 'manual', signal })
      const at = (began + clock.now()) / 2
      const text = await bounded(response, bytes)
      if (text === undefined) return { trouble: 'large', words: `it is larger than ${bytes / 1024} KiB` }
      return { status: response.status, headers: response.headers, text, json: parsed(text), at }
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
function troubleOf(error: unknown, timeoutMs: number): Trouble {
  const { name, message, cause } = error as { name?: string; message?: string; cause?: unknown }
  const inner = (cause ?? {}) as { code?: unknown; message?: unknown }
  const code = String(inner.code ?? '')
  if (name === 'TimeoutError' || /TIMEOUT|TIMEDOUT/.test(code))
    return { trouble: 'slow', words: `there was no whole answer within ${timeoutMs / 1000} s` }
  const words = code || String(inner.message || message)
  if (UNRESOLVED.has(code)) return { trouble: 'unresolved', words }
  if (NO_TLS.test(code)) return { trouble: 'plain', words }
  return { trouble: TLS.test(code) ? 'tls' : 'unreached', words }
}

/** What an answer says, in a few words, where it is not what it should be. */
export function inWords(answer: Heard | Trouble): string {
  if (isTrouble(answer)) return answer.words
  const { error, error_description, errorSummary } = (answer.json ?? {}) as Record<string, unknown>
  const said = [error, error_description ?? errorSummary].filter((one) => typeof one === 'string').join(': ')
  const redirect = answer.headers.get('location')
  const rest = said || (answer.json === undefined ? 'and no JSON' : '')
  return `HTTP ${answer.status}${redirect ? ` to ${redirect}` : ''}${rest ? `, ${rest}` : ''}`
}
