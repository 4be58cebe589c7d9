import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { listProductionWarnings } from '../../src/app/production-warnings.ts'
import { API_RULES, JOB_RULES, START_RULES, WEBAPP_RULES } from '../../src/app/required-settings.ts'
import { InvalidSettingsError, parseConfig } from '../../src/config/config.ts'
import { runCli } from '../support/cli-process.ts'
import { SELF_SIGNED_CERTIFICATE } from '../support/self-signed-certificate.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const PRODUCTION = { NODE_ENV: 'production' }
const ISSUER = { OKTA_ISSUER: 'https://example.okta.com/oauth2/default' }
const API_URL = { API_URL: 'https://books.example.com' }
const VALID = { ...PRODUCTION, ...ISSUER, ...API_URL }
const WEBAPP = {
  WEBAPP_CLIENT_ID: 'webapp',
  WEBAPP_CLIENT_SECRET: 'secret',
  WEBAPP_REDIRECT_URI: 'https://app.example.com/callback',
  SESSION_SECRET: 's'.repeat(32),
}
const CREDENTIALS = ['WEBAPP_CLIENT_ID and WEBAPP_CLIENT_SECRET', 'SESSION_SECRET']
const RULES = { start: START_RULES, api: API_RULES, webapp: WEBAPP_RULES, job: JOB_RULES } as const

/** Settings in production, and the settings that the errors of a command name. */
const STARTS: readonly {
  readonly id: string
  readonly command: keyof typeof RULES
  readonly settings: Record<string, string>
  readonly invalid: readonly string[]
}[] = [
  { id: 'config/P01', command: 'api', settings: {}, invalid: ['OKTA_ISSUER', 'API_URL'] },
  { id: 'config/P02', command: 'api', settings: ISSUER, invalid: ['API_URL'] },
  { id: 'config/P03', command: 'api', settings: { ...ISSUER, ...API_URL }, invalid: [] },
  { id: 'config/P04', command: 'start', settings: {}, invalid: ['OKTA_ISSUER', 'API_URL', ...CREDENTIALS] },
  { id: 'config/P05', command: 'webapp', settings: {}, invalid: ['OKTA_ISSUER', 'API_URL', ...CREDENTIALS] },
  { id: 'config/P06', command: 'webapp', settings: { ...ISSUER, ...API_URL, ...WEBAPP }, invalid: [] },
  { id: 'config/P07', command: 'job', settings: {}, invalid: ['OKTA_ISSUER', 'API_URL'] },
  {
    id: 'config/P08 with an invalid value, which is not called missing too',
    command: 'start',
    settings: { PORT: 'http', OKTA_ISSUER: 'example.okta.com', WEBAPP_CLIENT_ID: 'half', WORKERS: '2' },
    invalid: [
      'PORT',
      'OKTA_ISSUER',
      'WEBAPP_CLIENT_ID and WEBAPP_CLIENT_SECRET',
      'API_URL',
      'SESSION_SECRET',
      'WORKERS',
    ],
  },
  {
    id: 'config/P09',
    command: 'job',
    settings: { ...ISSUER, ...API_URL },
    invalid: ['OKTA_CLIENT_ID and OKTA_CLIENT_SECRET'],
  },
]

test.each(STARTS)('$id: $command in production reports $invalid', ({ command, settings, invalid }) => {
  expect(readInvalidNames({ ...PRODUCTION, ...settings }, command)).toEqual(invalid)
})

function readInvalidNames(settings: Record<string, string>, command: keyof typeof RULES): readonly string[] {
  try {
    parseConfig(settings, RULES[command])
    return []
  } catch (error) {
    if (!(error instanceof InvalidSettingsError)) throw error
    return error.messages.map((message) => message.slice(0, message.indexOf(':')))
  }
}

/** Issuers, and whether production accepts them. Only Okta's own hosts are known to be an organization. */
const ISSUERS: readonly { readonly id: string; readonly issuer: string; readonly isAccepted: boolean }[] = [
  { id: 'config/I01', issuer: 'https://example.okta.com', isAccepted: false },
  { id: 'config/I02', issuer: 'https://example.oktapreview.com', isAccepted: false },
  { id: 'config/I03', issuer: 'https://example.okta-emea.com', isAccepted: false },
  { id: 'config/I04', issuer: 'https://example.okta-gov.com', isAccepted: false },
  { id: 'config/I05', issuer: 'https://example.okta.mil', isAccepted: false },
  { id: 'config/I06', issuer: 'https://example.okta.com/oauth2', isAccepted: false },
  { id: 'config/I07', issuer: 'https://example.okta.com/oauth2/v1', isAccepted: false },
  { id: 'config/I08', issuer: 'https://example.okta.com/oauth2/default/v1', isAccepted: false },
  { id: 'config/I09', issuer: 'https://example.okta.com:8443', isAccepted: false },
  { id: 'config/I20', issuer: 'https://example.okta.com/oauth2/default', isAccepted: true },
  { id: 'config/I21', issuer: 'https://example.okta.com/oauth2/ausabc', isAccepted: true },
  { id: 'config/I22', issuer: 'https://login.example.com/oauth2/default', isAccepted: true },
  { id: 'config/I23', issuer: 'https://login.example.com', isAccepted: true },
  { id: 'config/I24', issuer: 'https://example.eu.auth0.com', isAccepted: true },
  { id: 'config/I25', issuer: 'https://login.example.com/realms/books', isAccepted: true },
  { id: 'config/I26', issuer: 'https://example.notokta.com', isAccepted: true },
  { id: 'config/I27', issuer: 'https://example.okta.com.example.org', isAccepted: true },
]

