/** An error response of oidc-provider. */
export type ProviderError = {
  readonly error?: string | undefined
  readonly error_description?: string | undefined
  readonly error_detail?: string | undefined
}

/** The parts of a rejected request that decide between Okta's errors. */
export type OAuthRequestSummary = {
  readonly hasAuthorizationHeader: boolean
  readonly hasClientId: boolean
  readonly hasBodyCredentials: boolean
  readonly grantType: string
  /** The grant types of the client; empty when the client is unknown. */
  readonly allowedGrantTypes: readonly string[]
}

type OktaError = { readonly status: number; readonly error: string; readonly error_description: string }

type EndpointErrorRow = {
  readonly matches: (error: ProviderError, request: OAuthRequestSummary) => boolean
  readonly status: number
  readonly error: string
  readonly description: string | ((request: OAuthRequestSummary) => string)
}

const mentions = (error: ProviderError, pattern: RegExp) =>
  pattern.test(`${error.error_description} ${error.error_detail}`)
const isError = (code: string) => (error: ProviderError) => error.error === code
const describes = (pattern: RegExp) => (error: ProviderError) => mentions(error, pattern)

const GRANT_TYPES = '[authorization_code, refresh_token, client_credentials]'

/** Okta's error responses of the endpoints that are not for browsers (Okta's OAuth error reference). The first match wins. */
const ENDPOINT_ERRORS: readonly EndpointErrorRow[] = [
  {
    matches: isError('use_dpop_nonce'),
    status: 400,
    error: 'use_dpop_nonce',
    description: 'Authorization server requires nonce in DPoP proof.',
  },
  {
    matches: describes(/DPoP proof JWT not provided/),
    status: 400,
    error: 'invalid_dpop_proof',
    description: 'The DPoP proof JWT header is missing.',
  },
  {
    matches: describes(/^origin .* not allowed for client/),
    status: 400,
    error: 'invalid_request',
    description:
      'Browser requests to the token endpoint must be part of at least one whitelisted redirect_uri.',
  },
  {
    matches: (_, request) => request.hasAuthorizationHeader && request.hasBodyCredentials,
    status: 401,
    error: 'invalid_request',
    description:
      'Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.',
  },
  {
    matches: describes(/must not be provided twice/),
    status: 400,
    error: 'invalid_request',
    description: 'The request contained multiple parameters with the same name.',
  },
  {
    matches: describes(/client not found|client is invalid/),
    status: 401,
    error: 'invalid_client',
    description: "Invalid value for 'client_id' parameter.",
  },
  {
    matches: (error, request) =>
      mentions(error, /invalid secret/) || (error.error === 'invalid_client' && request.hasBodyCredentials),
    status: 401,
    error: 'invalid_client',
    description: 'The client secret supplied for a confidential client is invalid.',
  },
  {
    matches: (error, request) =>
      !request.hasAuthorizationHeader &&
      !request.hasBodyCredentials &&
      (!request.hasClientId ||
        error.error === 'invalid_client' ||
        mentions(error, /no client authentication/)),
    status: 401,
    error: 'invalid_client',
    description: 'No client credentials found.',
  },
  {
    matches: describes(/missing required parameter\(?s?\)? '?grant_type/),
    status: 400,
    error: 'invalid_request',
    description: `The token request must specify a 'grant_type'. Valid values: ${GRANT_TYPES}`,
  },
  {
    matches: describes(/missing required parameter\(?s?\)? '?token/),
    status: 400,
    error: 'invalid_request',
    description: "The 'token' parameter is required.",
  },
  {
    matches: isError('unsupported_grant_type'),
    status: 400,
    error: 'unsupported_grant_type',
    description: `The authorization grant type is not supported by the authorization server. Configured grant types: ${GRANT_TYPES}.`,
  },
  {
    matches: describes(/requested grant type is not allowed/),
    status: 400,
    error: 'unauthorized_client',
    description: ({ allowedGrantTypes }) =>
      `The client is not authorized to use the provided grant type. Configured grant types: [${allowedGrantTypes.join(', ')}].`,
  },
  {
    matches: describes(/code_verifier must be provided/),
    status: 400,
    error: 'invalid_request',
    description: 'PKCE code verifier is required by the application.',
  },
  {
    matches: describes(/unsupported code_challenge_method/),
    status: 400,
    error: 'invalid_request',
    description: 'PKCE code challenge should be specified in the authorize request for code verification.',
  },
  {
    matches: describes(/code_verifier/),
    status: 400,
    error: 'invalid_grant',
    description: 'PKCE verification failed.',
  },
  {
    matches: describes(/redirect_uri mismatch/),
    status: 400,
    error: 'invalid_grant',
    description: "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
  },
  {
    matches: (error) => error.error === 'invalid_grant' && mentions(error, /client mismatch/),
    status: 400,
    error: 'invalid_grant',
    description:
      "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.",
  },
  {
    matches: describes(/refresh token missing requested/),
    status: 400,
    error: 'access_denied',
    description:
      'Some of the scopes requested for the refresh request were not granted in the original authorize request.',
  },
  {
    matches: (error, request) => error.error === 'invalid_grant' && request.grantType === 'refresh_token',
    status: 400,
    error: 'invalid_grant',
    description: 'The refresh token is invalid or expired.',
  },
  {
    matches: isError('invalid_grant'),
    status: 400,
    error: 'invalid_grant',
    description: 'The authorization code is invalid or has expired.',
  },
]

/** Returns Okta's error response; undefined where oidc-provider's is the same. */
export function toOktaError(error: ProviderError, request: OAuthRequestSummary): OktaError | undefined {
  const row = ENDPOINT_ERRORS.find(({ matches }) => matches(error, request))
  if (!row) return undefined
  const { description } = row
  return {
    status: row.status,
    error: row.error,
    error_description: typeof description === 'string' ? description : description(request),
  }
}

type AuthorizeErrorRow = {
  /** oidc-provider's error code and description. */
  readonly from: { readonly error: string; readonly description?: RegExp }
  readonly error: string
  readonly description: string
}

/** Okta's errors of the endpoints for browsers, sent in a redirect or shown as a page. The first match wins. */
const AUTHORIZE_ERRORS: readonly AuthorizeErrorRow[] = [
  {
    from: { error: 'invalid_redirect_uri', description: /redirect_uri did not match/ },
    error: 'invalid_request',
    description: "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
  },
  {
    from: { error: 'invalid_request', description: /post_logout_redirect_uri not registered/ },
    error: 'invalid_request',
    description:
      "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.",
  },
  {
    from: { error: 'invalid_client' },
    error: 'invalid_client',
    description: "Invalid value for 'client_id' parameter.",
  },
  {
    from: { error: 'invalid_request', description: /response_type is not allowed for this client/ },
    error: 'invalid_request',
    description:
      "Clients with 'application_type' of 'service' are not allowed to access the 'authorize' endpoint.",
  },
  {
    from: { error: 'unsupported_response_type' },
    error: 'unsupported_response_type',
    description:
      'The response type is not supported by the authorization server. Configured response types: [code].',
  },
  {
    from: { error: 'unsupported_response_mode' },
    error: 'unsupported_response_mode',
    description:
      'The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post].',
  },
  {
    from: { error: 'invalid_request', description: /policy requires PKCE/ },
    error: 'invalid_request',
    description: 'PKCE code challenge is required by the application.',
  },
  {
    from: { error: 'invalid_request', description: /code_challenge_method/ },
    error: 'invalid_request',
    description: 'PKCE code challenge method is not supported. Valid values: [S256]',
  },
  {
    from: { error: 'invalid_request', description: /must not be provided twice/ },
    error: 'invalid_request',
    description: 'The request contained multiple parameters with the same name.',
  },
  {
    from: { error: 'invalid_request', description: /unsupported prompt/ },
    error: 'invalid_request',
    description: "Invalid value for 'prompt' parameter. Supported values: [none, login, consent]",
  },
  {
    from: { error: 'login_required' },
    error: 'login_required',
    description: 'The client specified not to prompt, but the user is not logged in.',
  },
]

/** Replaces the code and description of an authorization error with Okta's. */
export function toOktaAuthorizeError<T extends ProviderError>(error: T): T {
  const row = AUTHORIZE_ERRORS.find(
    ({ from }) =>
      from.error === error.error && (from.description?.test(error.error_description ?? '') ?? true),
  )
  return row ? { ...error, error: row.error, error_description: row.description } : error
}
