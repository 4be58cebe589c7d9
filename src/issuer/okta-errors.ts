/** What oidc-provider refused with, and what was sent. */
export type Fault = {
  readonly error?: string
  readonly error_description?: string
  readonly error_detail?: string
}
export type Sent = {
  readonly header: boolean
  readonly client: boolean
  readonly secret: boolean
  readonly grant: string
}

type OktaError = { readonly status: number; readonly error: string; readonly error_description: string }
type Row = readonly [
  when: (fault: Fault, sent: Sent) => boolean,
  status: number,
  error: string,
  description: string,
]

const says = (fault: Fault, words: RegExp) => words.test(`${fault.error_description} ${fault.error_detail}`)

/** Okta's answers at the token endpoint (Okta's error code reference), the first row that fits. */
const ROWS: readonly Row[] = [
  [
    (fault) => fault.error === 'use_dpop_nonce',
    400,
    'use_dpop_nonce',
    'Authorization server requires nonce in DPoP proof.',
  ],
  [
    (fault) => says(fault, /DPoP proof JWT not provided/),
    400,
    'invalid_dpop_proof',
    'The DPoP proof JWT header is missing.',
  ],
  [
    (_, sent) => sent.header && sent.secret,
    401,
    'invalid_request',
    'Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.',
  ],
  [
    (fault) => says(fault, /client not found|client is invalid/),
    401,
    'invalid_client',
    "Invalid value for 'client_id' parameter.",
  ],
  [
    (fault, sent) => says(fault, /invalid secret/) || (fault.error === 'invalid_client' && sent.secret),
    401,
    'invalid_client',
    'The client secret supplied for a confidential client is invalid.',
  ],
  [
    (fault, sent) =>
      !sent.header &&
      !sent.secret &&
      (!sent.client || fault.error === 'invalid_client' || says(fault, /no client authentication/)),
    401,
    'invalid_client',
    'No client credentials found.',
  ],
  [
    (fault) => says(fault, /requested grant type is not allowed/),
    400,
    'unauthorized_client',
    'The client is not authorized to use the provided grant type. Configured grant types are listed in its settings.',
  ],
  [
    (fault) => says(fault, /PKCE verification failed|code_verifier/),
    400,
    'invalid_grant',
    'PKCE verification failed.',
  ],
  [
    (fault, sent) => fault.error === 'invalid_grant' && sent.grant === 'refresh_token',
    400,
    'invalid_grant',
    'The refresh token is invalid or expired.',
  ],
  [
    (fault) => fault.error === 'invalid_grant',
    400,
    'invalid_grant',
    'The authorization code is invalid or has expired.',
  ],
]

/** Okta's answer for a fault; undefined where oidc-provider's own is right already. */
export function oktaError(fault: Fault, sent: Sent): OktaError | undefined {
  const row = ROWS.find(([when]) => when(fault, sent))
  if (!row) return undefined
  const [, status, error, error_description] = row
  return { status, error, error_description }
}

/** Why Okta refuses a scope in client credentials; undefined when it does not. */
export function scopeRefusal(scope: string | undefined, known: ReadonlySet<string>): string | undefined {
  const asked = (scope ?? '').split(' ').filter(Boolean)
  if (asked.length === 0)
    return "The authorization server resource does not have any configured default scopes, 'scope' must be provided."
  if (asked.includes('openid')) return "Cannot request 'openid' scopes using client credentials."
  if (asked.some((one) => !known.has(one)))
    return 'One or more scopes are not configured for the authorization server resource.'
  return undefined
}