test.each(ISSUERS)('$id production accepts the issuer $issuer: $isAccepted', ({ issuer, isAccepted }) => {
  const settings = { ...VALID, OKTA_ISSUER: issuer }
  expect(readInvalidNames(settings, 'api')).toEqual(isAccepted ? [] : ['OKTA_ISSUER'])
  expect(readInvalidNames({ ...settings, NODE_ENV: 'development' }, 'api')).toEqual([])
})

test.each(['prod', 'Production', 'PRODUCTION', 'production ', ' production', 'prod-eu', 'prodution'])(
  'NODE_ENV=%j is no development: rejected',
  (value) => {
    expect(readInvalidNames({ ...ISSUER, NODE_ENV: value }, 'api')).toEqual(['NODE_ENV'])
  },
)

test.each(['', 'development', 'test', 'staging'])('NODE_ENV=%j is development', (value) => {
  expect(parseConfig({ ...ISSUER, NODE_ENV: value }, API_RULES).isProduction).toBe(false)
})

const certificate = join(createTemporaryFolder(), 'ca.pem')
writeFileSync(certificate, SELF_SIGNED_CERTIFICATE.cert)

/** Settings that production accepts, and the settings that the warnings name. */
const WARNINGS: readonly {
  readonly id: string
  readonly settings: Record<string, string>
  readonly warned: readonly string[]
}[] = [
  { id: 'config/W01', settings: {}, warned: [] },
  { id: 'config/W02', settings: { NODE_ENV: '', API_URL: '', RATE_LIMIT: '' }, warned: [] },
  { id: 'config/W03', settings: { RATE_LIMIT: '' }, warned: ['RATE_LIMIT'] },
  { id: 'config/W04', settings: { OKTA_ISSUER: 'http://localhost:8080/realms/x' }, warned: ['OKTA_ISSUER'] },
  { id: 'config/W05', settings: { WEBAPP_REDIRECT_URI: '' }, warned: ['WEBAPP_REDIRECT_URI'] },
  {
    id: 'config/W06',
    settings: { WEBAPP_REDIRECT_URI: 'http://localhost:7001/callback' },
    warned: ['WEBAPP_REDIRECT_URI'],
  },
  ...[
    { id: 'config/W10', query: '', isSafe: false },
    { id: 'config/W11', query: '?sslmode=disable', isSafe: false },
    { id: 'config/W12', query: '?sslmode=no-verify', isSafe: false },
    { id: 'config/W13', query: '?ssl=false', isSafe: false },
    { id: 'config/W14', query: '?sslmode=verify-full', isSafe: true },
    // Treated as verify-full.
    { id: 'config/W15', query: '?sslmode=prefer', isSafe: true },
    { id: 'config/W16', query: '?ssl=true', isSafe: true },
    { id: 'config/W17', query: `?sslrootcert=${certificate}`, isSafe: true },
    { id: 'config/W18', query: '?sslmode=verify-full&sslrootcert=/nowhere', isSafe: true },
    { id: 'config/W19', query: '?host=/var/run/postgresql', isSafe: true },
    { id: 'config/W20', query: '?host=localhost&host=db.example.com', isSafe: false },
  ].map(({ id, query, isSafe }) => ({
    id,
    settings: { DATABASE_URL: `postgres://u:hunter2@db.example.com/books${query}` },
    warned: isSafe ? [] : ['DATABASE_URL'],
  })),
  { id: 'config/W21', settings: { DATABASE_URL: 'postgres://u:p@localhost/books' }, warned: [] },
  { id: 'config/W22', settings: { DATABASE_URL: 'postgres://u:p@[::1]/books' }, warned: [] },
  { id: 'config/W23', settings: { DATABASE_URL: 'postgres://u:p@%2Fvar%2Frun/books' }, warned: [] },
  { id: 'config/W30', settings: { REDIS_URL: 'redis://:hunter2@redis.example.com' }, warned: ['REDIS_URL'] },
  { id: 'config/W31', settings: { REDIS_URL: 'rediss://:p@redis.example.com' }, warned: [] },
  { id: 'config/W32', settings: { REDIS_URL: 'redis://127.0.0.1' }, warned: [] },
]

test.each(WARNINGS)('$id $settings: warns about $warned', ({ settings, warned }) => {
  const config = parseConfig({ ...VALID, ...WEBAPP, RATE_LIMIT: '600', ...settings })
  const lines = listProductionWarnings(config, ['api', 'webapp'])
  expect(lines.map((line) => line.slice(0, line.indexOf(':')))).toEqual(warned)
  expect(lines.join()).not.toContain('hunter2')
})

test('a server is not warned about the settings of another one', () => {
  const config = parseConfig({ ...VALID, ...WEBAPP, WEBAPP_REDIRECT_URI: '' })
  expect(listProductionWarnings(config, ['api'])).toEqual([expect.stringMatching(/^RATE_LIMIT: /)])
  expect(listProductionWarnings(config, ['webapp'])).toEqual([
    expect.stringMatching(/^WEBAPP_REDIRECT_URI: /),
  ])
})

test('--check prints the warnings, a line each, and exits with 0', async () => {
  const insecure = { ...VALID, ...WEBAPP, WEBAPP_REDIRECT_URI: '', DATABASE_URL: 'postgres://u:p@db/books' }
  const { status, stdout, stderr } = await runCli(['api', '--check'], insecure)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(
    /\n\nThe settings are valid\.\nWarning: DATABASE_URL: .*\nWarning: RATE_LIMIT: .*\nWarning: WEBAPP_REDIRECT_URI: .*\n$/,
  )
  const secure = await runCli(['api', '--check'], { ...VALID, RATE_LIMIT: '600' })
  expect(secure.stdout).toMatch(/\n\nThe settings are valid\.\n$/)
})
