import { createPublicKey, type KeyObject, type webcrypto } from 'node:crypto'
import { KID_PATTERN } from './compact-jws.ts'

const MAX_BYTES = 256 * 1024

/**
 * Fetches the JWKS. Follows no redirect and accepts 256 KiB after decompression.
 * @param url from the settings only, never from a token or a document
 * @param timeoutMs the limit for the whole response
 * @returns the parsed but unvalidated document
 */
export async function fetchJwks(url: string, timeoutMs: number): Promise<unknown> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'application/json' },
  })
  if (!response.ok || !response.body) {
    await response.body?.cancel()
    throw new Error(`GET ${url} returned ${response.status}`)
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

type Jwk = webcrypto.JsonWebKey & { readonly kid?: unknown }

/** Public keys by their ids. */
export type PublicKeys = ReadonlyMap<string, KeyObject>

const MAX_KEYS = 20
export const MIN_MODULUS_BITS = 2048
export const MAX_MODULUS_BITS = 8192
/** An exponent of 1 accepts any signature; a very large one makes every verification slow. */
const MIN_EXPONENT = 3n
const MAX_EXPONENT = 2n ** 32n

/**
 * Parses a JWKS (RFC 7517) and returns its keys for RS256. Keys of other kinds and malformed keys are skipped.
 * @param document a parsed but unvalidated JWKS
 * @throws Error if the document is not a list of at most 20 keys, or has no usable key
 */
export function parseJwks(document: unknown): PublicKeys {
  const jwks = (document as { keys?: unknown } | null)?.keys
  if (!Array.isArray(jwks) || jwks.length > MAX_KEYS)
    throw new Error('the key set is not a list of at most 20 keys')
  const keys = new Map<string, KeyObject>()
  for (const jwk of jwks) {
    const kid = (jwk as Jwk | null)?.kid
    if (typeof kid !== 'string' || !KID_PATTERN.test(kid) || keys.has(kid)) continue
    const key = importRs256Key(jwk as Jwk)
    if (key) keys.set(kid, key)
  }
  if (keys.size === 0) throw new Error('the key set has no usable RS256 key')
  return keys
}

/** Imports an RSA key for RS256. For a key of another type, `createPublicKey` throws or returns no modulus. */
function importRs256Key({ kty, n, e, use = 'sig', alg = 'RS256', key_ops }: Jwk): KeyObject | undefined {
  if (use !== 'sig' || alg !== 'RS256') return undefined
  if (key_ops !== undefined && !(Array.isArray(key_ops) && key_ops.includes('verify'))) return undefined
  try {
    const key = createPublicKey({ key: { kty, n, e } as Jwk, format: 'jwk' })
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
    const isUsable =
      modulusLength >= MIN_MODULUS_BITS &&
      modulusLength <= MAX_MODULUS_BITS &&
      publicExponent >= MIN_EXPONENT &&
      publicExponent <= MAX_EXPONENT &&
      publicExponent % 2n === 1n
    return isUsable ? key : undefined
  } catch {
    return undefined
  }
}

/** Compares two sets by key ids and keys. */
export const hasSameKeys = (left: PublicKeys, right: PublicKeys): boolean =>
  left.size === right.size && [...left].every(([kid, key]) => right.get(kid)?.equals(key))
