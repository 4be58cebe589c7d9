import {
  describeProbeResult,
  type HttpProbe,
  isProbeFailure,
  type ProbeFailure,
  type ProbeResponse,
} from './http-probe.ts'

/** A sign-in as an app begins it. */
export type AuthorizationRequest = {
  readonly issuer: string
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  /** Whether a PKCE challenge is sent (RFC 7636 §4.3). */
  readonly usesPkce: boolean
}

/** What comes of it, as far as can be seen without a person. */
export type AuthorizationProbeResult =
  | { readonly outcome: 'known' }
  | { readonly outcome: 'unknown client' }
  | { readonly outcome: 'unknown redirect' }
  /** It came back to the app, with an error. */
  | { readonly outcome: 'refused'; readonly description: string }
  | { readonly outcome: 'neither'; readonly description: string }

/** Okta's texts, and the embedded server's. */
const UNKNOWN_CLIENT = /Invalid value for 'client_id'|client is invalid|\binvalid_client\b/
const UNKNOWN_REDIRECT = /must be a Login redirect URI|redirect_uri did not match|\binvalid_redirect_uri\b/
/** RFC 7636 Appendix B. */
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
/** OpenID Connect Core §3.1.2.6: a person would have been asked something. */
const PERSON_NEEDED = new Set(['login_required', 'interaction_required', 'consent_required'])

/**
 * Asks for a code without a person (`prompt=none`). Okta tells nobody what is registered, so it is inferred: a server
 * sends a browser back to a redirect URI only when it is registered for that client (RFC 6749 §3.1.2.4).
 */
export async function probeAuthorization(
  httpProbe: HttpProbe,
  { issuer, clientId, redirectUri, scopes, usesPkce }: AuthorizationRequest,
): Promise<AuthorizationProbeResult> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state: 'doctor',
    nonce: 'doctor',
    prompt: 'none',
    ...(usesPkce && { code_challenge: CHALLENGE, code_challenge_method: 'S256' }),
  })
  return read(await httpProbe(`${issuer}/v1/authorize?${query}`), redirectUri)
}

function read(answer: ProbeResponse | ProbeFailure, redirectUri: string): AuthorizationProbeResult {
  if (isProbeFailure(answer)) return { outcome: 'neither', description: answer.description }
  const location = URL.parse(answer.headers.get('location') ?? '')
  const home = new URL(redirectUri)
  if (location && location.origin === home.origin && location.pathname === home.pathname) {
    const error = location.searchParams.get('error') ?? ''
    if (error === '' || PERSON_NEEDED.has(error)) return { outcome: 'known' }
    return {
      outcome: 'refused',
      description: `${error}: ${location.searchParams.get('error_description') ?? ''}`,
    }
  }
  const said = unescaped(answer.text)
  if (UNKNOWN_CLIENT.test(said)) return { outcome: 'unknown client' }
  if (UNKNOWN_REDIRECT.test(said)) return { outcome: 'unknown redirect' }
  return { outcome: 'neither', description: describeProbeResult(answer) }
}

/** A page's text, whichever way its author wrote quotes and blanks: HTML's (`&#39;`) or a script's (`\x27`). */
const unescaped = (page: string): string =>
  page.replace(/&#(\d{1,5});|&#x([\da-f]{1,4});|\\x([\da-f]{2})/gi, (_, decimal, hex, script) =>
    String.fromCharCode(decimal === undefined ? Number.parseInt(hex ?? script, 16) : Number(decimal)),
  )
