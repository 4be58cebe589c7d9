import type { ClientMetadata } from 'oidc-provider'

/** Well-known, for development on loopback alone; the server refuses to listen anywhere else. */
export const JOB_CLIENT = Object.freeze({ id: 'fakebook-cron', secret: 'fakebook-cron-secret' })
/** A job whose every token is bound to a key: how Okta makes new service apps. */
const BOUND_JOB_CLIENT = Object.freeze({ id: 'fakebook-cron-dpop', secret: 'fakebook-cron-dpop-secret' })
const WEBAPP_CLIENT = Object.freeze({ id: 'fakebook-webapp', secret: 'fakebook-webapp-secret' })
const USER = Object.freeze({ login: 'agatha@example.com', password: 'roger-ackroyd', id: '00u1agatha' })

/** @param scopes the API's scopes, which every embedded client may ask for */
export const embeddedClients = (scopes: string): ClientMetadata[] => [
  jobClient(JOB_CLIENT, scopes),
  { ...jobClient(BOUND_JOB_CLIENT, scopes), dpop_bound_access_tokens: true },
  {
    client_id: WEBAPP_CLIENT.id,
    client_secret: WEBAPP_CLIENT.secret,
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: ['http://localhost:7001', 'http://localhost:7001/callback'],
    post_logout_redirect_uris: ['http://localhost:7001'],
    response_types: ['code'],
    scope: `openid profile email offline_access ${scopes}`,
  },
]

const jobClient = ({ id, secret }: { id: string; secret: string }, scope: string): ClientMetadata => ({
  client_id: id,
  client_secret: secret,
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
