import type { ClientMetadata } from 'oidc-provider'

/** The client of the cron job. Its secret is public: the server is for development and listens on loopback only. */
export const EMBEDDED_JOB_CLIENT = Object.freeze({ id: 'fakebook-cron', secret: 'fakebook-cron-secret' })
/** A job client that requires DPoP, the default of new service apps at Okta. */
const DPOP_JOB_CLIENT = Object.freeze({ id: 'fakebook-cron-dpop', secret: 'fakebook-cron-dpop-secret' })
export const EMBEDDED_WEBAPP_CLIENT = Object.freeze({
  id: 'fakebook-webapp',
  secret: 'fakebook-webapp-secret',
})
export const EMBEDDED_IDE_CLIENT_ID = 'fakebook-ide'

/** The registered redirect URIs, which have to match exactly. */
export type ClientRedirectUris = {
  readonly webapp: readonly string[]
  readonly ide: readonly string[]
}

/** @param scopes the API's scopes, separated by spaces */
export const createEmbeddedClients = (
  scopes: string,
  { webapp, ide }: ClientRedirectUris,
): ClientMetadata[] => [
  jobClient(EMBEDDED_JOB_CLIENT, 'FakeBook Cron', scopes),
  { ...jobClient(DPOP_JOB_CLIENT, 'FakeBook Cron with DPoP', scopes), dpop_bound_access_tokens: true },
  {
    ...userClient(EMBEDDED_WEBAPP_CLIENT.id, 'FakebookAuthCodeClient', scopes, webapp),
    client_secret: EMBEDDED_WEBAPP_CLIENT.secret,
  },
  {
    ...userClient(EMBEDDED_IDE_CLIENT_ID, 'FakeBook IDE', scopes, ide),
    token_endpoint_auth_method: 'none',
  },
]

const userClient = (
  client_id: string,
  client_name: string,
  scopes: string,
  redirectUris: readonly string[],
): ClientMetadata => ({
  client_id,
  client_name,
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [...redirectUris],
  post_logout_redirect_uris: [...redirectUris],
  response_types: ['code'],
  scope: `openid profile email offline_access ${scopes}`,
})

const jobClient = (
  { id, secret }: { id: string; secret: string },
  client_name: string,
  scope: string,
): ClientMetadata => ({
  client_id: id,
  client_secret: secret,
  client_name,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  scope,
})

/** A user of the embedded authorization server. */
export type EmbeddedUser = {
  readonly login: string
  readonly password: string
  readonly id: string
  readonly name: string
  /** The scopes that the access policy denies to this user. */
  readonly deniedScopes: readonly string[]
}

/** The user with all permissions, shown at start-up. */
export const DEMO_USER: EmbeddedUser = Object.freeze({
  login: 'agatha@example.com',
  password: 'roger-ackroyd',
  id: '00u1agatha',
  name: 'Agatha Christie',
  deniedScopes: [],
})

const USERS: readonly EmbeddedUser[] = Object.freeze([
  DEMO_USER,
  {
    login: 'arthur@example.com',
    password: 'baskerville-hall',
    id: '00u2arthur',
    name: 'Arthur Conan Doyle',
    deniedScopes: ['fakebookapi.admin'],
  },
])

/** Lists the users with their passwords, for the sign-in page of this development server. */
export const listDemoAccounts = () =>
  USERS.map(({ login, password, deniedScopes }) => ({
    login,
    password,
    permissions:
      deniedScopes.length === 0 ? 'all permissions' : `all permissions except ${deniedScopes.join(', ')}`,
  }))

/** Normalizes a login as Okta does. */
export const normalizeLogin = (login: string) => login.trim().toLowerCase()

export const findUser = (login: string) => USERS.find((user) => user.login === login)

/** Returns the user; undefined for a wrong login or password. */
export function authenticateUser(login: string, password: string): EmbeddedUser | undefined {
  const user = findUser(normalizeLogin(login))
  return user?.password === password ? user : undefined
}
