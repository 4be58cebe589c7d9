import { expect, test } from '@jest/globals'
import { InvalidSettingsError, parseConfig } from '../../src/config/config.ts'
import { SETTINGS } from '../../src/config/settings.ts'

/** Values that must stop the start. Permanent numbers. */
const WRONG: readonly (readonly [id: string, name: string, value: string])[] = [
  ['C01', 'PORT', '65536'],
  ['C02', 'PORT', '4000.5'],
  ['C03', 'PORT', 'http'],
  ['C04', 'ISSUER_PORT', '-1'],
  ['C05', 'DATABASE_URL', 'data/fakebook.db'],
  ['C06', 'OKTA_ISSUER', 'http://example.okta.com/oauth2/default'],
  ['C07', 'OKTA_ISSUER', 'https://example.okta.com/oauth2/default/'],
  ['C08', 'OKTA_ISSUER', 'example.okta.com'],
  ['C09', 'OKTA_ISSUER', 'https://user:password@example.okta.com/oauth2/default'],
  ['C10', 'API_URL', 'http://books.example.com'],
  ['C11', 'INTROSPECTION', 'closed'],
  ['C12', 'LOG_LEVEL', 'verbose'],
  ['C13', 'BODY_LIMIT', '0'],
  ['C14', 'PAGE_LIMIT', '1e9'],
  ['C29', 'DRAIN_TIMEOUT', '0'],
  ['C27', 'API_URL', 'https://books.example.com?'],
  ['C28', 'API_URL', 'https://books.example.com/api#'],
  ['C16', 'RATE_LIMIT', '0'],
  ['C17', 'IN_FLIGHT_LIMIT', '0'],
  ['C18', 'KEYS_REFRESH', '9999'],
  ['C19', 'KEYS_TIMEOUT', '3s'],
  ['C20', 'KEYS_OUTAGE', '-1'],
  ['C21', 'TOKEN_CACHE_LIMIT', '0'],
  ['C22', 'DPOP_NONCE', 'yes'],
  ['C23', 'DPOP_MEMORY_LIMIT', '1.5'],
  ['C24', 'REDIS_URL', 'http://127.0.0.1:6379'],
  ['C25', 'REDIS_URL', '127.0.0.1:6379'],
  ['C26', 'REDIS_URL', 'redis:'],
  ['C30', 'WEBAPP_REDIRECT_URI', 'http://localhost:7001/:any'],
  ['C31', 'WEBAPP_REDIRECT_URI', 'http://localhost:7001/*'],
  ['C32', 'WEBAPP_REDIRECT_URI', 'http://localhost:7001/call back'],
  ['C33', 'WEBAPP_REDIRECT_URI', 'http://localhost:7001//callback'],
  ['C34', 'WEBAPP_REDIRECT_URI', 'http://localhost:7001/../callback'],
  ['C35', 'WEBAPP_REDIRECT_URI', 'http://localhost:7001/callback?x'],
  ['C36', 'WEBAPP_REDIRECT_URI', 'http://books.example.com/callback'],
  ['C37', 'TRUSTED_PROXIES', 'proxy.example.com'],
  ['C38', 'TRUSTED_PROXIES', '10.0.0.0/33'],
  ['C39', 'TRUSTED_PROXIES', '10.0.0.0/8,'],
  ['C40', 'TRUSTED_PROXIES', '0.0.0.0/0'],
  ['C41', 'TRUSTED_PROXIES', '10.0.0.1/8/8'],
  ['C42', 'LOOP_DELAY_LIMIT', '0'],
  ['C43', 'CONNECTION_LIMIT', '0'],
  ['C44', 'CLIENT_RATE_LIMIT', '0'],
  ['C15', 'OKTA_ISUER', 'https://example.okta.com/oauth2/default'],
]
test.each(WRONG)('%s %s=%s is named, with an example or the known names', (_, name, value) => {
  expect(() => parseConfig({ [name]: value })).toThrow(InvalidSettingsError)
  expect(() => parseConfig({ [name]: value })).toThrow(
    new RegExp(`^  ${name}: .*(For example|Known are)`, 'm'),
  )
})

test('a name in `.env` that is no setting is a slip; the same name in the shell may be somebody else’s', () => {
  expect(() => parseConfig({ PROT: '4000' }, ['PROT'])).toThrow(/^ {2}PROT: /m)
  expect(parseConfig({ PROT: '4000' }).port).toBe(4000)
})

test('every example is right, and an empty value counts as none', () => {
  const examples = Object.entries(SETTINGS).map(([name, setting]) => [name, setting.example])
  expect(() => parseConfig(Object.fromEntries(examples))).not.toThrow()
  expect(parseConfig({ PORT: '', OKTA_ISSUER: '' })).toEqual(parseConfig({}))
})

test('what holds when nothing is set', () => {
  expect(parseConfig({})).toMatchObject({
    port: 4000,
    host: '127.0.0.1',
    databaseUrl: 'file:data/fakebook.db',
    issuer: undefined,
    issuerPort: 4400,
    audience: 'api://default',
    jobClient: undefined,
    webapp: { port: 7001, client: undefined, redirectUri: undefined, sessionSecret: undefined },
    ideClientId: undefined,
    introspection: 'open',
    logLevel: 'info',
    http: { maxInFlight: 1_000, requestsPerMinute: undefined },
    keySet: { refreshMs: 300_000, timeoutMs: 3_000, outageMs: 3_600_000 },
    tokenCacheLimit: 10_000,
    dpop: { isNonceRequired: false, replayStoreLimit: 1_000_000 },
    redisUrl: undefined,
  })
  expect(parseConfig({ NODE_ENV: 'production' }).introspection).toBe('authenticated')
})

test('what is set about tokens, keys and load is what holds', () => {
  const set = {
    DRAIN_TIMEOUT: '8',
    RATE_LIMIT: '1',
    IN_FLIGHT_LIMIT: '2',
    KEYS_REFRESH: '10000',
    KEYS_TIMEOUT: '4',
    KEYS_OUTAGE: '5',
    TOKEN_CACHE_LIMIT: '6',
    DPOP_NONCE: 'required',
    DPOP_MEMORY_LIMIT: '7',
    REDIS_URL: 'rediss://:secret@redis.example.com:6380/1',
  }
  expect(parseConfig(set)).toMatchObject({
    http: { requestsPerMinute: 1, maxInFlight: 2, drainTimeoutMs: 8 },
    keySet: { refreshMs: 10_000, timeoutMs: 4, outageMs: 5 },
    tokenCacheLimit: 6,
    dpop: { isNonceRequired: true, replayStoreLimit: 7 },
    redisUrl: set.REDIS_URL,
  })
})

test.each([
  'http://localhost:4400/oauth2/default',
  'http://127.0.0.1/x',
  'http://[::1]:1/x',
  'https://a.okta.com/oauth2/x',
])('OKTA_ISSUER=%s is taken', (issuer) => {
  expect(parseConfig({ OKTA_ISSUER: issuer }).issuer).toBe(issuer)
})

test.each([
  'http://localhost:7001',
  'http://localhost:7001/',
  'http://[::1]:7001/callback/',
  'https://books.example.com/auth/v1.0/callback',
])('WEBAPP_REDIRECT_URI=%s is taken as it stands', (uri) => {
  expect(parseConfig({ WEBAPP_REDIRECT_URI: uri }).webapp.redirectUri).toBe(uri)
})
