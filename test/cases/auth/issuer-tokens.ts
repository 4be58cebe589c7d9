type Settings = { readonly OKTA_ISSUER: string } & Readonly<Record<string, string>>
type CreateClaims = (origin: string) => object

/** An access token of another vendor, and the settings with which the API accepts it. `{origin}` stands for the issuer's. */
export type IssuerTokenCase = {
  readonly id: string
  readonly title: string
  readonly settings: Settings
  readonly header: object
  readonly createClaims: CreateClaims
  /** The caller as the audit log names it. */
  readonly caller: { readonly subject: string; readonly client: string; readonly tokenId?: string }
}

const READ_AND_ADMIN = ['fakebookapi.read', 'fakebookapi.admin']
const TENANT = '11111111-2222-3333-4444-555555555555'
const API_ID = '6e74172b-be56-4843-9ff4-e66a39bb12e3'

// Auth0, "Access Token Profiles".
const AUTH0: Settings = {
  OKTA_ISSUER: '{origin}/',
  OKTA_AUDIENCE: 'https://books.example.com',
  JWKS_URL: '{origin}/.well-known/jwks.json',
}
const auth0Claims = (origin: string) => ({
  iss: `${origin}/`,
  sub: 'auth0|123456',
  aud: ['https://books.example.com', `${origin}/userinfo`],
})

// Keycloak, "Server Administration Guide": client scopes, audience, service accounts.
const KEYCLOAK: Settings = {
  OKTA_ISSUER: '{origin}/realms/books',
  OKTA_AUDIENCE: 'fakebook-api',
  JWKS_URL: '{origin}/realms/books/protocol/openid-connect/certs',
}
const keycloakClaims = (origin: string) => ({
  iss: `${origin}/realms/books`,
  jti: 'onrtac:8c3f5b0e-7a54-4d0f-9d0c-0a3c5d1e2f10',
  sub: 'f:1:agatha',
  aud: ['fakebook-api', 'account'],
  typ: 'Bearer',
  acr: '1',
  'allowed-origins': ['http://localhost:7001'],
  realm_access: { roles: ['offline_access'] },
  resource_access: { account: { roles: ['view-profile'] } },
  scope: `openid profile ${READ_AND_ADMIN.join(' ')}`,
})

// Microsoft identity platform, "Access token claims reference".
const ENTRA: Settings = {
  OKTA_ISSUER: `{origin}/${TENANT}/v2.0`,
  OKTA_AUDIENCE: API_ID,
  JWKS_URL: `{origin}/${TENANT}/discovery/v2.0/keys`,
}
const entraClaims = (origin: string) => ({
  aud: API_ID,
  iss: `${origin}/${TENANT}/v2.0`,
  aio: 'AXQAi/8IAAAA',
  azp: '00001111-aaaa-2222-bbbb-3333cccc4444',
  azpacr: '1',
  oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
  rh: 'I',
  sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
  tid: TENANT,
  uti: 'fqiBqXLPj0eQa82S-IYFAA',
  ver: '2.0',
})
const ENTRA_CALLER = {
  subject: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
  client: '00001111-aaaa-2222-bbbb-3333cccc4444',
}

