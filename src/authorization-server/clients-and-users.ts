import type { ClientMetadata } from 'oidc-provider'

/** Well-known, for development on loopback alone; the server refuses to listen anywhere else. */
export const EMBEDDED_JOB_CLIENT = Object.freeze({ id: 'fakebook-cron', secret: 'fakebook-cron-secret' })
/** A job whose every token is bound to a key: how Okta makes new service apps. */
const BOUND_JOB_CLIENT = Object.freeze({ id: 'fakebook-cron-dpop', secret: 'fakebook-cron-dpop-secret' })
export const EMBEDDED_WEBAPP_CLIENT = Object.freeze({
  id: 'fakebook-webapp',
  secret: 'fakebook-webapp-secret',
})
export const EMBEDDED_IDE_CLIENT_ID = 'fakebook-ide'

/** Where the people's clients are: addresses to come back to, as Okta has them registered to the letter. */
export type ClientRedirectUris = {
  /** The web app's own. */
  readonly webapp: readonly string[]
  /** The IDE's page. */
  readonly ide: readonly string[]
}

/** @param scopes the API's scopes, which every embedded client may ask for */
export const createEmbeddedClients = (
  scopes: string,
  { webapp, ide }: ClientRedirectUris,
): ClientMetadata[] => [
  jobClient(EMBEDDED_JOB_CLIENT, 'FakeBook Cron', scopes),
  { ...jobClient(BOUND_JOB_CLIENT, 'FakeBook Cron with DPoP', scopes), dpop_bound_access_tokens: true },
  {
    ...personsClient(EMBEDDED_WEBAPP_CLIENT.id, 'FakebookAuthCodeClient', scopes, webapp),
    client_secret: EMBEDDED_WEBAPP_CLIENT.secret,
  },
  {
    ...personsClient(EMBEDDED_IDE_CLIENT_ID, 'FakeBook IDE', scopes, ide),
    token_endpoint_auth_method: 'none',
  },
]

const personsClient = (
  client_id: string,
  client_name: string,
  scopes: string,
  addresses: readonly string[],
): ClientMetadata => ({
  client_id,
  client_name,
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [...addresses],
  post_logout_redirect_uris: [...addresses],
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

/** A person whom the embedded issuer knows. */
export type EmbeddedUser = {
  readonly login: string
  readonly password: string
  readonly id: string
  readonly name: string
  /** What the access policy refuses to this person. */
  readonly deniedScopes: readonly string[]
}

/** Who may do everything: whom a newcomer is told to sign in as. */
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

/** Who is there, for the sign-in page to say: this is a server for development. */
export const listDemoAccounts = () =>
  USERS.map(({ login, password, deniedScopes }) => ({
    login,
    password,
    permissions:
      deniedScopes.length === 0 ? 'may do everything' : `may do everything but ${deniedScopes.join(', ')}`,
  }))

/** A login as Okta compares it. */
export const normalizeLogin = (login: string) => login.trim().toLowerCase()

export const findUser = (login: string) => USERS.find((user) => user.login === login)

/** The user, where login and password belong together. */
export function authenticateUser(login: string, password: string): EmbeddedUser | undefined {
  const user = findUser(normalizeLogin(login))
  return user?.password === password ? user : undefined
}
