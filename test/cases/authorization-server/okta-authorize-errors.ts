/** What Okta answers to a browser that asks wrongly (Okta's OAuth error reference). Permanent numbers. */
export type AuthorizeErrorCase = {
  readonly id: string
  readonly title: string
  /** Changes of a request that is right; empty leaves a parameter out. */
  readonly changes: Readonly<Record<string, string>>
  /** Sent back to the application, or shown as a page. */
  readonly channel: 'redirect' | 'page'
  readonly error: string
  readonly description: string
  /** Appended as it stands. */
  readonly appendedQuery?: string
}

const PKCE_MISSING = { code_challenge: '', code_challenge_method: '' }
const REDIRECT_WORDS = "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings."
const UNKNOWN_SCOPE = 'One or more scopes are not configured for the authorization server resource.'

const row = (
  id: string,
  name: string,
  changes: Record<string, string>,
  by: 'redirect' | 'page',
  error: string,
  words: string,
  more = '',
): AuthorizeErrorCase => ({
  id,
  title: name,
  changes,
  channel: by,
  error,
  description: words,
  appendedQuery: more,
})

export const AUTHORIZE_ERROR_CASES: readonly AuthorizeErrorCase[] = [
  row(
    'O20',
    'no state',
    { state: '' },
    'redirect',
    'invalid_request',
    "The authentication request has an invalid 'state' parameter.",
  ),
  row(
    'O21',
    'another response type',
    { response_type: 'token' },
    'redirect',
    'unsupported_response_type',
    'The response type is not supported by the authorization server. Configured response types: [code].',
  ),
  row(
    'O22',
    'an unknown scope',
    { scope: 'openid fakebookapi.write' },
    'redirect',
    'invalid_scope',
    UNKNOWN_SCOPE,
  ),
  row('O23', 'no scope', { scope: '', nonce: '' }, 'redirect', 'invalid_scope', 'No scopes were requested.'),
  row(
    'O24',
    'profile without openid',
    { scope: 'profile fakebookapi.read', nonce: '' },
    'redirect',
    'invalid_scope',
    "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.",
  ),
  row(
    'O25',
    'a public client without PKCE',
    { client_id: 'fakebook-ide', redirect_uri: 'http://localhost:4000/graphql', ...PKCE_MISSING },
    'redirect',
    'invalid_request',
    'PKCE code challenge is required by the application.',
  ),
  row(
    'O26',
    'PKCE in the clear',
    { code_challenge_method: 'plain' },
    'redirect',
    'invalid_request',
    'PKCE code challenge method is not supported. Valid values: [S256]',
  ),
  row(
    'O27',
    'nobody is signed in, and nobody may be asked',
    { prompt: 'none', scope: 'openid' },
    'redirect',
    'login_required',
    'The client specified not to prompt, but the user is not logged in.',
  ),
  row(
    'O28',
    'a prompt that there is not',
    { prompt: 'create', scope: 'openid' },
    'redirect',
    'invalid_request',
    "Invalid value for 'prompt' parameter. Supported values: [none, login, consent]",
  ),
  row(
    'O29',
    'a parameter twice',
    {},
    'redirect',
    'invalid_request',
    'The request contained multiple parameters with the same name.',
    '&nonce=1&nonce=2',
  ),
  row(
    'O30',
    'an address of somebody else',
    { redirect_uri: 'http://localhost:9/callback' },
    'page',
    'invalid_request',
    REDIRECT_WORDS,
  ),
  row(
    'O31',
    'a registered address with a slash more',
    { redirect_uri: 'http://localhost:7001/callback/' },
    'page',
    'invalid_request',
    REDIRECT_WORDS,
  ),
  row(
    'O32',
    'a registered address with a query',
    { redirect_uri: 'http://localhost:7001/callback?a=b' },
    'page',
    'invalid_request',
    REDIRECT_WORDS,
  ),
  row(
    'O33',
    'a registered address in other letters',
    { redirect_uri: 'http://LOCALHOST:7001/callback' },
    'page',
    'invalid_request',
    REDIRECT_WORDS,
  ),
  row(
    'O34',
    'an unknown client',
    { client_id: 'nobody' },
    'page',
    'invalid_client',
    "Invalid value for 'client_id' parameter.",
  ),
  row(
    'O35',
    'a service app',
    { client_id: 'fakebook-cron', redirect_uri: 'http://localhost:7001/callback' },
    'page',
    'invalid_request',
    REDIRECT_WORDS,
  ),
  row(
    'O36',
    'markup in place of an address',
    { redirect_uri: 'javascript:alert(1)//<script>' },
    'page',
    'invalid_request',
    REDIRECT_WORDS,
  ),
]