/** Access tokens as the vendors document them. Each has both scopes of the API. */
export const ISSUER_TOKENS: readonly IssuerTokenCase[] = [
  {
    id: 'auth/I01',
    title: 'Auth0: scope as a string, azp, two audiences',
    settings: AUTH0,
    header: { typ: 'JWT' },
    createClaims: (origin) => ({
      ...auth0Claims(origin),
      azp: 'my_client_id',
      scope: `openid profile ${READ_AND_ADMIN.join(' ')}`,
    }),
    caller: { subject: 'auth0|123456', client: 'my_client_id' },
  },
  {
    id: 'auth/I02',
    title: 'Auth0 with the RFC 9068 profile: client_id',
    settings: AUTH0,
    header: { typ: 'at+jwt' },
    createClaims: (origin) => ({
      ...auth0Claims(origin),
      client_id: 'my_client_id',
      jti: '73WakrfVbNJBaAmhQtEeDv',
      scope: READ_AND_ADMIN.join(' '),
    }),
    caller: { subject: 'auth0|123456', client: 'my_client_id', tokenId: '73WakrfVbNJBaAmhQtEeDv' },
  },
  {
    id: 'auth/I03',
    title: 'Auth0 with RBAC: permissions',
    settings: { ...AUTH0, SCOPE_CLAIM: 'permissions' },
    header: { typ: 'JWT' },
    createClaims: (origin) => ({
      ...auth0Claims(origin),
      azp: 'my_client_id',
      scope: 'openid profile',
      permissions: READ_AND_ADMIN,
    }),
    caller: { subject: 'auth0|123456', client: 'my_client_id' },
  },
  {
    id: 'auth/I04',
    title: 'Auth0 with client credentials',
    settings: AUTH0,
    header: { typ: 'JWT' },
    createClaims: (origin) => ({
      iss: `${origin}/`,
      sub: 'my_client_id@clients',
      aud: 'https://books.example.com',
      azp: 'my_client_id',
      gty: 'client-credentials',
      scope: READ_AND_ADMIN.join(' '),
    }),
    caller: { subject: 'my_client_id@clients', client: 'my_client_id' },
  },
  {
    id: 'auth/I05',
    title: 'Keycloak: scope as a string, azp',
    settings: KEYCLOAK,
    header: { typ: 'JWT' },
    createClaims: (origin) => ({ ...keycloakClaims(origin), azp: 'fakebook-web' }),
    caller: {
      subject: 'f:1:agatha',
      client: 'fakebook-web',
      tokenId: 'onrtac:8c3f5b0e-7a54-4d0f-9d0c-0a3c5d1e2f10',
    },
  },
  {
    id: 'auth/I06',
    title: 'Keycloak with a service account: client_id beside azp',
    settings: KEYCLOAK,
    header: { typ: 'JWT' },
    createClaims: (origin) => ({
      ...keycloakClaims(origin),
      jti: undefined,
      sub: 'f:1:service-account-fakebook-cron',
      azp: 'other-azp',
      client_id: 'fakebook-cron',
      clientAddress: '127.0.0.1',
      clientHost: '127.0.0.1',
    }),
    caller: { subject: 'f:1:service-account-fakebook-cron', client: 'fakebook-cron' },
  },
  {
    id: 'auth/I07',
    title: 'Entra v2: scp as a string, azp, the API’s id as audience',
    settings: ENTRA,
    header: { typ: 'JWT', x5t: 'nOo3ZDrODXEK1jKWhXslHR_KXEg' },
    createClaims: (origin) => ({ ...entraClaims(origin), scp: READ_AND_ADMIN.join(' ') }),
    caller: ENTRA_CALLER,
  },
  {
    id: 'auth/I08',
    title: 'Entra v2 without a user: roles',
    settings: { ...ENTRA, SCOPE_CLAIM: 'roles' },
    header: { typ: 'JWT' },
    createClaims: (origin) => ({ ...entraClaims(origin), roles: READ_AND_ADMIN }),
    caller: ENTRA_CALLER,
  },
  {
    id: 'auth/I09',
    title: 'Entra v1: a trailing slash, appid, an api:// audience',
    settings: { ...ENTRA, OKTA_ISSUER: `{origin}/${TENANT}/`, OKTA_AUDIENCE: 'api://fakebook' },
    header: { typ: 'JWT', x5t: 'nOo3ZDrODXEK1jKWhXslHR_KXEg' },
    createClaims: (origin) => ({
      aud: 'api://fakebook',
      iss: `${origin}/${TENANT}/`,
      appid: 'app-of-v1',
      appidacr: '1',
      scp: READ_AND_ADMIN.join(' '),
      sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
      ver: '1.0',
    }),
    caller: { subject: ENTRA_CALLER.subject, client: 'app-of-v1' },
  },
  {
    id: 'auth/I10',
    title: 'Okta: cid and scp, whatever other claims are named',
    settings: { OKTA_ISSUER: '{origin}/oauth2/default' },
    header: {},
    createClaims: (origin) => ({
      iss: `${origin}/oauth2/default`,
      aud: 'api://default',
      sub: 'agatha',
      cid: 'web',
      client_id: 7,
      azp: 'other',
      appid: 'other',
      scp: READ_AND_ADMIN,
      scope: 'openid',
    }),
    caller: { subject: 'agatha', client: 'web' },
  },
  {
    id: 'auth/I11',
    title: 'a claim whose name is a URL with dots',
    settings: { ...AUTH0, SCOPE_CLAIM: 'https://books.example.com/roles' },
    header: { typ: 'JWT' },
    createClaims: (origin) => ({
      ...auth0Claims(origin),
      azp: 'my_client_id',
      scp: ['openid'],
      'https://books.example.com/roles': READ_AND_ADMIN,
    }),
    caller: { subject: 'auth0|123456', client: 'my_client_id' },
  },
  {
    id: 'auth/I12',
    title: 'no client at all: the subject counts as the client',
    settings: AUTH0,
    header: { typ: 'JWT' },
    createClaims: (origin) => ({ ...auth0Claims(origin), scope: READ_AND_ADMIN.join(' ') }),
    caller: { subject: 'auth0|123456', client: 'auth0|123456' },
  },
]

