import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describeOAuthError, type HttpProbe, type ProbeResponse } from './http-probe.ts'
import { type ConfiguredClient, formEncodeCredentials, type Setup } from './setup.ts'

/** The reasons for an error response, by its error and description (Okta's error code reference). The first match decides. */
const ERROR_PATTERNS = [
  { kind: 'proof missing', pattern: /^invalid_dpop_proof: .*missing/ },
  { kind: 'proof', pattern: /^\w*dpop/ },
  { kind: 'client', pattern: /^invalid_client: .*'client_id'/ },
  { kind: 'secret', pattern: /^invalid_client: .*secret/ },
  { kind: 'authentication', pattern: /^invalid_client\b/ },
  { kind: 'grant', pattern: /^(unauthorized_client|unsupported_grant_type)\b/ },
  { kind: 'scope', pattern: /^invalid_scope\b/ },
  { kind: 'policy', pattern: /^access_denied: .*Policy evaluation failed/ },
  { kind: 'withheld', pattern: /^access_denied: .*(rejected|denied by the policy)/ },
  { kind: 'code', pattern: /^invalid_grant\b/ },
] as const

export type TokenErrorKind = (typeof ERROR_PATTERNS)[number]['kind'] | 'other'

/** The result of a token request. */
export type TokenResult =
  | { readonly token: string; readonly expiresInSeconds: number | undefined }
  | { readonly errorKind: TokenErrorKind; readonly detail: string }

/**
 * Creates functions that send token requests. They send secrets only to `{issuer}/v1/token`, from the settings, and never
 * to a URL from a discovery document.
 */
export function createTokenEndpoint({ issuer, clock }: Pick<Setup, 'issuer' | 'clock'>, request: HttpProbe) {
  const url = `${issuer}/v1/token`
  let requiresDpop = false
  let nonce: string | undefined
  const requestJobToken = async (client: ConfiguredClient, scope: string) => {
    const dpop = requiresDpop ? await signDpopProof(url, clock.now(), nonce) : undefined
    return request(
      url,
      tokenRequest(client, { grant_type: 'client_credentials', scope }, { ...(dpop && { dpop }) }),
    )
  }
  return {
    /** Requests a token with client credentials; with a DPoP proof once the server has required one. */
    async requestToken(client: ConfiguredClient, scope: string): Promise<TokenResult> {
      let response = await requestJobToken(client, scope)
      if (response.json?.error === 'invalid_dpop_proof' && !requiresDpop) {
        requiresDpop = true
        response = await requestJobToken(client, scope)
      }
      // RFC 9449 §8
      if (response.json?.error === 'use_dpop_nonce') {
        nonce = response.headers.get('dpop-nonce') ?? undefined
        response = await requestJobToken(client, scope)
      }
      return parseTokenResponse(response)
    },
    /** Exchanges a made-up code. A client that is allowed to exchange codes gets the error that the code is invalid. */
    exchangeInvalidCode: async (client: ConfiguredClient, redirectUri: string) =>
      parseTokenResponse(await request(url, invalidCodeRequest(client, redirectUri))),
    /** Returns true if the server rejected a request that had no DPoP proof. */
    isDpopRequired: () => requiresDpop,
  }
}

/** Returns a token request with a made-up code, and with a verifier in the required form (RFC 7636 §4.1). */
export const invalidCodeRequest = (
  client: ConfiguredClient,
  redirect_uri: string,
  headers: Record<string, string> = {},
) =>
  tokenRequest(
    client,
    { grant_type: 'authorization_code', redirect_uri, code: 'doctor', code_verifier: 'doctor'.repeat(8) },
    headers,
  )

/** RFC 6749 §2.3.1. A public client sends only its id. */
function tokenRequest(
  client: ConfiguredClient,
  parameters: Record<string, string>,
  headers: Record<string, string>,
) {
  const common = { accept: 'application/json', ...headers }
  if (client.secret === undefined)
    return {
      method: 'POST',
      headers: common,
      body: new URLSearchParams({ ...parameters, client_id: client.id }),
    }
  const authorization = `Basic ${Buffer.from(formEncodeCredentials(client)).toString('base64')}`
  return { method: 'POST', headers: { ...common, authorization }, body: new URLSearchParams(parameters) }
}

function parseTokenResponse({ status, json, summary }: ProbeResponse): TokenResult {
  const { access_token: token, expires_in: expiresIn } = json ?? {}
  if (status === 200 && typeof token === 'string')
    return { token, expiresInSeconds: typeof expiresIn === 'number' ? expiresIn : undefined }
  const error = describeOAuthError(json)
  const match = ERROR_PATTERNS.find(({ pattern }) => pattern.test(error))
  return { errorKind: match?.kind ?? 'other', detail: summary }
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
