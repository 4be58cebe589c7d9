import { subtle } from 'node:crypto'
import { type ClientAuth, modifyAssertion, PrivateKeyJwt } from 'openid-client'
import { parsePrivateKey } from '../../lib/private-key.ts'

/**
 * Creates client authentication by a signed assertion (RFC 7523 §2.2). Each request has a new one with its own `jti`, valid
 * for a minute.
 * @param privateKey a text that `parsePrivateKey` accepts
 */
export async function createPrivateKeyJwt(privateKey: string): Promise<ClientAuth> {
  const { key, kid } = parsePrivateKey(privateKey)
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
  const signingKey = await subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  return (server, ...request) => {
    const authenticate = PrivateKeyJwt(
      { key: signingKey, ...(kid !== undefined && { kid }) },
      {
        [modifyAssertion](_header, payload) {
          // Okta accepts the URL of the endpoint only; openid-client sends the issuer.
          payload.aud = server.token_endpoint
        },
      },
    )
    return authenticate(server, ...request)
  }
}
