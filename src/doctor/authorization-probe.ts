import {
  describeProbeResult,
  type HttpProbe,
  isProbeFailure,
  type ProbeFailure,
  type ProbeResponse,
} from './http-probe.ts'

/** The parameters of an authorization request. */
export type AuthorizationRequest = {
  readonly issuer: string
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  /** Sends a PKCE challenge (RFC 7636 §4.3). */
  readonly usesPkce: boolean
}

/** The result of an authorization request without user interaction. */
export type AuthorizationProbeResult =
  | { readonly outcome: 'known' }
  | { readonly outcome: 'unknown client' }
  | { readonly outcome: 'unknown redirect' }
  /** The server redirected to the app with an error. */
  | { readonly outcome: 'refused'; readonly description: string }
  | { readonly outcome: 'neither'; readonly description: string }

/** Error texts of Okta and of the embedded server. */
const UNKNOWN_CLIENT = /Invalid value for 'client_id'|client is invalid|\binvalid_client\b/
const UNKNOWN_REDIRECT = /must be a Login redirect URI|redirect_uri did not match|\binvalid_redirect_uri\b/
/** RFC 7636 Appendix B. */
const CODE_CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
/** OpenID Connect Core §3.1.2.6: errors that mean that only the user's interaction is missing. */
const INTERACTION_ERRORS = new Set(['login_required', 'interaction_required', 'consent_required'])

/**
 * Sends an authorization request with `prompt=none`. Okta does not list registrations to other clients, so they are
 * inferred: a server redirects only to a URI that is registered for the client (RFC 6749 §3.1.2.4).
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
    ...(usesPkce && { code_challenge: CODE_CHALLENGE, code_challenge_method: 'S256' }),
  })
  return classifyResponse(await httpProbe(`${issuer}/v1/authorize?${query}`), redirectUri)
}

function classifyResponse(
  response: ProbeResponse | ProbeFailure,
  redirectUri: string,
): AuthorizationProbeResult {
  if (isProbeFailure(response)) return { outcome: 'neither', description: response.description }
  const location = URL.parse(response.headers.get('location') ?? '')
  const expected = new URL(redirectUri)
  if (location && location.origin === expected.origin && location.pathname === expected.pathname) {
    const error = location.searchParams.get('error') ?? ''
    if (error === '' || INTERACTION_ERRORS.has(error)) return { outcome: 'known' }
    return {
      outcome: 'refused',
      description: `${error}: ${location.searchParams.get('error_description') ?? ''}`,
    }
  }
  const page = unescapePage(response.text)
  if (UNKNOWN_CLIENT.test(page)) return { outcome: 'unknown client' }
  if (UNKNOWN_REDIRECT.test(page)) return { outcome: 'unknown redirect' }
  return { outcome: 'neither', description: describeProbeResult(response) }
}

/** Decodes character references of HTML (`&#39;`) and escapes of JavaScript (`\x27`); Okta's pages have either. */
const unescapePage = (page: string): string =>
  page.replace(/&#(\d{1,5});|&#x([\da-f]{1,4});|\\x([\da-f]{2})/gi, (_, decimal, hex, script) =>
    String.fromCharCode(decimal === undefined ? Number.parseInt(hex ?? script, 16) : Number(decimal)),
  )
