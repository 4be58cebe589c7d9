import { expect, test } from '@jest/globals'
import { readConfig, SettingsFaults } from '../src/config.ts'
import { SETTINGS } from '../src/settings.ts'

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
  ['C15', 'OKTA_ISUER', 'https://example.okta.com/oauth2/default'],
]
test.each(WRONG)('%s %s=%s is named, with an example or the known names', (_, name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(SettingsFaults)
  expect(() => readConfig({ [name]: value })).toThrow(
    new RegExp(`^  ${name}: .*(For example|Known are)`, 'm'),
  )
})

test('a name in `.env` that is no setting is a slip; the same name in the shell may be somebody else’s', () => {
  expect(() => readConfig({ PROT: '4000' }, ['PROT'])).toThrow(/^ {2}PROT: /m)
  expect(readConfig({ PROT: '4000' }).port).toBe(4000)
})

test('every example is right, and an empty value counts as none', () => {
  const examples = Object.entries(SETTINGS).map(([name, setting]) => [name, setting.example])
  expect(() => readConfig(Object.fromEntries(examples))).not.toThrow()
  expect(readConfig({ PORT: '', OKTA_ISSUER: '' })).toEqual(readConfig({}))
})

test('what holds when nothing is set', () => {
  expect(readConfig({})).toMatchObject({
    port: 4000,
    host: '127.0.0.1',
    databaseUrl: 'file:data/fakebook.db',
    issuer: undefined,
    issuerPort: 4400,
    audience: 'api://default',
    client: undefined,
    introspection: 'open',
    logLevel: 'info',
  })
  expect(readConfig({ NODE_ENV: 'production' }).introspection).toBe('authenticated')
})

test.each([
  'http://localhost:4400/oauth2/default',
  'http://127.0.0.1/x',
  'http://[::1]:1/x',
  'https://a.okta.com/oauth2/x',
])('OKTA_ISSUER=%s is taken', (issuer) => {
  expect(readConfig({ OKTA_ISSUER: issuer }).issuer).toBe(issuer)
})
