import { createPublicKey, type KeyObject, type webcrypto } from 'node:crypto'
import { KID_PATTERN } from './jose-header.ts'

type Jwk = webcrypto.JsonWebKey & { readonly kid?: unknown }

/** Public keys by their ids. */
export type PublicKeys = ReadonlyMap<string, KeyObject>

const MAX_KEYS = 20
const RSA_BITS = { least: 2048, most: 8192 }
/** An exponent of 1 signs everything; a very large one makes each check slow. */
const EXPONENT = { least: 3n, most: 2n ** 32n }

/**
 * The keys of a JWKS (RFC 7517) that can check RS256. A key of another kind, or a broken one, is passed over.
 * @param document a key set, parsed and not checked
 * @throws Error when it is no list of at most 20 keys, or none of them can be used
 */
export function parseJwks(document: unknown): PublicKeys {
  const list = (document as { keys?: unknown } | null)?.keys
  if (!Array.isArray(list) || list.length > MAX_KEYS)
    throw new Error('the key set is not a list of at most 20 keys')
  const keys = new Map<string, KeyObject>()
  for (const jwk of list) {
    const kid = (jwk as Jwk | null)?.kid
    if (typeof kid !== 'string' || !KID_PATTERN.test(kid) || keys.has(kid)) continue
    const key = usableKey(jwk as Jwk)
    if (key) keys.set(kid, key)
  }
  if (keys.size === 0) throw new Error('the key set holds no usable RS256 key')
  return keys
}

/** A key of another kind has no RSA numbers: `createPublicKey` throws, or there is no modulus. */
function usableKey({ kty, n, e, use = 'sig', alg = 'RS256', key_ops }: Jwk): KeyObject | undefined {
  if (use !== 'sig' || alg !== 'RS256') return undefined
  if (key_ops !== undefined && !(Array.isArray(key_ops) && key_ops.includes('verify'))) return undefined
  try {
    const key = createPublicKey({ key: { kty, n, e } as Jwk, format: 'jwk' })
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
    const fits =
      modulusLength >= RSA_BITS.least &&
      modulusLength <= RSA_BITS.most &&
      publicExponent >= EXPONENT.least &&
      publicExponent <= EXPONENT.most &&
      publicExponent % 2n === 1n
    return fits ? key : undefined
  } catch {
    return undefined
  }
}

/** Whether two sets have the same keys under the same ids. */
export const hasSameKeys = (one: PublicKeys, other: PublicKeys): boolean =>
  one.size === other.size &&
  [...one].every(([kid, key]) => {
    const counterpart = other.get(kid)
    return counterpart !== undefined && key.equals(counterpart)
  })
