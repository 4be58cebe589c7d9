import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'

/** Makes a DPoP proof for a request to a token endpoint (RFC 9449 §4.2). */
export type SignDpopProof = (url: string, iatSeconds: number, nonce: string | undefined) => string

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A key for this run alone, and the proofs that it signs (ES256, RFC 7518 §3.4). */
export function createDpopProofSigner(): SignDpopProof {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
  const header = encoded({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } })
  return function prove(htu, iat, nonce) {
    const payload = { jti: randomUUID(), htm: 'POST', htu, iat, ...(nonce !== undefined && { nonce }) }
    const signed = `${header}.${encoded(payload)}`
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    return `${signed}.${signature.toString('base64url')}`
  }
}
