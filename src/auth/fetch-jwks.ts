import type { FetchJwks } from './key-set.ts'

const MAX_BYTES = 256 * 1024

/**
 * Fetches the key set from where Okta publishes it, `{issuer}/v1/keys`: no redirect, 256 KiB after decoding.
 * The address comes from the settings alone, never from a token or a document.
 * @param issuer its URL, without a slash at the end
 * @param timeoutMs for the whole answer, to its last byte
 * @returns a function that resolves to the parsed document, unchecked; it rejects when none can be had
 */
export function createFetchJwks(issuer: string, timeoutMs: number): FetchJwks {
  return async function fetchKeys() {
    const response = await fetch(`${issuer}/v1/keys`, {
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/json' },
    })
    if (!response.ok || !response.body) {
      await response.body?.cancel()
      throw new Error(`the key set answered ${response.status}`)
    }
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of response.body) {
      bytes += chunk.length
      if (bytes > MAX_BYTES) throw new Error('the key set is larger than 256 KiB')
      chunks.push(chunk)
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  }
}
