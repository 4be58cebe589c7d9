import type { Clock } from '../lib/clock.ts'
import type { SignDpopProof } from './dpop-proof-signer.ts'
import {
  describeProbeResult,
  type HttpProbe,
  isProbeFailure,
  type ProbeFailure,
  type ProbeResponse,
} from './http-probe.ts'
import { type ConfiguredClient, formEncodeCredentials } from './setup.ts'

/** Why the token endpoint refuses, as far as its words tell (Okta's error code reference). */
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

/** What came of a token request. */
export type TokenEndpointResult =
  | { readonly token: string; readonly expiresInSeconds: number | undefined }
  | { readonly errorKind: TokenErrorKind; readonly description: string }

export type TokenEndpoint = {
  /** A job's request; with proofs as soon as one was asked for. */
  readonly requestToken: (client: ConfiguredClient, scope: string) => Promise<TokenEndpointResult>
  /** Exchanges a code that nobody was given: a client that may exchange codes is told that it is not one. */
  readonly exchangeInvalidCode: (
    client: ConfiguredClient,
    redirectUri: string,
  ) => Promise<TokenEndpointResult>
  /** Whether a request was refused for want of a proof. */
  readonly isDpopRequired: () => boolean
}

const ROWS: readonly (readonly [refused: TokenErrorKind, error: RegExp, description: RegExp])[] = [
  ['proof missing', /^invalid_dpop_proof$/, /missing/],
  ['proof', /dpop/, /./],
  ['client', /^invalid_client$/, /'client_id'/],
  ['secret', /^invalid_client$/, /secret/],
  ['authentication', /^invalid_client$/, /./],
  ['grant', /^(unauthorized_client|unsupported_grant_type)$/, /./],
  ['scope', /^invalid_scope$/, /./],
  ['policy', /^access_denied$/, /Policy evaluation failed/],
  ['withheld', /^access_denied$/, /rejected|denied by the policy/],
  ['code', /^invalid_grant$/, /./],
]

/** A code that nobody was given, and a verifier of the right form (RFC 7636 §4.1). */
const NOTHING = { code: 'doctor', code_verifier: 'doctor'.repeat(8) }

/** @param url where tokens are to be had: `{issuer}/v1/token`, as the settings have it; no document sends a secret elsewhere */
export function createTokenEndpoint(
  url: string,
  httpProbe: HttpProbe,
  signDpopProof: SignDpopProof,
  clock: Pick<Clock, 'now'>,
): TokenEndpoint {
  let bound = false
  let nonce: string | undefined
  async function post(
    client: ConfiguredClient,
    parameters: Record<string, string>,
  ): Promise<TokenEndpointResult> {
    const send = () => httpProbe(url, request(client, parameters, bound ? { dpop: proof() } : {}))
    let answer = await send()
    if (errorOf(answer).error === 'invalid_dpop_proof' && !bound) {
      bound = true
      answer = await send()
    }
    if (errorOf(answer).error === 'use_dpop_nonce' && !isProbeFailure(answer)) {
      nonce = answer.headers.get('dpop-nonce') ?? undefined
      answer = await send()
    }
    return understood(answer)
  }
  const proof = () => signDpopProof(url, Math.floor(clock.now() / 1000), nonce)
  return {
    requestToken: (client, scope) => post(client, { grant_type: 'client_credentials', scope }),
    exchangeInvalidCode: async (client, redirect_uri) =>
      understood(
        await httpProbe(url, request(client, { grant_type: 'authorization_code', redirect_uri, ...NOTHING })),
      ),
    isDpopRequired: () => bound,
  }
}

/** RFC 6749 §2.3.1; a public client names itself alone. */
function request(
  client: ConfiguredClient,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
) {
  const confidential = client.secret !== undefined
  const basic = () => `Basic ${Buffer.from(formEncodeCredentials(client)).toString('base64')}`
  return {
    method: 'POST',
    headers: {
      accept: 'application/json',
      ...headers,
      ...(confidential && { authorization: basic() }),
    },
    body: new URLSearchParams(confidential ? parameters : { ...parameters, client_id: client.id }),
  }
}

/** RFC 6749 §5.2; to an unknown client Okta says it in the words of its own API (errorCode, errorSummary). */
function errorOf(answer: ProbeResponse | ProbeFailure): {
  readonly error: unknown
  readonly description: unknown
} {
  const said = (isProbeFailure(answer) ? {} : (answer.json ?? {})) as Record<string, unknown>
  return { error: said.error ?? said.errorCode, description: said.error_description ?? said.errorSummary }
}

/** What an answer of the token endpoint comes to. */
function understood(answer: ProbeResponse | ProbeFailure): TokenEndpointResult {
  const words = describeProbeResult(answer)
  if (isProbeFailure(answer)) return { errorKind: 'other', description: words }
  const { access_token, expires_in } = (answer.json ?? {}) as Record<string, unknown>
  if (answer.status === 200 && typeof access_token === 'string')
    return { token: access_token, expiresInSeconds: typeof expires_in === 'number' ? expires_in : undefined }
  const { error, description } = errorOf(answer)
  const row = ROWS.find(([, code, text]) => code.test(String(error)) && text.test(String(description)))
  return { errorKind: row?.[0] ?? 'other', description: words }
}
