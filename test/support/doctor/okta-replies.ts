import type { IncomingMessage } from 'node:http'
import { type OktaOverrides, type OktaReply, oauthErrorReply, oktaErrorPage } from './stub-okta.ts'

// Error responses from Okta's error code reference, and overrides that make the stub send them.

export const onJobToken = (reply: OktaReply): OktaOverrides => ({
  token: (form) => (form.get('grant_type') === 'client_credentials' ? reply : undefined),
})
/** Confidential clients send their id in the Authorization header, not in the form. */
export const onWebappToken = (reply: OktaReply): OktaOverrides => ({
  token: (form) =>
    form.get('grant_type') === 'authorization_code' && !form.has('client_id') ? reply : undefined,
})
export const onPublicClientToken = (reply: OktaReply): OktaOverrides => ({
  token: (form) => (form.has('client_id') ? reply : undefined),
})
export const onAuthorize = (client: string, reply: (query: URLSearchParams) => OktaReply): OktaOverrides => ({
  authorize: (query) => (query.get('client_id') === client ? reply(query) : undefined),
})
export const onScope = (name: string, reply: OktaReply): OktaOverrides => ({
  token: (form) => (form.get('scope') === name ? reply : undefined),
})

export const INVALID_CLIENT_ID = oauthErrorReply(
  401,
  'invalid_client',
  "Invalid value for 'client_id' parameter.",
)
/** From Okta's support article on invalid_client: in the format of Okta's own API, not of RFC 6749. */
export const INVALID_CLIENT_ID_API_ERROR: OktaReply = {
  status: 401,
  json: {
    errorCode: 'invalid_client',
    errorSummary: "Invalid value for 'client_id' parameter.",
    errorLink: 'invalid_client',
    errorId: 'oaeQ1',
    errorCauses: [],
  },
}
export const INVALID_CLIENT_SECRET = oauthErrorReply(
  401,
  'invalid_client',
  'The client secret supplied for a confidential client is invalid.',
)
export const CLIENT_AUTHENTICATION_FAILED = oauthErrorReply(
  401,
  'invalid_client',
  'Client authentication failed. Either the client or the client credentials are invalid.',
)
const assertionError = (description: string) => oauthErrorReply(401, 'invalid_client', description)
export const INVALID_ASSERTION_KID = assertionError('The client_assertion JWT kid is invalid.')
export const INVALID_ASSERTION_SIGNATURE = assertionError('The client_assertion signature is invalid.')
export const NO_CLIENT_KEYS = assertionError(
  'The client does not have a JWKSet configured, but the client_assertion requires one.',
)
export const EXPIRED_ASSERTION = assertionError('The client_assertion token is expired.')
export const FUTURE_ASSERTION = assertionError(
  'The client_assertion token must be issued before the current time.',
)
export const INVALID_ASSERTION_ISSUER = assertionError(
  'The issuer claim for client_assertion is not a valid client_id.',
)
export const GRANT_TYPE_NOT_ALLOWED = oauthErrorReply(
  400,
  'unauthorized_client',
  'The client is not authorized to use the provided grant type. Configured grant types: [authorization_code].',
)
export const CUSTOM_SERVER_NOT_ALLOWED = oauthErrorReply(
  400,
  'unauthorized_client',
  'This client cannot use a custom authorization server.',
)
export const MISSING_DPOP_PROOF = oauthErrorReply(
  400,
  'invalid_dpop_proof',
  'The DPoP proof JWT header is missing.',
)
export const FUTURE_DPOP_PROOF = oauthErrorReply(
  400,
  'invalid_dpop_proof',
  'The DPoP proof JWT is issued in the future.',
)
export const SCOPE_NOT_CONFIGURED = oauthErrorReply(
  400,
  'invalid_scope',
  'One or more scopes are not configured for the authorization server resource.',
)
export const POLICY_EVALUATION_FAILED = oauthErrorReply(
  401,
  'access_denied',
  'Policy evaluation failed for this request, please check the policy configurations.',
)
export const ALL_SCOPES_REJECTED = oauthErrorReply(
  400,
  'access_denied',
  'Policy evaluation succeeded, but all the requested scopes were rejected.',
)
export const RATE_LIMITED: OktaReply = {
  status: 429,
  json: { errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit due to too many requests.' },
}
export const INVALID_REDIRECT_PAGE = oktaErrorPage(
  "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
)
export const UNKNOWN_CLIENT_PAGE = oktaErrorPage("Invalid value for 'client_id' parameter.")
export const UNDEFINED_SCOPES_ERROR = {
  code: 'invalid_scope',
  description: 'One or more scopes are not configured for the authorization server resource.',
}
export const SERVER_NOT_FOUND: OktaReply = {
  status: 404,
  json: { errorCode: 'E0000007', errorSummary: 'Not found: Resource not found: nope (AuthorizationServer)' },
}

/** RFC 9449 §8, in Okta's steps: rejects a request without a proof, then a proof without a nonce. */
export function requireDpopNonce(form: URLSearchParams, { headers }: IncomingMessage): OktaReply | undefined {
  if (form.get('grant_type') !== 'client_credentials') return undefined
  if (headers.dpop === undefined) return MISSING_DPOP_PROOF
  const payload = JSON.parse(
    Buffer.from(String(headers.dpop).split('.')[1] ?? '', 'base64url').toString('utf8'),
  )
  return payload.nonce === 'n1'
    ? undefined
    : {
        ...oauthErrorReply(400, 'use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.'),
        headers: { 'dpop-nonce': 'n1' },
      }
}