/** A token with these claims beside the standard ones, which has no usable scope with this setting. */
export type ScopeClaimCase = {
  readonly id: string
  readonly title: string
  readonly scopeClaim?: string
  readonly claims: object
  /** 401 for an invalid token; 403 for a valid one without the scope. */
  readonly status: 200 | 401 | 403
}

const MANY_SCOPES = Array.from({ length: 201 }, (_, i) => `s${i}`).join(' ')
const NONE = { scp: undefined }

/** Values of the claim that lists the scopes. The ids are permanent. */
export const SCOPE_CLAIMS: readonly ScopeClaimCase[] = [
  { id: 'auth/I20', title: 'one scope as a string', claims: { scp: 'fakebookapi.read' }, status: 200 },
  {
    id: 'auth/I21',
    title: 'scope as an array',
    claims: { ...NONE, scope: ['fakebookapi.read'] },
    status: 200,
  },
  { id: 'auth/I22', title: 'an empty string', claims: { scp: '' }, status: 403 },
  { id: 'auth/I23', title: 'an empty array', claims: { scp: [] }, status: 403 },
  {
    id: 'auth/I24',
    title: 'an empty scp beside scope: the first one present counts',
    claims: { scp: [], scope: 'fakebookapi.read' },
    status: 403,
  },
  {
    id: 'auth/I25',
    title: 'scp null beside scope: null is a wrong type, not an absent claim',
    claims: { scp: null, scope: 'fakebookapi.read' },
    status: 401,
  },
  { id: 'auth/I26', title: 'scope null', claims: { ...NONE, scope: null }, status: 401 },
  { id: 'auth/I27', title: 'two spaces', claims: { scp: 'fakebookapi.read  openid' }, status: 401 },
  { id: 'auth/I28', title: 'a leading space', claims: { scp: ' fakebookapi.read' }, status: 401 },
  { id: 'auth/I29', title: 'a trailing space', claims: { scp: 'fakebookapi.read ' }, status: 401 },
  { id: 'auth/I30', title: 'a tab', claims: { scp: 'fakebookapi.read\topenid' }, status: 401 },
  {
    id: 'auth/I31',
    title: 'a comma-separated list',
    claims: { scp: 'fakebookapi.read,openid' },
    status: 403,
  },
  { id: 'auth/I32', title: 'a quotation mark', claims: { scp: 'fakebookapi.read "' }, status: 401 },
  {
    id: 'auth/I33',
    title: 'a string of 201 scopes',
    claims: { scp: `fakebookapi.read ${MANY_SCOPES.slice(3)}` },
    status: 401,
  },
  {
    id: 'auth/I34',
    title: 'a string of 200 scopes',
    claims: { scp: `fakebookapi.read ${MANY_SCOPES.slice(6)}` },
    status: 200,
  },
  { id: 'auth/I35', title: 'an object', claims: { scp: { 0: 'fakebookapi.read', length: 1 } }, status: 401 },
  { id: 'auth/I36', title: 'true', claims: { scp: true }, status: 401 },
  {
    id: 'auth/I37',
    title: 'SCOPE_CLAIM=roles beside scp: that claim alone counts',
    scopeClaim: 'roles',
    claims: { scp: ['fakebookapi.read'] },
    status: 403,
  },
  {
    id: 'auth/I38',
    title: 'SCOPE_CLAIM=roles beside a malformed scp',
    scopeClaim: 'roles',
    claims: { scp: null, roles: 'fakebookapi.read' },
    status: 200,
  },
  {
    id: 'auth/I39',
    title: 'a nested claim, which is not supported',
    scopeClaim: 'realm_access.roles',
    claims: { realm_access: { roles: ['fakebookapi.read'] } },
    status: 403,
  },
  {
    id: 'auth/I40',
    title: 'a name that every object inherits',
    scopeClaim: 'constructor',
    claims: {},
    status: 403,
  },
]
