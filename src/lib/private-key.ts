import { createPrivateKey, type KeyObject, type webcrypto } from 'node:crypto'

const MIN_MODULUS_BITS = 2048

type PrivateJwk = webcrypto.JsonWebKey & { readonly kid?: unknown }

/**
 * Parses the RSA private key of an OAuth client: unencrypted PEM, or a JWK as JSON. Only a JWK has a key id.
 * @throws Error that contains nothing of the key; its message completes the sentence "the key must …"
 */
export function parsePrivateKey(text: string): { readonly key: KeyObject; readonly kid: string | undefined } {
  const jwk = text.trimStart().startsWith('{') ? parseJwk(text) : undefined
  const key = importKey(jwk ? { key: jwk, format: 'jwk' } : text)
  if (key?.asymmetricKeyType !== 'rsa')
    throw new Error('must be an unencrypted RSA private key, as PEM (PKCS#8) or as a JWK')
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_MODULUS_BITS)
    throw new Error(`must have at least ${MIN_MODULUS_BITS} bits`)
  const { kid, alg = 'RS256', use = 'sig' } = jwk ?? {}
  if (alg !== 'RS256' || use !== 'sig') throw new Error('must be for RS256 signatures')
  if (kid !== undefined && (typeof kid !== 'string' || kid === ''))
    throw new Error('must have a text as its kid')
  return { key, kid }
}

function parseJwk(text: string): PrivateJwk | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Returns undefined for a key that cannot be read. Node's errors might contain parts of it. */
function importKey(key: Parameters<typeof createPrivateKey>[0]): KeyObject | undefined {
  try {
    return createPrivateKey(key)
  } catch {
    return undefined
  }
}
