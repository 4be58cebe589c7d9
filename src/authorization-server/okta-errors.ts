import type { KoaContextWithOIDC } from 'oidc-provider'

export type ProviderError = {
  readonly error?: string | undefined
  readonly error_description?: string | undefined
  readonly error_detail?: string | undefined
}

const GRANT_TYPES = '[authorization_code, refresh_token, client_credentials]'

/**
 * Returns Okta's error response of an endpoint that is not for browsers (Okta's OAuth error reference); undefined where
 * oidc-provider's is the same. The order matters: the first condition that holds decides.
 */
export function toOktaError(
  { error, error_description, error_detail }: ProviderError,
  ctx: KoaContextWithOIDC,
) {
  const detail = `${error_description} ${error_detail}`
  const { params = {}, client } = ctx.oidc
  const hasHeaderCredentials = ctx.get('authorization') !== ''
  const hasBodyCredentials = params.client_secret !== undefined || params.client_assertion !== undefined

  if (error === 'use_dpop_nonce')
    return oktaError('use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.')
  if (/DPoP proof JWT not provided/.test(detail))
    return oktaError('invalid_dpop_proof', 'The DPoP proof JWT header is missing.')
  if (/^origin .* not allowed for client/.test(detail))
    return invalidRequest(
      'Browser requests to the token endpoint must be part of at least one whitelisted redirect_uri.',
    )
  if (hasHeaderCredentials && hasBodyCredentials)
    return invalidRequest(
      'Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.',
      401,
    )
  if (/must not be provided twice/.test(detail))
    return invalidRequest('The request contained multiple parameters with the same name.')
  if (/client not found|client is invalid/.test(detail))
    return invalidClient("Invalid value for 'client_id' parameter.")
  if (error === 'invalid_client' && params.client_assertion !== undefined)
    return invalidClient(describeAssertionError(detail))
  if (/invalid secret/.test(detail) || (error === 'invalid_client' && hasBodyCredentials))
    return invalidClient('The client secret supplied for a confidential client is invalid.')
  if (
    !hasHeaderCredentials &&
    !hasBodyCredentials &&
    (params.client_id === undefined || error === 'invalid_client' || /no client authentication/.test(detail))
  )
    return invalidClient('No client credentials found.')
  if (/missing required parameter\(?s?\)? '?grant_type/.test(detail))
    return invalidRequest(`The token request must specify a 'grant_type'. Valid values: ${GRANT_TYPES}`)
  if (/missing required parameter\(?s?\)? '?token/.test(detail))
    return invalidRequest("The 'token' parameter is required.")
  if (error === 'unsupported_grant_type')
    return oktaError(
      'unsupported_grant_type',
      `The authorization grant type is not supported by the authorization server. Configured grant types: ${GRANT_TYPES}.`,
    )
  if (/requested grant type is not allowed/.test(detail))
    return oktaError(
      'unauthorized_client',
      `The client is not authorized to use the provided grant type. Configured grant types: [${client?.grantTypes?.join(', ')}].`,
    )
  if (/code_verifier must be provided/.test(detail))
    return invalidRequest('PKCE code verifier is required by the application.')
  if (/unsupported code_challenge_method/.test(detail))
    return invalidRequest(
      'PKCE code challenge should be specified in the authorize request for code verification.',
    )
  if (/code_verifier/.test(detail)) return invalidGrant('PKCE verification failed.')
  if (/redirect_uri mismatch/.test(detail))
    return invalidGrant(
      "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
    )
  if (/refresh token missing requested/.test(detail))
    return oktaError(
      'access_denied',
      'Some of the scopes requested for the refresh request were not granted in the original authorize request.',
    )
  if (error !== 'invalid_grant') return undefined
  if (/client mismatch/.test(detail))
    return invalidGrant(
      "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.",
    )
  if (params.grant_type === 'refresh_token') return invalidGrant('The refresh token is invalid or expired.')
  return invalidGrant('The authorization code is invalid or has expired.')
}

/** A part of oidc-provider's error of a client assertion, and Okta's description. The first match wins. */
const ASSERTION_ERRORS: readonly { readonly pattern: RegExp; readonly description: string }[] = [
  {
    pattern: /audience \(aud\)/,
    description: 'The audience claim for client_assertion must be the endpoint invoked for the request.',
  },
  {
    pattern: /iss \(JWT issuer\)/,
    description: 'The issuer claim for client_assertion is not a valid client_id.',
  },
  {
    pattern: /expiration must be specified/,
    description: "The client_assertion must contain the 'exp' claim as seconds since epoch.",
  },
  {
    pattern: /too far in the future/,
    description: 'The client_assertion token has an expiration too far into the future.',
  },
  { pattern: /jwt expired/, description: 'The client_assertion token is expired.' },
  {
    pattern: /jwt not active yet/,
    description: 'The client_assertion token must be issued before the current time.',
  },
  {
    pattern: /must only be used once/,
    description: 'The client_assertion token has already been used.',
  },
  {
    pattern: /alg mismatch/,
    description: 'The client_assertion JWT signature algorithm is invalid.',
  },
  { pattern: /no applicable key/, description: 'The client_assertion JWT kid is invalid.' },
  {
    pattern: /signature verification failed/,
    description: 'The client_assertion signature is invalid.',
  },
]

const describeAssertionError = (detail: string) =>
  ASSERTION_ERRORS.find(({ pattern }) => pattern.test(detail))?.description ??
  'Client authentication failed. Either the client or the client credentials are invalid.'

function oktaError(error: string, error_description: string, status = 400) {
  return { status, error, error_description }
}

const invalidRequest = (description: string, status?: number) =>
  oktaError('invalid_request', description, status)
const invalidClient = (description: string) => oktaError('invalid_client', description, 401)
const invalidGrant = (description: string) => oktaError('invalid_grant', description)

/** oidc-provider's code and description of an authorization error, with Okta's description. The first match wins. */
const AUTHORIZE_ERRORS: readonly { readonly pattern: RegExp; readonly description: string }[] = [
  {
    pattern: /redirect_uri did not match/,
    description: "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
  },
  {
    pattern: /post_logout_redirect_uri not registered/,
    description:
      "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.",
  },
  { pattern: /^invalid_client /, description: "Invalid value for 'client_id' parameter." },
  {
    pattern: /response_type is not allowed for this client/,
    description:
      "Clients with 'application_type' of 'service' are not allowed to access the 'authorize' endpoint.",
  },
  {
    pattern: /^unsupported_response_type /,
    description:
      'The response type is not supported by the authorization server. Configured response types: [code].',
  },
  {
    pattern: /^unsupported_response_mode /,
    description:
      'The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post].',
  },
  { pattern: /policy requires PKCE/, description: 'PKCE code challenge is required by the application.' },
  {
    pattern: /code_challenge_method/,
    description: 'PKCE code challenge method is not supported. Valid values: [S256]',
  },
  {
    pattern: /must not be provided twice/,
    description: 'The request contained multiple parameters with the same name.',
  },
  {
    pattern: /unsupported prompt/,
    description: "Invalid value for 'prompt' parameter. Supported values: [none, login, consent]",
  },
  {
    pattern: /^login_required /,
    description: 'The client specified not to prompt, but the user is not logged in.',
  },
]

/** Returns Okta's error of an endpoint for browsers, which is sent in a redirect or shown as a page. */
export function toOktaAuthorizeError({ error, error_description }: ProviderError) {
  const row = AUTHORIZE_ERRORS.find(({ pattern }) => pattern.test(`${error} ${error_description}`))
  return {
    error: error === 'invalid_redirect_uri' ? 'invalid_request' : error,
    error_description: row?.description ?? error_description,
  }
}
