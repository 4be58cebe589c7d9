import type { IncomingMessage } from 'node:http'
import { errorPage, type Reply, refused, type Script } from './stub-okta.ts'

// Okta's answers (its error code reference), and where they stand in for the right ones.

type Wrong = (form: URLSearchParams) => Reply | undefined
export const job = (reply: Reply): Script => ({
  token: (form) => (form.get('grant_type') === 'client_credentials' ? reply : undefined),
})
const exchange =
  (reply: Reply, publicToo = false): Wrong =>
  (form) =>
    form.get('grant_type') === 'authorization_code' && (publicToo || !form.has('client_id'))
      ? reply
      : undefined
export const webapp = (reply: Reply): Script => ({ token: exchange(reply) })
export const publicOnly = (reply: Reply): Script => ({
  token: (form) => (form.has('client_id') ? reply : undefined),
})
export const authorize = (client: string, reply: (query: URLSearchParams) => Reply): Script => ({
  authorize: (query) => (query.get('client_id') === client ? reply(query) : undefined),
})
export const scope = (name: string, reply: Reply): Script => ({
  token: (form) => (form.get('scope') === name ? reply : undefined),
})

export const BAD_CLIENT = refused(401, 'invalid_client', "Invalid value for 'client_id' parameter.")
/** As Okta's support article on invalid_client has it: not in the words of RFC 6749. */
export const UNKNOWN_AT_TOKEN: Reply = {
  status: 401,
  json: {
    errorCode: 'invalid_client',
    errorSummary: "Invalid value for 'client_id' parameter.",
    errorLink: 'invalid_client',
    errorId: 'oaeQ1',
    errorCauses: [],
  },
}
export const BAD_SECRET = refused(
  401,
  'invalid_client',
  'The client secret supplied for a confidential client is invalid.',
)
export const BAD_AUTH = refused(
  401,
  'invalid_client',
  'Client authentication failed. Either the client or the client credentials are invalid.',
)
export const BAD_GRANT = refused(
  400,
  'unauthorized_client',
  'The client is not authorized to use the provided grant type. Configured grant types: [authorization_code].',
)
export const NOT_CUSTOM = refused(
  400,
  'unauthorized_client',
  'This client cannot use a custom authorization server.',
)
export const NO_PROOF = refused(400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.')
export const FUTURE_PROOF = refused(400, 'invalid_dpop_proof', 'The DPoP proof JWT is issued in the future.')
export const NO_SCOPE = refused(
  400,
  'invalid_scope',
  'One or more scopes are not configured for the authorization server resource.',
)
export const NO_POLICY = refused(
  401,
  'access_denied',
  'Policy evaluation failed for this request, please check the policy configurations.',
)
export const NO_RULE = refused(
  400,
  'access_denied',
  'Policy evaluation succeeded, but all the requested scopes were rejected.',
)
export const TOO_MANY: Reply = {
  status: 429,
  json: { errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit due to too many requests.' },
}
export const BAD_REDIRECT = errorPage(
  "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
)
export const UNKNOWN_CLIENT = errorPage("Invalid value for 'client_id' parameter.")
export const UNDEFINED_SCOPES = [
  'invalid_scope',
  'One or more scopes are not configured for the authorization server resource.',
] as const
export const NO_SERVER: Reply = {
  status: 404,
  json: { errorCode: 'E0000007', errorSummary: 'Not found: Resource not found: nope (AuthorizationServer)' },
}

/** RFC 9449 §8, as Okta dances it: no proof, a proof without a nonce, a proof with it. */
export function dance(form: URLSearchParams, { headers }: IncomingMessage): Reply | undefined {
  if (form.get('grant_type') !== 'client_credentials') return undefined
  if (headers.dpop === undefined) return NO_PROOF
  const payload = JSON.parse(
    Buffer.from(String(headers.dpop).split('.')[1] ?? '', 'base64url').toString('utf8'),
  )
  return payload.nonce === 'n1'
    ? undefined
    : {
        ...refused(400, 'use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.'),
        headers: { 'dpop-nonce': 'n1' },
      }
}
