import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CompactSign, exportJWK, generateKeyPair } from 'jose'

/** Creates a key that signs tokens. `jwk` is its public key, as an issuer publishes it. */
export async function createSigningKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  return {
    kid,
    privateKey,
    publicKey,
    jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' },
  }
}

/** Returns the claims of a client's token without its scopes, valid for an hour. */
export function createAccessTokenClaims(iss: string, client: string) {
  const iat = Math.floor(Date.now() / 1000)
  return { ver: 1, jti: 'AT.1', iss, aud: 'api://default', iat, exp: iat + 3600, cid: client, sub: client }
}

/** Starts an issuer whose key set and tokens the test controls. */
export async function startStubIssuer() {
  const key = await createSigningKey('k1')
  const state = {
    /** Requests for the key set. */
    jwksRequests: 0,
    /** Other requests. */
    otherRequests: 0,
    isUp: true,
    keys: [key.jwk] as unknown[],
    /** Handles every request instead of serving the key set. */
    handler: undefined as ((response: ServerResponse) => void) | undefined,
  }
  const server = createServer((request: IncomingMessage, response) => {
    if (request.url === '/oauth2/default/v1/keys') state.jwksRequests += 1
    else state.otherRequests += 1
    if (state.handler) return state.handler(response)
    response.writeHead(state.isUp ? 200 : 500, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ keys: state.keys }))
  })
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const url = `http://localhost:${port}/oauth2/default`
  const claims = { ...createAccessTokenClaims(url, 'job'), scp: ['fakebookapi.read'] }
  return {
    url,
    state,
    ...key,
    claims,
    /** Signs a token. `payload` replaces the JSON of the claims. */
    signToken: (
      changes: object = {},
      header: object = {},
      payload: string | Uint8Array = JSON.stringify({ ...claims, ...changes }),
      { kid, privateKey } = key,
    ) =>
      new CompactSign(Buffer.from(payload))
        .setProtectedHeader({ alg: 'RS256', kid, ...header })
        .sign(privateKey),
    close,
    /** Listens again at the same address. */
    reopen: () => listen(port),
  }
}

export type StubIssuer = Awaited<ReturnType<typeof startStubIssuer>>
