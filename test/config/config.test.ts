import { expect, test } from '@jest/globals'
import { InvalidSettingsError, parseConfig } from '../../src/config/config.ts'
import type { Setting } from '../../src/config/setting-definition.ts'
import { SETTINGS } from '../../src/config/settings.ts'

/** Invalid values. Each stops the start. Ids are permanent. */
const INVALID: readonly { readonly id: string; readonly name: string; readonly value: string }[] = [
  { id: 'config/C01', name: 'PORT', value: '65536' },
  { id: 'config/C02', name: 'PORT', value: '4000.5' },
  { id: 'config/C03', name: 'PORT', value: 'http' },
  { id: 'config/C04', name: 'ISSUER_PORT', value: '-1' },
  { id: 'config/C05', name: 'DATABASE_URL', value: 'data/fakebook.db' },
  { id: 'config/C06', name: 'OKTA_ISSUER', value: 'http://example.okta.com/oauth2/default' },
  { id: 'config/C07', name: 'OKTA_ISSUER', value: 'https://example.okta.com/oauth2/default/' },
  { id: 'config/C08', name: 'OKTA_ISSUER', value: 'example.okta.com' },
  { id: 'config/C09', name: 'OKTA_ISSUER', value: 'https://user:password@example.okta.com/oauth2/default' },
  { id: 'config/C10', name: 'API_URL', value: 'http://books.example.com' },
  { id: 'config/C11', name: 'INTROSPECTION', value: 'closed' },
  { id: 'config/C12', name: 'LOG_LEVEL', value: 'verbose' },
  { id: 'config/C13', name: 'BODY_LIMIT', value: '0' },
  { id: 'config/C14', name: 'PAGE_LIMIT', value: '1e9' },
  { id: 'config/C29', name: 'DRAIN_TIMEOUT', value: '0' },
  { id: 'config/C27', name: 'API_URL', value: 'https://books.example.com?' },
  { id: 'config/C28', name: 'API_URL', value: 'https://books.example.com/api#' },
  { id: 'config/C16', name: 'RATE_LIMIT', value: '0' },
  { id: 'config/C17', name: 'IN_FLIGHT_LIMIT', value: '0' },
  { id: 'config/C18', name: 'KEYS_REFRESH', value: '9999' },
  { id: 'config/C19', name: 'KEYS_TIMEOUT', value: '3s' },
  { id: 'config/C20', name: 'KEYS_OUTAGE', value: '-1' },
  { id: 'config/C21', name: 'TOKEN_CACHE_LIMIT', value: '0' },
  { id: 'config/C22', name: 'DPOP_NONCE', value: 'yes' },
  { id: 'config/C22a', name: 'DPOP', value: 'yes' },
  { id: 'config/C23', name: 'DPOP_MEMORY_LIMIT', value: '1.5' },
  { id: 'config/C24', name: 'REDIS_URL', value: 'http://127.0.0.1:6379' },
  { id: 'config/C25', name: 'REDIS_URL', value: '127.0.0.1:6379' },
  { id: 'config/C26', name: 'REDIS_URL', value: 'redis:' },
  { id: 'config/C30', name: 'WEBAPP_REDIRECT_URI', value: 'http://localhost:7001/:any' },
  { id: 'config/C31', name: 'WEBAPP_REDIRECT_URI', value: 'http://localhost:7001/*' },
  { id: 'config/C32', name: 'WEBAPP_REDIRECT_URI', value: 'http://localhost:7001/call back' },
  { id: 'config/C33', name: 'WEBAPP_REDIRECT_URI', value: 'http://localhost:7001//callback' },
  { id: 'config/C34', name: 'WEBAPP_REDIRECT_URI', value: 'http://localhost:7001/../callback' },
  { id: 'config/C35', name: 'WEBAPP_REDIRECT_URI', value: 'http://localhost:7001/callback?x' },
  { id: 'config/C36', name: 'WEBAPP_REDIRECT_URI', value: 'http://books.example.com/callback' },
  { id: 'config/C37', name: 'TRUSTED_PROXIES', value: 'proxy.example.com' },
  { id: 'config/C38', name: 'TRUSTED_PROXIES', value: '10.0.0.0/33' },
  { id: 'config/C39', name: 'TRUSTED_PROXIES', value: '10.0.0.0/8,' },
  { id: 'config/C40', name: 'TRUSTED_PROXIES', value: '0.0.0.0/0' },
  { id: 'config/C41', name: 'TRUSTED_PROXIES', value: '10.0.0.1/8/8' },
  { id: 'config/C42', name: 'LOOP_DELAY_LIMIT', value: '0' },
  { id: 'config/C43', name: 'CONNECTION_LIMIT', value: '0' },
  { id: 'config/C44', name: 'CLIENT_RATE_LIMIT', value: '0' },
  { id: 'config/C45', name: 'PORT', value: '0x1F90' },
  { id: 'config/C46', name: 'ISSUER_PORT', value: ' ' },
  { id: 'config/C47', name: 'OKTA_ISSUER', value: 'HTTPS://example.okta.com/oauth2/default' },
  { id: 'config/C48', name: 'OKTA_ISSUER', value: 'https://example.okta.com/oauth2/default ' },
  { id: 'config/C49', name: 'OKTA_ISSUER', value: 'https://example.okta.com:443/oauth2/../default' },
  { id: 'config/C50', name: 'WEBAPP_REDIRECT_URI', value: 'http://localhost:7001 ' },
  { id: 'config/C51', name: 'WEBAPP_REDIRECT_URI', value: 'https://App.example.com/callback' },
  { id: 'config/C52', name: 'WEBAPP_REDIRECT_URI', value: 'https://app.example.com:443/callback' },
  { id: 'config/C53', name: 'WEBAPP_REDIRECT_URI', value: 'https://bücher.example.com/callback' },
  {
    id: 'config/C54',
    name: 'WEBAPP_REDIRECT_URI',
    value: 'https://app.example.com\\@other.example.com/callback',
  },
  { id: 'config/C55', name: 'REDIS_URL', value: 'redis://:50%zz@127.0.0.1' },
  { id: 'config/C56', name: 'REDIS_URL', value: 'redis://127.0.0.1/books' },
  { id: 'config/C57', name: 'REDIS_URL', value: ' redis://127.0.0.1' },
  { id: 'config/C58', name: 'TRUSTED_PROXIES', value: '::ffff:0.0.0.0/96' },
  { id: 'config/C59', name: 'TRUSTED_PROXIES', value: '10.0.0.1,::FFFF:0:0/97' },
  { id: 'config/C60', name: 'TRUSTED_PROXIES', value: '0.0.0.0/1,128.0.0.0/1' },
  { id: 'config/C61', name: 'TRUSTED_PROXIES', value: '2000::/3' },
  { id: 'config/C62', name: 'OTEL_TRACES_SAMPLER_ARG', value: ' ' },
  { id: 'config/C63', name: 'OTEL_TRACES_SAMPLER_ARG', value: '0x1' },
  { id: 'config/C64', name: 'OTEL_TRACES_SAMPLER_ARG', value: '1.01' },
  { id: 'config/C65', name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://127.0.0.1:4318?token=x' },
  { id: 'config/C66', name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://127.0.0.1:4318#x' },
  { id: 'config/C67', name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', value: ' http://127.0.0.1:4318' },
  { id: 'config/C68', name: 'OKTA_AUDIENCE', value: 'api://default ' },
  { id: 'config/C69', name: 'HOST', value: ' ' },
  { id: 'config/C70', name: 'TRUSTED_DOCUMENTS_MANIFEST', value: ' ' },
  { id: 'config/C71', name: 'WEBAPP_CLIENT_SECRET', value: '  ' },
  { id: 'config/C72', name: 'SCOPE_CLAIM', value: 'scp scope' },
  { id: 'config/C73', name: 'SCOPE_CLAIM', value: 'scp,scope' },
  { id: 'config/C74', name: 'JWKS_URL', value: 'http://example.auth0.com/.well-known/jwks.json' },
  { id: 'config/C75', name: 'JWKS_URL', value: '/.well-known/jwks.json' },
  { id: 'config/C15', name: 'OKTA_ISUER', value: 'https://example.okta.com/oauth2/default' },
]

test.each(INVALID)('$id rejects $name=$value and names the setting', ({ name, value }) => {
  expect(() => parseConfig({ [name]: value })).toThrow(InvalidSettingsError)
  expect(() => parseConfig({ [name]: value })).toThrow(
    new RegExp(
      `^  ${name}: (must .*For example: ${name}=|is not a setting. Did you mean OKTA_ISSUER\\?)`,
      'm',
    ),
  )
})

/** Valid values that are close to invalid ones. */
const VALID: readonly { readonly id: string; readonly name: string; readonly value: string }[] = [
  { id: 'config/V01', name: 'OKTA_ISSUER', value: 'https://example.eu.auth0.com' },
  { id: 'config/V02', name: 'OKTA_ISSUER', value: 'https://[2001:db8::1]:8443/realms/books' },
  { id: 'config/V03', name: 'OKTA_ISSUER', value: 'http://[::1]:4400/oauth2/default' },
  { id: 'config/V04', name: 'API_URL', value: 'https://xn--bcher-kva.example.com/api' },
  { id: 'config/V05', name: 'WEBAPP_REDIRECT_URI', value: 'https://app.example.com' },
  { id: 'config/V06', name: 'WEBAPP_REDIRECT_URI', value: 'https://app.example.com/' },
  { id: 'config/V07', name: 'WEBAPP_REDIRECT_URI', value: 'http://127.0.0.1:7001/sign-in/callback/' },
  { id: 'config/V08', name: 'REDIS_URL', value: 'rediss://user:p%2Fw%40@[2001:db8::1]:6380/15' },
  { id: 'config/V09', name: 'REDIS_URL', value: 'redis://redis/' },
  { id: 'config/V10', name: 'TRUSTED_PROXIES', value: '10.0.0.0/8, fc00::/7, ::1' },
  { id: 'config/V11', name: 'OTEL_TRACES_SAMPLER_ARG', value: '.25' },
  {
    id: 'config/V12',
    name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    value: 'https://c.example.com/v1/traces?key=x',
  },
  { id: 'config/V14', name: 'OKTA_ISSUER', value: 'https://example.eu.auth0.com/' },
  {
    id: 'config/V15',
    name: 'OKTA_ISSUER',
    value: 'https://sts.windows.net/11111111-2222-3333-4444-555555555555/',
  },
  { id: 'config/V16', name: 'SCOPE_CLAIM', value: 'https://books.example.com/roles' },
  { id: 'config/V13', name: 'OKTA_AUDIENCE', value: 'https://books.example.com/two words' },
]

test.each(VALID)('$id accepts $name=$value', ({ name, value }) => {
  expect(() => parseConfig({ [name]: value })).not.toThrow()
})

test('HEADERS_TIMEOUT must not be longer than REQUEST_TIMEOUT, which Node rejects', () => {
  expect(() => parseConfig({ REQUEST_TIMEOUT: '5000' })).toThrow(/^ {2}HEADERS_TIMEOUT: must not be longer/m)
  expect(parseConfig({ REQUEST_TIMEOUT: '5000', HEADERS_TIMEOUT: '5000' }).http.headersTimeoutMs).toBe(5_000)
})

/** Misspelt names, and the setting that the error suggests. */
const MISSPELT: readonly { readonly id: string; readonly name: string; readonly suggestion: string }[] = [
  { id: 'config/U01', name: 'PORTT', suggestion: 'PORT' },
  { id: 'config/U02', name: 'PROT', suggestion: 'PORT' },
  { id: 'config/U03', name: 'HOTS', suggestion: 'HOST' },
  { id: 'config/U04', name: 'OKTA_ISSEUR', suggestion: 'OKTA_ISSUER' },
  { id: 'config/U05', name: 'OKAT_ISUER', suggestion: 'OKTA_ISSUER' },
  { id: 'config/U06', name: 'OKTAISSUER', suggestion: 'OKTA_ISSUER' },
  { id: 'config/U07', name: 'OKTA_CLIENT_SECRT_FILE', suggestion: 'OKTA_CLIENT_SECRET_FILE' },
  { id: 'config/U08', name: 'OKTA_OAUTH_AUDIENCE', suggestion: 'OKTA_OAUTH2_AUDIENCE' },
  { id: 'config/U09', name: 'DATABSE_ULR', suggestion: 'DATABASE_URL' },
  { id: 'config/U10', name: 'NODE_EVN', suggestion: 'NODE_ENV' },
  { id: 'config/U11', name: 'INTROSPECTON', suggestion: 'INTROSPECTION' },
  { id: 'config/U12', name: 'REDIS_URI', suggestion: 'REDIS_URL' },
]

test.each(MISSPELT)('$id rejects $name and suggests $suggestion', ({ name, suggestion }) => {
  const message = `Invalid configuration:\n  ${name}: is not a setting. Did you mean ${suggestion}?`
  expect(() => parseConfig({ [name]: 'secret' })).toThrow(message)
})

/** Names of other programs. */
const FOREIGN: readonly { readonly id: string; readonly names: readonly string[] }[] = [
  {
    id: 'config/U20 Okta’s CLI, SDKs and Terraform',
    names: [
      ...['OKTA_ORG_NAME', 'OKTA_API_TOKEN', 'OKTA_DOMAIN', 'OKTA_BASE_URL', 'OKTA_CLI_BASE_URL'],
      ...['OKTA_CLIENT_ORGURL', 'OKTA_CLIENT_TOKEN', 'OKTA_CLIENT_CLIENTID', 'OKTA_CLIENT_SCOPES'],
      'OKTA_CLIENT_PRIVATEKEY',
      ...['OKTA_API_CLIENT_ID', 'OKTA_API_SCOPES', 'OKTA_ACCESS_TOKEN', 'OKTA_OAUTH2_SCOPES'],
      ...['OKTA_OAUTH2_CLIENTID', 'OKTA_OAUTH2_CLIENTSECRET', 'OKTA_IDX_ISSUER', 'OKTA_TESTING_ISSUER'],
    ],
  },
  {
    id: 'config/U21 the shell and the operating system',
    names: ['HOME', 'HOSTNAME', 'HOSTTYPE', 'PATH', 'PWD', 'SHELL', 'USER', 'LOGNAME', 'LANG', 'TERM', '_'],
  },
  {
    id: 'config/U22 Node and npm',
    names: ['NODE_PATH', 'NODE_EXE', 'NODE_OPTIONS', 'NPM_TOKEN', 'INIT_CWD', 'EDITOR', 'CI', 'DEBUG'],
  },
  {
    id: 'config/U23 databases',
    names: [
      ...['PGHOST', 'PGPORT', 'DB_HOST', 'DB_PORT', 'DATABASE_HOST', 'DATABASE_PORT', 'DATABASE_SSL'],
      ...[
        'DATABASE_USER',
        'DATABASE_URI',
        'REDIS_HOST',
        'REDIS_PORT',
        'REDIS_SSL',
        'REDIS_TTL',
        'REDIS_TLS_URL',
      ],
    ],
  },
  {
    id: 'config/U24 web frameworks and servers',
    names: [
      ...[
        'APP_URL',
        'APP_PORT',
        'API_KEY',
        'API_PORT',
        'BASE_URL',
        'VITE_API_URL',
        'WEB_PORT',
        'WEBAPP_HOST',
      ],
      ...['SESSION_ID', 'SESSION_KEY', 'SESSION_LIFETIME', 'REDIRECT_URL', 'CLIENT_IP', 'VHOST', 'TITLE'],
    ],
  },
  {
    id: 'config/U25 OpenTelemetry',
    names: ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'OTEL_LOGS_EXPORTER'],
  },
]

test.each(FOREIGN)('$id: names are left alone', ({ names }) => {
  expect(parseConfig(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual(parseConfig({}))
})

test('every example is valid, and an empty value counts as unset', () => {
  const examples = Object.entries<Setting>(SETTINGS).map(([name, setting]) => [
    name,
    // It excludes a secret, and no key is in the repository.
    name === 'OKTA_CLIENT_PRIVATE_KEY' ? '' : (setting.example ?? setting.defaultValue),
  ])
  expect(() => parseConfig(Object.fromEntries(examples))).not.toThrow()
  expect(parseConfig({ PORT: '', OKTA_ISSUER: '' })).toEqual(parseConfig({}))
})

test('uses the defaults when nothing is set', () => {
  expect(parseConfig({})).toMatchObject({
    port: 4000,
    host: '127.0.0.1',
    databaseUrl: 'file:data/fakebook.db',
    issuer: undefined,
    issuerPort: 4400,
    audience: 'api://default',
    jobClient: undefined,
    webapp: { port: 7001, client: undefined, redirectUri: undefined, sessionSecrets: [] },
    ideClientId: undefined,
    introspection: 'open',
    logLevel: 'info',
    http: { maxInFlight: 1_000, requestsPerMinute: undefined },
    keySet: { refreshMs: 300_000, timeoutMs: 3_000, outageMs: 3_600_000 },
    tokenCacheLimit: 10_000,
    dpop: { isRequired: false, isNonceRequired: false, replayStoreLimit: 1_000_000 },
    redisUrl: undefined,
  })
  expect(parseConfig({ NODE_ENV: 'production' }).introspection).toBe('authenticated')
})

test('applies the settings for tokens, keys and load', () => {
  const settings = {
    DRAIN_TIMEOUT: '8',
    RATE_LIMIT: '1',
    IN_FLIGHT_LIMIT: '2',
    KEYS_REFRESH: '10000',
    KEYS_TIMEOUT: '4',
    KEYS_OUTAGE: '5',
    TOKEN_CACHE_LIMIT: '6',
    DPOP: 'required',
    DPOP_NONCE: 'required',
    DPOP_MEMORY_LIMIT: '7',
    REDIS_URL: 'rediss://:secret@redis.example.com:6380/1',
  }
  expect(parseConfig(settings)).toMatchObject({
    http: { requestsPerMinute: 1, maxInFlight: 2, drainTimeoutMs: 8 },
    keySet: { refreshMs: 10_000, timeoutMs: 4, outageMs: 5 },
    tokenCacheLimit: 6,
    dpop: { isRequired: true, isNonceRequired: true, replayStoreLimit: 7 },
    redisUrl: settings.REDIS_URL,
  })
})

test.each([
  'http://localhost:4400/oauth2/default',
  'http://127.0.0.1/x',
  'http://[::1]:1/x',
  'https://a.okta.com/oauth2/x',
  'https://a.okta.com',
])('accepts OKTA_ISSUER=%s', (issuer) => {
  expect(parseConfig({ OKTA_ISSUER: issuer }).issuer).toBe(issuer)
})

test.each([
  'http://localhost:7001',
  'http://localhost:7001/',
  'http://[::1]:7001/callback/',
  'https://books.example.com/auth/v1.0/callback',
])('accepts WEBAPP_REDIRECT_URI=%s unchanged', (uri) => {
  expect(parseConfig({ WEBAPP_REDIRECT_URI: uri }).webapp.redirectUri).toBe(uri)
})
