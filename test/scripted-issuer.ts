import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CompactSign, exportJWK, generateKeyPair } from 'jose'

/** An issuer that publishes one key and whose every token a test writes itself. */
export async function scriptedIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
  const state = { up: true, fetches: 0 }
  const server = createServer((_, response: ServerResponse) => {
    state.fetches += 1
    response.writeHead(state.up ? 200 : 500, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ keys: [jwk] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://localhost:${(server.address() as AddressInfo).port}/oauth2/default`
  const seconds = Math.floor(Date.now() / 1000)
  const claims = {
    ver: 1,
    jti: 'AT.1',
    iss: url,
    aud: 'api://default',
    iat: seconds,
    exp: seconds + 3600,
    cid: 'job',
    scp: ['fakebookapi.read'],
    sub: 'job',
  }
  return {
    url,
    state,
    jwk,
    publicKey,
    privateKey,
    claims,
    /** A signed token; `payload` as text when its JSON is to be odd. */
    sign: (changes: object = {}, header: object = {}, payload = JSON.stringify({ ...claims, ...changes })) =>
      new CompactSign(Buffer.from(payload))
        .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header })
        .sign(privateKey),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

export type ScriptedIssuer = Awaited<ReturnType<typeof scriptedIssuer>>
