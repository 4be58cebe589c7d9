import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import type { Clock } from '../lib/clock.ts'
import {
  describeProbeResult,
  type HttpProbe,
  isProbeFailure,
  type ProbeFailure,
  type ProbeResponse,
} from './http-probe.ts'
import { type ConfiguredClient, formEncodeCredentials } from './setup.ts'

/** The reason for an error response, judged by its text (Okta's error code reference). */
export type TokenErrorKind =
  | 'client'
  | 'secret'
  | 'authentication'
  | 'grant'
  | 'proof missing'
  | 'proof'
  | 'scope'
  | 'policy'
  | 'withheld'
  | 'code'
  | 'other'

/** The result of a token request. */
export type TokenEndpointResult =
  | { readonly token: string; readonly expiresInSeconds: number | undefined }
  | { readonly errorKind: TokenErrorKind; readonly description: string }

export type TokenEndpoint = {
  /** Requests a token with client credentials; with a DPoP proof once the server has required one. */
  readonly requestToken: (client: ConfiguredClient, scope: string) => Promise<TokenEndpointResult>
  /** Exchanges a made-up code. A client that is allowed to exchange codes gets the error that the code is invalid. */
  readonly exchangeInvalidCode: (
    client: ConfiguredClient,
    redirectUri: string,
  ) => Promise<TokenEndpointResult>
  /** Returns true if the server rejected a request that had no DPoP proof. */
  readonly isDpopRequired: () => boolean
}

type ErrorPattern = {
  readonly kind: TokenErrorKind
  readonly error: RegExp
  readonly description: RegExp
}

/** The first pattern that matches decides. */
const ERROR_PATTERNS: readonly ErrorPattern[] = [
  { kind: 'proof missing', error: /^invalid_dpop_proof$/, description: /missing/ },
  { kind: 'proof', error: /dpop/, description: /./ },
  { kind: 'client', error: /^invalid_client$/, description: /'client_id'/ },
  { kind: 'secret', error: /^invalid_client$/, description: /secret/ },
  { kind: 'authentication', error: /^invalid_client$/, description: /./ },
  { kind: 'grant', error: /^(unauthorized_client|unsupported_grant_type)$/, description: /./ },
  { kind: 'scope', error: /^invalid_scope$/, description: /./ },
  { kind: 'policy', error: /^access_denied$/, description: /Policy evaluation failed/ },
  { kind: 'withheld', error: /^access_denied$/, description: /rejected|denied by the policy/ },
  { kind: 'code', error: /^invalid_grant$/, description: /./ },
]

/** A made-up code, and a verifier in the required form (RFC 7636 §4.1). */
const INVALID_CODE = { code: 'doctor', code_verifier: 'doctor'.repeat(8) }

/** @param url `{issuer}/v1/token`, from the settings: secrets are never sent to a URL from a discovery document */
export function createTokenEndpoint(
  url: string,
  httpProbe: HttpProbe,
  clock: Pick<Clock, 'now'>,
): TokenEndpoint {
  const signProof = createDpopProofSigner()
  let requiresDpop = false
  let nonce: string | undefined
  async function post(
    client: ConfiguredClient,
    parameters: Record<string, string>,
  ): Promise<TokenEndpointResult> {
    const proof = () => signProof(url, Math.floor(clock.now() / 1000), nonce)
    const send = () => httpProbe(url, tokenRequest(client, parameters, requiresDpop ? { dpop: proof() } : {}))
    let response = await send()
    if (readError(response).error === 'invalid_dpop_proof' && !requiresDpop) {
      requiresDpop = true
      response = await send()
    }
    // RFC 9449 §8
    if (readError(response).error === 'use_dpop_nonce' && !isProbeFailure(response)) {
      nonce = response.headers.get('dpop-nonce') ?? undefined
      response = await send()
    }
    return parseResponse(response)
  }
  return {
    requestToken: (client, scope) => post(client, { grant_type: 'client_credentials', scope }),
    async exchangeInvalidCode(client, redirect_uri) {
      const parameters = { grant_type: 'authorization_code', redirect_uri, ...INVALID_CODE }
      return parseResponse(await httpProbe(url, tokenRequest(client, parameters)))
    },
    isDpopRequired: () => requiresDpop,
  }
}

/** RFC 6749 §2.3.1. A public client sends only its id. */
function tokenRequest(
  client: ConfiguredClient,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
) {
  const isConfidential = client.secret !== undefined
  const basic = () => `Basic ${Buffer.from(formEncodeCredentials(client)).toString('base64')}`
  return {
    method: 'POST',
    headers: {
      accept: 'application/json',
      ...headers,
      ...(isConfidential && { authorization: basic() }),
    },
    body: new URLSearchParams(isConfidential ? parameters : { ...parameters, client_id: client.id }),
  }
}

/** RFC 6749 §5.2. For an unknown client Okta uses the members of its own API (errorCode, errorSummary). */
function readError(response: ProbeResponse | ProbeFailure): {
  readonly error: unknown
  readonly description: unknown
} {
  const body = (isProbeFailure(response) ? {} : (response.json ?? {})) as Record<string, unknown>
  return { error: body.error ?? body.errorCode, description: body.error_description ?? body.errorSummary }
}

function parseResponse(response: ProbeResponse | ProbeFailure): TokenEndpointResult {
  const summary = describeProbeResult(response)
  if (isProbeFailure(response)) return { errorKind: 'other', description: summary }
  const { access_token, expires_in } = (response.json ?? {}) as Record<string, unknown>
  if (response.status === 200 && typeof access_token === 'string')
    return { token: access_token, expiresInSeconds: typeof expires_in === 'number' ? expires_in : undefined }
  const { error, description } = readError(response)
  const pattern = ERROR_PATTERNS.find(
    (one) => one.error.test(String(error)) && one.description.test(String(description)),
  )
  return { errorKind: pattern?.kind ?? 'other', description: summary }
}

const encodeSegment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Generates a key for this run and returns a function that signs DPoP proofs with it (RFC 9449 §4.2, ES256). */
function createDpopProofSigner() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
  const header = encodeSegment({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } })
  return function signProof(htu: string, iat: number, nonce: string | undefined): string {
    const payload = { jti: randomUUID(), htm: 'POST', htu, iat, ...(nonce !== undefined && { nonce }) }
    const signingInput = `${header}.${encodeSegment(payload)}`
    // RFC 7518 §3.4
    const signature = sign('sha256', Buffer.from(signingInput), {
      key: privateKey,
      dsaEncoding: 'ieee-p1363',
    })
    return `${signingInput}.${signature.toString('base64url')}`
  }
}
