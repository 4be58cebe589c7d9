import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { parsePrivateKey } from '../lib/private-key.ts'
import { createHttpProbe, describeOAuthError, type ProbeResponse } from './http-probe.ts'
import type { ConfiguredClient, Setup } from './setup.ts'

/** The reasons for an error response, by its error and description (Okta's error code reference). The first match decides. */
const ERROR_PATTERNS = [
  { kind: 'proof missing', pattern: /^invalid_dpop_proof: .*missing/ },
  { kind: 'proof rejected', pattern: /^\w*dpop/ },
  { kind: 'unknown client', pattern: /^invalid_client: .*(?:'client_id'|valid client_id)/ },
  {
    kind: 'assertion time',
    pattern: /^invalid_client: The client_assertion token (?:is exp|has an exp|must be issued)/,
  },
  {
    kind: 'wrong key',
    pattern: /^invalid_client: The client(?:_assertion (?:JWT|signature)| JWKSet| does not have a JWKSet)/,
  },
  { kind: 'wrong secret', pattern: /^invalid_client: .*secret/ },
  { kind: 'authentication failed', pattern: /^invalid_client\b/ },
  { kind: 'grant not allowed', pattern: /^(unauthorized_client|unsupported_grant_type)\b/ },
  { kind: 'invalid scope', pattern: /^invalid_scope\b/ },
  { kind: 'no matching rule', pattern: /^access_denied: .*Policy evaluation failed/ },
  { kind: 'scope withheld', pattern: /^access_denied: .*(rejected|denied by the policy)/ },
  { kind: 'invalid code', pattern: /^invalid_grant\b/ },
] as const

export type TokenErrorKind = (typeof ERROR_PATTERNS)[number]['kind'] | 'other'

type TokenResult =
  | { readonly token: string; readonly expiresInSeconds: number | undefined }
  | { readonly errorKind: TokenErrorKind; readonly detail: string }

/** The set-up, and the functions that send a check's requests. */
export type CheckContext = Setup & ReturnType<typeof createProbes>

/**
 * Creates the requests that checks send. Discovery and token requests are cached, so that checks can share a response.
 * Secrets are sent only to `{issuer}/v1/token`, from the settings, and never to a URL from a discovery document.
 */
export function createProbes({ issuer, clock, timeoutMs }: Setup) {
  const request = createHttpProbe(clock, timeoutMs)
  const tokenUrl = `${issuer}/v1/token`
  let discovery: Promise<ProbeResponse> | undefined
  const tokens = new Map<string, Promise<TokenResult>>()
  let requiresDpop = false
  let nonce: string | undefined

  async function postClientCredentials(client: ConfiguredClient, scope: string): Promise<ProbeResponse> {
    const headers = requiresDpop ? { dpop: await signDpopProof(tokenUrl, clock.now(), nonce) } : {}
    const assertion = await signClientAssertion(client, tokenUrl, clock.now())
    const parameters = { grant_type: 'client_credentials', scope, ...assertion }
    return request(tokenUrl, tokenRequest(client, parameters, headers))
  }
  async function sendTokenRequest(client: ConfiguredClient, scope: string): Promise<TokenResult> {
    let response = await postClientCredentials(client, scope)
    if (response.json?.error === 'invalid_dpop_proof' && !requiresDpop) {
      requiresDpop = true
      response = await postClientCredentials(client, scope)
    }
    // RFC 9449 §8
    if (response.json?.error === 'use_dpop_nonce') {
      nonce = response.headers.get('dpop-nonce') ?? undefined
      response = await postClientCredentials(client, scope)
    }
    return parseTokenResponse(response)
  }
  return {
    request,
    /** OpenID Connect Discovery 1.0 §4. */
    fetchDiscovery() {
      discovery ??= request(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
      return discovery
    },
    /** Requests a token with client credentials; with a DPoP proof once the server has required one. */
    requestToken(client: ConfiguredClient, scope: string) {
      const key = JSON.stringify([client.id, scope])
      const token = tokens.get(key) ?? sendTokenRequest(client, scope)
      tokens.set(key, token)
      return token
    },
    /** Returns true if the server rejected a request that had no DPoP proof. */
    isDpopRequired: () => requiresDpop,
    /** Exchanges a made-up code. A client that is allowed to exchange codes gets the error that the code is invalid. */
    exchangeInvalidCode: async (client: ConfiguredClient, redirectUri: string) =>
      parseTokenResponse(await request(tokenUrl, invalidCodeRequest(client, redirectUri))),
  }
}

/** Returns a token request with a made-up code, and with a verifier in the required form (RFC 7636 §4.1). */
export function invalidCodeRequest(client: ConfiguredClient, redirect_uri: string, headers = {}) {
  const code = { code: 'doctor', code_verifier: 'doctor'.repeat(8) }
  return tokenRequest(client, { grant_type: 'authorization_code', redirect_uri, ...code }, headers)
}

/** RFC 6749 §2.3.1. A client without a secret sends its id as a parameter. */
function tokenRequest(client: ConfiguredClient, parameters: Record<string, string>, headers: object) {
  const hasSecret = client.secret !== undefined
  const authorization = `Basic ${Buffer.from(formEncodeCredentials(client)).toString('base64')}`
  return {
    method: 'POST',
    headers: { accept: 'application/json', ...headers, ...(hasSecret && { authorization }) },
    body: new URLSearchParams({ ...parameters, ...(!hasSecret && { client_id: client.id }) }),
  }
}

/** Joins id and secret for HTTP Basic, each form-encoded first (RFC 6749 §2.3.1). */
export const formEncodeCredentials = ({ id, secret = '' }: ConfiguredClient) =>
  `${formEncode(id)}:${formEncode(secret)}`

export const formEncode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)

function parseTokenResponse({ status, json, summary }: ProbeResponse): TokenResult {
  const { access_token: token, expires_in: expiresIn } = json ?? {}
  if (status === 200 && typeof token === 'string')
    return { token, expiresInSeconds: typeof expiresIn === 'number' ? expiresIn : undefined }
  const error = describeOAuthError(json)
  const match = ERROR_PATTERNS.find(({ pattern }) => pattern.test(error))
  return { errorKind: match?.kind ?? 'other', detail: summary }
}

/** Signs the assertion of a client with a private key (RFC 7523 §2.2), with the audience that Okta requires. */
async function signClientAssertion({ id, privateKey }: ConfiguredClient, tokenUrl: string, nowMs: number) {
  if (privateKey === undefined) return {}
  const { key, kid } = parsePrivateKey(privateKey)
  const issuedAt = Math.floor(nowMs / 1000)
  const client_assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'RS256', ...(kid !== undefined && { kid }) })
    .setIssuer(id)
    .setSubject(id)
    .setAudience(tokenUrl)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + 60)
    .sign(key)
  return { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion }
}

/** Signs a DPoP proof (RFC 9449 §4.2) with a new key each time, since no token is used afterwards. */
async function signDpopProof(htu: string, nowMs: number, nonce: string | undefined): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  return new SignJWT({ htm: 'POST', htu, ...(nonce !== undefined && { nonce }) })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: await exportJWK(publicKey) })
    .setJti(randomUUID())
    .setIssuedAt(Math.floor(nowMs / 1000))
    .sign(privateKey)
}
