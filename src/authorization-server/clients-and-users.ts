import type { ClientMetadata } from 'oidc-provider'

/** Well-known, for development on loopback alone; the server refuses to listen anywhere else. */
export const JOB_CLIENT = Object.freeze({ id: 'fakebook-cron', secret: 'fakebook-cron-secret' })
/** A job whose every token is bound to a key: how Okta makes new service apps. */
const BOUND_JOB_CLIENT = Object.freeze({ id: 'fakebook-cron-dpop', secret: 'fakebook-cron-dpop-secret' })
export const WEBAPP_CLIENT = Object.freeze({ id: 'fakebook-webapp', secret: 'fakebook-webapp-secret' })
export const IDE_CLIENT = 'fakebook-ide'

/** Where the people's clients are: addresses to come back to, as Okta has them registered to the letter. */
export type Places = {
  /** The web app's own. */
  readonly webapp: readonly string[]
  /** The IDE's page. */
  readonly ide: readonly string[]
}

/** @param scopes the API's scopes, which every embedded client may ask for */
export const embeddedClients = (scopes: string, { webapp, ide }: Places): ClientMetadata[] => [
  jobClient(JOB_CLIENT, 'FakeBook Cron', scopes),
  { ...jobClient(BOUND_JOB_CLIENT, 'FakeBook Cron with DPoP', scopes), dpop_bound_access_tokens: true },
  {
    ...personsClient(WEBAPP_CLIENT.id, 'FakebookAuthCodeClient', scopes, webapp),
    client_secret: WEBAPP_CLIENT.secret,
  },
  { ...personsClient(IDE_CLIENT, 'FakeBook IDE', scopes, ide), token_endpoint_auth_method: 'none' },
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
export type User = {
  readonly login: string
  readonly password: string
  readonly id: string
  readonly name: string
  /** What the access policy refuses to this person. */
  readonly denied: readonly string[]
}

/** Who may do everything: whom a newcomer is told to sign in as. */
export const KNOWN_USER: User = Object.freeze({
  login: 'agatha@example.com',
  password: 'roger-ackroyd',
  id: '00u1agatha',
  name: 'Agatha Christie',
  denied: [],
})

const USERS: readonly User[] = Object.freeze([
  KNOWN_USER,
  {
    login: 'arthur@example.com',
    password: 'baskerville-hall',
    id: '00u2arthur',
    name: 'Arthur Conan Doyle',
    denied: ['fakebookapi.admin'],
  },
])

/** Who is there, for the sign-in page to say: this is a server for development. */
export const knownUsers = () =>
  USERS.map(({ login, password, denied }) => ({
    login,
    password,
    may: denied.length === 0 ? 'may do everything' : `may do everything but ${denied.join(', ')}`,
  }))

/** A login as Okta compares it. */
export const normalLogin = (login: string) => login.trim().toLowerCase()

export const userOf = (login: string) => USERS.find((user) => user.login === login)

/** The user, where login and password belong together. */
export function signIn(login: string, password: string): User | undefined {
  const user = userOf(normalLogin(login))
  return user?.password === password ? user : undefined
}
