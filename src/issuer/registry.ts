import type { ClientMetadata } from 'oidc-provider'

/** Well-known, for development on loopback alone; the server refuses to listen anywhere else. */
export const JOB_CLIENT = Object.freeze({ id: 'fakebook-cron', secret: 'fakebook-cron-secret' })
/** A job whose every token is bound to a key: how Okta makes new service apps. */
const BOUND_JOB_CLIENT = Object.freeze({ id: 'fakebook-cron-dpop', secret: 'fakebook-cron-dpop-secret' })
export const WEBAPP_CLIENT = Object.freeze({ id: 'fakebook-webapp', secret: 'fakebook-webapp-secret' })
export const IDE_CLIENT = 'fakebook-ide'
const USER = Object.freeze({ login: 'agatha@example.com', password: 'roger-ackroyd', id: '00u1agatha' })

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

/** The id of the embedded user with this login; undefined if there is none. */
export const userIdOf = (login: string) => (login === USER.login ? USER.id : undefined)

/** The login, where it and the password belong together. */
export const signIn = (login: string, password: string) =>
  login === USER.login && password === USER.password ? USER.login : undefined
