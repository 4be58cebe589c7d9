/** What oidc-provider refused with, and what was sent. */
export type ProviderError = {
  readonly error?: string | undefined
  readonly error_description?: string | undefined
  readonly error_detail?: string | undefined
}
export type OAuthRequestSummary = {
  readonly hasAuthorizationHeader: boolean
  readonly hasClientId: boolean
  readonly hasBodyCredentials: boolean
  readonly grantType: string
  /** What the client may use; empty where it is not known. */
  readonly allowedGrantTypes: readonly string[]
}

type OktaError = { readonly status: number; readonly error: string; readonly error_description: string }
type Row = readonly [
  when: (fault: ProviderError, sent: OAuthRequestSummary) => boolean,
  status: number,
  error: string,
  description: string | ((sent: OAuthRequestSummary) => string),
]

const says = (fault: ProviderError, words: RegExp) =>
  words.test(`${fault.error_description} ${fault.error_detail}`)
const saying = (words: RegExp) => (fault: ProviderError) => says(fault, words)
const refused = (error: string) => (fault: ProviderError) => fault.error === error

const GRANTS = '[authorization_code, refresh_token, client_credentials]'

/** Okta's answers at the endpoints that programs call (Okta's OAuth error reference), the first row that fits. */
const ROWS: readonly Row[] = [
  [refused('use_dpop_nonce'), 400, 'use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.'],
  [saying(/DPoP proof JWT not provided/), 400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.'],
  [
    saying(/^origin .* not allowed for client/),
    400,
    'invalid_request',
    'Browser requests to the token endpoint must be part of at least one whitelisted redirect_uri.',
  ],
  [
    (_, sent) => sent.hasAuthorizationHeader && sent.hasBodyCredentials,
    401,
    'invalid_request',
    'Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.',
  ],
  [
    saying(/must not be provided twice/),
    400,
    'invalid_request',
    'The request contained multiple parameters with the same name.',
  ],
  [
    saying(/client not found|client is invalid/),
    401,
    'invalid_client',
    "Invalid value for 'client_id' parameter.",
  ],
  [
    (fault, sent) =>
      says(fault, /invalid secret/) || (fault.error === 'invalid_client' && sent.hasBodyCredentials),
    401,
    'invalid_client',
    'The client secret supplied for a confidential client is invalid.',
  ],
  [
    (fault, sent) =>
      !sent.hasAuthorizationHeader &&
      !sent.hasBodyCredentials &&
      (!sent.hasClientId || fault.error === 'invalid_client' || says(fault, /no client authentication/)),
    401,
    'invalid_client',
    'No client credentials found.',
  ],
  [
    saying(/missing required parameter\(?s?\)? '?grant_type/),
    400,
    'invalid_request',
    `The token request must specify a 'grant_type'. Valid values: ${GRANTS}`,
  ],
  [
    saying(/missing required parameter\(?s?\)? '?token/),
    400,
    'invalid_request',
    "The 'token' parameter is required.",
  ],
  [
    refused('unsupported_grant_type'),
    400,
    'unsupported_grant_type',
    `The authorization grant type is not supported by the authorization server. Configured grant types: ${GRANTS}.`,
  ],
  [
    saying(/requested grant type is not allowed/),
    400,
    'unauthorized_client',
    ({ allowedGrantTypes }) =>
      `The client is not authorized to use the provided grant type. Configured grant types: [${allowedGrantTypes.join(', ')}].`,
  ],
  [
    saying(/code_verifier must be provided/),
    400,
    'invalid_request',
    'PKCE code verifier is required by the application.',
  ],
  [
    saying(/unsupported code_challenge_method/),
    400,
    'invalid_request',
    'PKCE code challenge should be specified in the authorize request for code verification.',
  ],
  [saying(/code_verifier/), 400, 'invalid_grant', 'PKCE verification failed.'],
  [
    saying(/redirect_uri mismatch/),
    400,
    'invalid_grant',
    "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
  ],
  [
    (fault) => fault.error === 'invalid_grant' && says(fault, /client mismatch/),
    400,
    'invalid_grant',
    "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.",
  ],
  [
    saying(/refresh token missing requested/),
    400,
    'access_denied',
    'Some of the scopes requested for the refresh request were not granted in the original authorize request.',
  ],
  [
    (fault, sent) => fault.error === 'invalid_grant' && sent.grantType === 'refresh_token',
    400,
    'invalid_grant',
    'The refresh token is invalid or expired.',
  ],
  [refused('invalid_grant'), 400, 'invalid_grant', 'The authorization code is invalid or has expired.'],
]

/** Okta's answer for a fault; undefined where oidc-provider's own is right already. */
export function toOktaError(error: ProviderError, request: OAuthRequestSummary): OktaError | undefined {
  const row = ROWS.find(([when]) => when(error, request))
  if (!row) return undefined
  const [, status, code, description] = row
  return {
    status,
    error: code,
    error_description: typeof description === 'string' ? description : description(request),
  }
}
