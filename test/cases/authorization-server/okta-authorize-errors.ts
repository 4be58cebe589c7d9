/** An invalid authorization request with Okta's response (Okta's OAuth error reference). */
export type AuthorizeErrorCase = {
  /** Permanent. */
  readonly id: string
  readonly title: string
  /** Changes of a valid request. An empty value removes a parameter. */
  readonly changes: Readonly<Record<string, string>>
  /** Appended to the URL as it is. */
  readonly appendedQuery?: string
  /** A redirect to the client, or a page of the authorization server. */
  readonly channel: 'redirect' | 'page'
  readonly error: string
  readonly description: string
}

const WITHOUT_PKCE = { code_challenge: '', code_challenge_method: '' }
const UNREGISTERED_REDIRECT_URI =
  "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings."
const UNKNOWN_SCOPE = 'One or more scopes are not configured for the authorization server resource.'

export const AUTHORIZE_ERROR_CASES: readonly AuthorizeErrorCase[] = [
  {
    id: 'authorization-server/O20',
    title: 'no state',
    changes: { state: '' },
    channel: 'redirect',
    error: 'invalid_request',
    description: "The authentication request has an invalid 'state' parameter.",
  },
  {
    id: 'authorization-server/O21',
    title: 'an unsupported response type',
    changes: { response_type: 'token' },
    channel: 'redirect',
    error: 'unsupported_response_type',
    description:
      'The response type is not supported by the authorization server. Configured response types: [code].',
  },
  {
    id: 'authorization-server/O22',
    title: 'an unknown scope',
    changes: { scope: 'openid fakebookapi.write' },
    channel: 'redirect',
    error: 'invalid_scope',
    description: UNKNOWN_SCOPE,
  },
  {
    id: 'authorization-server/O23',
    title: 'no scope',
    changes: { scope: '', nonce: '' },
    channel: 'redirect',
    error: 'invalid_scope',
    description: 'No scopes were requested.',
  },
  {
    id: 'authorization-server/O24',
    title: 'profile without openid',
    changes: { scope: 'profile fakebookapi.read', nonce: '' },
    channel: 'redirect',
    error: 'invalid_scope',
    description: "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.",
  },
  {
    id: 'authorization-server/O25',
    title: 'a public client without PKCE',
    changes: { client_id: 'fakebook-ide', redirect_uri: 'http://localhost:4000/graphql', ...WITHOUT_PKCE },
    channel: 'redirect',
    error: 'invalid_request',
    description: 'PKCE code challenge is required by the application.',
  },
  {
    id: 'authorization-server/O26',
    title: 'the plain PKCE method',
    changes: { code_challenge_method: 'plain' },
    channel: 'redirect',
    error: 'invalid_request',
    description: 'PKCE code challenge method is not supported. Valid values: [S256]',
  },
  {
    id: 'authorization-server/O27',
    title: 'prompt=none without a session',
    changes: { prompt: 'none', scope: 'openid' },
    channel: 'redirect',
    error: 'login_required',
    description: 'The client specified not to prompt, but the user is not logged in.',
  },
  {
    id: 'authorization-server/O28',
    title: 'an unknown prompt',
    changes: { prompt: 'create', scope: 'openid' },
    channel: 'redirect',
    error: 'invalid_request',
    description: "Invalid value for 'prompt' parameter. Supported values: [none, login, consent]",
  },
  {
    id: 'authorization-server/O29',
    title: 'a repeated parameter',
    changes: {},
    appendedQuery: '&nonce=1&nonce=2',
    channel: 'redirect',
    error: 'invalid_request',
    description: 'The request contained multiple parameters with the same name.',
  },
  {
    id: 'authorization-server/O30',
    title: 'an unregistered redirect URI',
    changes: { redirect_uri: 'http://localhost:9/callback' },
    channel: 'page',
    error: 'invalid_request',
    description: UNREGISTERED_REDIRECT_URI,
  },
  {
    id: 'authorization-server/O31',
    title: 'a registered redirect URI with a trailing slash',
    changes: { redirect_uri: 'http://localhost:7001/callback/' },
    channel: 'page',
    error: 'invalid_request',
    description: UNREGISTERED_REDIRECT_URI,
  },
  {
    id: 'authorization-server/O32',
    title: 'a registered redirect URI with a query',
    changes: { redirect_uri: 'http://localhost:7001/callback?a=b' },
    channel: 'page',
    error: 'invalid_request',
    description: UNREGISTERED_REDIRECT_URI,
  },
  {
    id: 'authorization-server/O33',
    title: 'a registered redirect URI in other letter case',
    changes: { redirect_uri: 'http://LOCALHOST:7001/callback' },
    channel: 'page',
    error: 'invalid_request',
    description: UNREGISTERED_REDIRECT_URI,
  },
  {
    id: 'authorization-server/O34',
    title: 'an unknown client',
    changes: { client_id: 'unknown' },
    channel: 'page',
    error: 'invalid_client',
    description: "Invalid value for 'client_id' parameter.",
  },
  {
    id: 'authorization-server/O35',
    title: 'a service app',
    changes: { client_id: 'fakebook-cron', redirect_uri: 'http://localhost:7001/callback' },
    channel: 'page',
    error: 'invalid_request',
    description: UNREGISTERED_REDIRECT_URI,
  },
  {
    id: 'authorization-server/O36',
    title: 'markup as redirect URI',
    changes: { redirect_uri: 'javascript:alert(1)//<script>' },
    channel: 'page',
    error: 'invalid_request',
    description: UNREGISTERED_REDIRECT_URI,
  },
]
