import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { close, listen } from './port.ts'

const path = '/oauth2/default'

export interface BenchIssuer {
  readonly issuer: string
  /** Returns an access token as Okta writes it, good for an hour. */
  accessToken(scopes: readonly string[]): Promise<string>
  /** Returns the same token, signed with a key that is not published under the name of the one that is. */
  strangersToken(scopes: readonly string[]): Promise<string>
  close(): Promise<void>
}

/**
 * Starts an issuer on the loopback that publishes one RS256 key at `/v1/keys` and its metadata, and signs
 * access tokens. It is no authorization server: it has no token endpoint and gives tokens to its caller alone.
 */
export async function startBenchIssuer(): Promise<BenchIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const stranger = await generateKeyPair('RS256')
  const header = { alg: 'RS256', kid: randomUUID() }
  const documents = new Map<string, string>()

  const server = createServer((request, response) => {
    const document = documents.get(request.url ?? '')
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(document)
  })
  const issuer = `http://localhost:${await listen(server)}${path}`
  const metadata = JSON.stringify({ issuer, jwks_uri: `${issuer}/v1/keys` })
  documents.set(`${path}/.well-known/oauth-authorization-server`, metadata)
  documents.set(`${path}/.well-known/openid-configuration`, metadata)
  documents.set(
    `${path}/v1/keys`,
    JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), ...header, use: 'sig' }] }),
  )

  const sign = (scopes: readonly string[], key: CryptoKey) =>
    new SignJWT({ ver: 1, cid: 'bench', scp: [...scopes] })
      .setProtectedHeader(header)
      .setJti(`AT.${randomUUID()}`)
      .setIssuer(issuer)
      .setAudience('api://default')
      .setSubject('bench')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(key)

  return {
    issuer,
    accessToken: (scopes) => sign(scopes, privateKey),
    strangersToken: (scopes) => sign(scopes, stranger.privateKey),
    close: () => close(server),
  }
}

/** Lends an issuer, which ends with what is done with it. */
export async function withBenchIssuer<Result>(
  act: (issuer: BenchIssuer) => Promise<Result>,
): Promise<Result> {
  const issuer = await startBenchIssuer()
  try {
    return await act(issuer)
  } finally {
    await issuer.close()
  }
}
