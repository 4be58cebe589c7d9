import type { ProviderError } from './okta-errors.ts'

/** Okta's words where a person's browser is sent back, or shown a page: oidc-provider's error and words, then Okta's. */
const AUTHORIZE_ROWS: readonly (readonly [error: RegExp, says: RegExp, okta: string, words: string])[] = [
  [
    /invalid_redirect_uri/,
    /redirect_uri did not match/,
    'invalid_request',
    "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
  ],
  [
    /invalid_request/,
    /post_logout_redirect_uri not registered/,
    'invalid_request',
    "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.",
  ],
  [/invalid_client/, /./, 'invalid_client', "Invalid value for 'client_id' parameter."],
  [
    /invalid_request/,
    /response_type is not allowed for this client/,
    'invalid_request',
    "Clients with 'application_type' of 'service' are not allowed to access the 'authorize' endpoint.",
  ],
  [
    /unsupported_response_type/,
    /./,
    'unsupported_response_type',
    'The response type is not supported by the authorization server. Configured response types: [code].',
  ],
  [
    /unsupported_response_mode/,
    /./,
    'unsupported_response_mode',
    'The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post].',
  ],
  [
    /invalid_request/,
    /policy requires PKCE/,
    'invalid_request',
    'PKCE code challenge is required by the application.',
  ],
  [
    /invalid_request/,
    /code_challenge_method/,
    'invalid_request',
    'PKCE code challenge method is not supported. Valid values: [S256]',
  ],
  [
    /invalid_request/,
    /must not be provided twice/,
    'invalid_request',
    'The request contained multiple parameters with the same name.',
  ],
  [
    /invalid_request/,
    /unsupported prompt/,
    'invalid_request',
    "Invalid value for 'prompt' parameter. Supported values: [none, login, consent]",
  ],
  [
    /login_required/,
    /./,
    'login_required',
    'The client specified not to prompt, but the user is not logged in.',
  ],
]

/** The same fault in Okta's words. */
export function toOktaAuthorizeError<T extends ProviderError>(error: T): T {
  const row = AUTHORIZE_ROWS.find(
    ([code, description]) => code.test(error.error ?? '') && description.test(error.error_description ?? ''),
  )
  return row ? { ...error, error: row[2], error_description: row[3] } : error
}
