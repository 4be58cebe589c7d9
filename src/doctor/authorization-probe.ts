import { type Ask, type Heard, inWords, isTrouble, type Trouble } from './http-probe.ts'

/** A sign-in as an app begins it. */
export type SignIn = {
  readonly issuer: string
  readonly client: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  /** Whether a PKCE challenge is sent (RFC 7636 §4.3). */
  readonly challenge: boolean
}

/** What comes of it, as far as can be seen without a person. */
export type Begun =
  | { readonly begun: 'known' }
  | { readonly begun: 'unknown client' }
  | { readonly begun: 'unknown redirect' }
  /** It came back to the app, with an error. */
  | { readonly begun: 'refused'; readonly words: string }
  | { readonly begun: 'neither'; readonly words: string }

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
export async function beginSignIn(
  ask: Ask,
  { issuer, client, redirectUri, scopes, challenge }: SignIn,
): Promise<Begun> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state: 'doctor',
    nonce: 'doctor',
    prompt: 'none',
    ...(challenge && { code_challenge: CHALLENGE, code_challenge_method: 'S256' }),
  })
  return read(await ask(`${issuer}/v1/authorize?${query}`), redirectUri)
}

function read(answer: Heard | Trouble, redirectUri: string): Begun {
  if (isTrouble(answer)) return { begun: 'neither', words: answer.words }
  const location = URL.parse(answer.headers.get('location') ?? '')
  const home = new URL(redirectUri)
  if (location && location.origin === home.origin && location.pathname === home.pathname) {
    const error = location.searchParams.get('error') ?? ''
    if (error === '' || PERSON_NEEDED.has(error)) return { begun: 'known' }
    return {
      begun: 'refused',
      words: `${error}: ${location.searchParams.get('error_description') ?? ''}`,
    }
  }
  const said = unescaped(answer.text)
  if (UNKNOWN_CLIENT.test(said)) return { begun: 'unknown client' }
  if (UNKNOWN_REDIRECT.test(said)) return { begun: 'unknown redirect' }
  return { begun: 'neither', words: inWords(answer) }
}

/** A page's text, whichever way its author wrote quotes and blanks: HTML's (`&#39;`) or a script's (`\x27`). */
const unescaped = (page: string): string =>
  page.replace(/&#(\d{1,5});|&#x([\da-f]{1,4});|\\x([\da-f]{2})/gi, (_, decimal, hex, script) =>
    String.fromCharCode(decimal === undefined ? Number.parseInt(hex ?? script, 16) : Number(decimal)),
  )
