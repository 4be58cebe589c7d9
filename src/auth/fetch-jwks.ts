import type { FetchJwks } from './key-set.ts'

const MAX_BYTES = 256 * 1024

/**
 * Creates the function that fetches the JWKS from `{issuer}/v1/keys`, where Okta publishes it. It follows no redirect
 * and accepts 256 KiB after decompression. The URL comes from the settings only, never from a token or a document.
 * @param issuer the issuer's URL, without a trailing slash
 * @param timeoutMs the limit for the whole response
 * @returns a function that resolves to the parsed but unvalidated document
 */
export function createFetchJwks(issuer: string, timeoutMs: number): FetchJwks {
  return async function fetchJwks() {
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
