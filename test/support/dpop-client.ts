import { createHash, randomUUID } from 'node:crypto'
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'

export type ProofOptions = {
  readonly url: string
  readonly token: string
  readonly method?: string
  /** Seconds since 1970. */
  readonly iat?: number
  readonly nonce?: string | undefined
  readonly claims?: object
  readonly header?: object
  /** Rewrites the JSON of the payload. */
  readonly transformPayload?: (payload: string) => string
}

/** Creates a client with a key, which creates DPoP proofs (RFC 9449 §4.2). */
export async function createDpopClient(alg = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk: JWK = await exportJWK(publicKey)
  return {
    jwk,
    privateJwk: await exportJWK(privateKey),
    jkt: await calculateJwkThumbprint(jwk),
    async createProof({
      url,
      token,
      method = 'POST',
      iat,
      nonce,
      claims,
      header,
      transformPayload = (text) => text,
    }: ProofOptions) {
      const payload = JSON.stringify({
        jti: randomUUID(),
        htm: method,
        htu: url,
        iat: iat ?? Math.floor(Date.now() / 1000),
        ath: createHash('sha256').update(token).digest('base64url'),
        ...(nonce !== undefined && { nonce }),
        ...claims,
      })
      return new CompactSign(Buffer.from(transformPayload(payload)))
        .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk, ...header })
        .sign(privateKey)
    },
  }
}

export type DpopClient = Awaited<ReturnType<typeof createDpopClient>>
