import type { ClientMetadata, JWK } from 'oidc-provider'

/** The client of the cron job. Its secret is public: the server is for development and listens on loopback only. */
export const EMBEDDED_JOB_CLIENT = { id: 'fakebook-cron', secret: 'fakebook-cron-secret' } as const
export const EMBEDDED_WEBAPP_CLIENT = { id: 'fakebook-webapp', secret: 'fakebook-webapp-secret' } as const
export const EMBEDDED_IDE_CLIENT_ID = 'fakebook-ide'

/** The registered redirect URIs, which have to match exactly. */
export type ClientRedirectUris = Readonly<Record<'webapp' | 'ide', readonly string[]>>

/**
 * @param scope the API's scopes, separated by spaces
 * @param jobKeys public keys of one more client for the job; without them, it does not exist
 */
export function createEmbeddedClients(
  scope: string,
  { webapp, ide }: ClientRedirectUris,
  jobKeys: readonly JWK[] = [],
): ClientMetadata[] {
  const jobClient = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [], scope }
  const userClient = (redirectUris: readonly string[]) => ({
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...redirectUris],
    response_types: ['code' as const],
    scope: `openid profile email offline_access ${scope}`,
  })
  const credentials = ({ id, secret }: { id: string; secret: string }) => ({
    client_id: id,
    client_secret: secret,
  })
  const keyCredentials = (id: string, keys: readonly JWK[]) => ({
    client_id: id,
    client_name: 'FakeBook Cron with a key',
    token_endpoint_auth_method: 'private_key_jwt' as const,
    token_endpoint_auth_signing_alg: 'RS256' as const,
    jwks: { keys: [...keys] },
  })
  return [
    { ...jobClient, ...credentials(EMBEDDED_JOB_CLIENT), client_name: 'FakeBook Cron' },
    {
      ...jobClient,
      client_id: 'fakebook-cron-dpop',
      client_secret: 'fakebook-cron-dpop-secret',
      client_name: 'FakeBook Cron with DPoP',
      // The default of new service apps at Okta.
      dpop_bound_access_tokens: true,
    },
    ...(jobKeys.length === 0 ? [] : [{ ...jobClient, ...keyCredentials('fakebook-cron-key', jobKeys) }]),
    { ...userClient(webapp), ...credentials(EMBEDDED_WEBAPP_CLIENT), client_name: 'FakeBook' },
    {
      ...userClient(ide),
      client_id: EMBEDDED_IDE_CLIENT_ID,
      client_name: 'FakeBook IDE',
      token_endpoint_auth_method: 'none',
    },
  ]
}

export type EmbeddedUser = {
  readonly login: string
  readonly password: string
  readonly id: string
  readonly name: string
  /** The scopes that the access policy denies to this user. */
  readonly deniedScopes: readonly string[]
}

/** The user with all permissions. */
export const DEMO_USER: EmbeddedUser = {
  login: 'agatha@example.com',
  password: 'roger-ackroyd',
  id: '00u1agatha',
  name: 'Agatha Christie',
  deniedScopes: [],
}

/** The sign-in page of this development server fills in the passwords. */
export const USERS: readonly EmbeddedUser[] = [
  DEMO_USER,
  {
    login: 'arthur@example.com',
    password: 'baskerville-hall',
    id: '00u2arthur',
    name: 'Arthur Conan Doyle',
    deniedScopes: ['fakebookapi.admin'],
  },
]

export const describeAccess = ({ deniedScopes }: EmbeddedUser) =>
  deniedScopes.length === 0 ? 'may read and add books' : 'may only read books'

export const findUser = (login: string | undefined) => USERS.find((user) => user.login === login)
