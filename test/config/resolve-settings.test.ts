import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { type InvalidSettingsError, parseConfig } from '../../src/config/config.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { runCli } from '../support/cli-process.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const folder = createTemporaryFolder()
function writeSecretFile(text: string): string {
  const file = join(folder, randomUUID())
  writeFileSync(file, text)
  return file
}
const CLIENT = { OKTA_CLIENT_ID: 'job' }

/** Aliases and secret files, and the configuration that they result in. */
const READABLE: readonly {
  readonly id: string
  readonly environment: Record<string, string>
  readonly config: object
}[] = [
  {
    id: 'config/E01',
    environment: { OKTA_OAUTH2_ISSUER: 'https://a.okta.com/oauth2/x' },
    config: { issuer: 'https://a.okta.com/oauth2/x' },
  },
  {
    id: 'config/E02',
    environment: { ISSUER: 'https://a.okta.com/oauth2/x' },
    config: { issuer: 'https://a.okta.com/oauth2/x' },
  },
  {
    id: 'config/E03',
    environment: { CLIENT_ID: 'a', CLIENT_SECRET: 'b' },
    config: { jobClient: { id: 'a', secret: 'b' } },
  },
  {
    id: 'config/E04',
    environment: { OKTA_AUDIENCE: 'api://own', AUDIENCE: 'api://other' },
    config: { audience: 'api://own' },
  },
  {
    id: 'config/E05',
    environment: { AUDIENCE: 'api://x', OKTA_OAUTH2_AUDIENCE: 'api://x' },
    config: { audience: 'api://x' },
  },
  {
    id: 'config/E06',
    environment: { ...CLIENT, OKTA_CLIENT_SECRET_FILE: writeSecretFile('fromfile\n') },
    config: { jobClient: { id: 'job', secret: 'fromfile' } },
  },
  {
    id: 'config/E07',
    environment: { ...CLIENT, CLIENT_SECRET_FILE: writeSecretFile('  two words ') },
    config: { jobClient: { id: 'job', secret: '  two words ' } },
  },
  {
    id: 'config/E08',
    environment: { DATABASE_URL_FILE: writeSecretFile('postgres://u:p@db.example.com/books\r\n') },
    config: { databaseUrl: 'postgres://u:p@db.example.com/books' },
  },
  { id: 'config/E09', environment: { SPA_CLIENT_ID: 'spa' }, config: { ideClientId: 'spa' } },
]

test.each(READABLE)('$id reads $environment', ({ environment, config }) => {
  expect(parseConfig(environment)).toMatchObject(config)
})

/** Ambiguous or unreadable variables, and the one error that they cause. */
const AMBIGUOUS: readonly {
  readonly id: string
  readonly environment: Record<string, string>
  readonly error: RegExp
}[] = [
  {
    id: 'config/E20',
    environment: { ISSUER: 'https://secret.okta.com/a', OKTA_OAUTH2_ISSUER: 'https://secret.okta.com/b' },
    error: /^OKTA_OAUTH2_ISSUER and ISSUER: must not differ/,
  },
  {
    id: 'config/E21',
    environment: {
      ...CLIENT,
      OKTA_CLIENT_SECRET: 'secret',
      OKTA_CLIENT_SECRET_FILE: writeSecretFile('secret2'),
    },
    error: /^OKTA_CLIENT_SECRET and OKTA_CLIENT_SECRET_FILE: must not differ/,
  },
  {
    id: 'config/E22',
    environment: { ...CLIENT, OKTA_CLIENT_SECRET_FILE: join(folder, 'secret-nowhere') },
    error: /^OKTA_CLIENT_SECRET_FILE: .*ENOENT/,
  },
  {
    id: 'config/E23',
    environment: { REDIS_URL_FILE: writeSecretFile('\n') },
    error: /^REDIS_URL_FILE: the file must not be empty/,
  },
  {
    id: 'config/E24',
    environment: { SESSION_SECRET_FILE: writeSecretFile('secret-short') },
    error: /^SESSION_SECRET \(as SESSION_SECRET_FILE\): must have at least 32/,
  },
  {
    id: 'config/E24a',
    environment: { SESSION_SECRET: `${'a'.repeat(32)}, secret-short` },
    error: /^SESSION_SECRET: must have at least 32/,
  },
  {
    id: 'config/E25',
    environment: { ISSUER: 'http://secret.example.com' },
    error: /^OKTA_ISSUER \(as ISSUER\): must be an https URL/,
  },
  {
    id: 'config/E26',
    environment: { CLIENT_ID: 'secret-half' },
    error: /^OKTA_CLIENT_ID and OKTA_CLIENT_SECRET: must be set together/,
  },
  {
    id: 'config/E28',
    environment: { JWKS_URL: 'https://secret.example.com/keys' },
    error: /^JWKS_URL: must be set together with OKTA_ISSUER/,
  },
  {
    id: 'config/E29',
    environment: { OKTA_AUDIENCE: 'secret-1', IDE_CLIENT_ID: 'secret-1' },
    error: /^OKTA_AUDIENCE: must differ from WEBAPP_CLIENT_ID and IDE_CLIENT_ID/,
  },
  {
    id: 'config/E30',
    environment: { OKTA_AUDIENCE: 'secret-1', WEBAPP_CLIENT_ID: 'secret-1', WEBAPP_CLIENT_SECRET: 's' },
    error: /^OKTA_AUDIENCE: must differ from WEBAPP_CLIENT_ID and IDE_CLIENT_ID/,
  },
  {
    id: 'config/E27',
    environment: { OKTA_ISSUER_FILE: 'secret' },
    error: /^OKTA_ISSUER_FILE: is not a setting/,
  },
]

test.each(AMBIGUOUS)(
  '$id reports one error that names the variables and no value: $error',
  ({ environment, error }) => {
    const messages = readErrors(environment)
    expect(messages).toHaveLength(1)
    expect(messages[0]).toMatch(error)
    expect(messages[0]).not.toMatch(/secret[.\d-]/)
  },
)

function readErrors(environment: Record<string, string>): readonly string[] {
  try {
    parseConfig(environment)
    return []
  } catch (error) {
    return (error as InvalidSettingsError).messages
  }
}

test('--check prints every setting with its source, masks secrets and exits with 0', async () => {
  const { status, stdout, stderr } = await runCli(['api', '--check'], {
    ISSUER: 'https://example.okta.com/oauth2/default',
    DATABASE_URL: 'postgres://u:hunter1@db.example.com/books?sslmode=verify-full&password=hunter2',
    REDIS_URL: 'redis://:hunter3@redis.example.com',
    SESSION_SECRET_FILE: writeSecretFile('hunter4'.padEnd(40, '!')),
    ...CLIENT,
    OKTA_CLIENT_SECRET: 'hunter5',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example.com/v1/traces?key=hunter6',
    NODE_ENV: 'production',
    API_URL: 'https://books.example.com',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  for (const line of [
    /^OKTA_ISSUER +https:\/\/example\.okta\.com\/oauth2\/default +ISSUER$/m,
    /^DATABASE_URL +postgres:\/\/u:\*\*\*@db\.example\.com\/books\?sslmode=verify-full&password=\*\*\* +DATABASE_URL$/m,
    /^SESSION_SECRET +\*\*\* +SESSION_SECRET_FILE$/m,
    /^INTROSPECTION +authenticated +default$/m,
    /^PORT +4000 +default$/m,
  ])
    expect(stdout).toMatch(line)
  expect(stdout).not.toContain('hunter')
  const names = stdout.match(/^[A-Z_]+(?= )/gm)
  expect(names).toEqual(Object.keys(SETTINGS))
})

test.each([
  { issuer: 'https://example.okta.com/oauth2/default', isShown: false },
  { issuer: 'http://localhost:4400/oauth2/default', isShown: true },
])('--check shows embedded values beside $issuer: $isShown', async ({ issuer, isShown }) => {
  const { status, stdout } = await runCli(['api', '--check'], { OKTA_ISSUER: issuer })
  expect(status).toBe(0)
  const lines = stdout.split('\n').filter((line) => !line.startsWith('OKTA_ISSUER '))
  for (const value of ['fakebook-cron', 'fakebook-cron-secret', 'fakebook-webapp', 'fakebook-webapp-secret'])
    expect([value, lines.some((line) => line.includes(`embedded: ${value})`))]).toEqual([value, isShown])
  for (const text of ['fakebook-ide', '4400', '{WEBAPP_PORT}/callback'])
    expect([text, lines.some((line) => line.includes(text))]).toEqual([text, isShown])
  expect(Object.keys(SETTINGS).every((name) => stdout.includes(`${name} `))).toBe(true)
})

test('--check shows values that are set beside a remote issuer', async () => {
  const settings = {
    OKTA_ISSUER: 'https://example.okta.com/oauth2/default',
    ISSUER_PORT: '4411',
    SPA_CLIENT_ID: 'spa',
  }
  const { stdout } = await runCli(['api', '--check'], settings)
  expect(stdout).toMatch(/^ISSUER_PORT +4411 +ISSUER_PORT$/m)
  expect(stdout).toMatch(/^IDE_CLIENT_ID +spa +SPA_CLIENT_ID$/m)
})

test('--check reads a setting from `.env` whose variable is empty', async () => {
  const settings = { OKTA_ISSUER: 'https://example.okta.com/oauth2/default', PORT: '' }
  const writeDotenv = ['sh', '-c', 'echo PORT=4555 > .env; exec "$@"', 'sh']
  const { status, stdout } = await runCli(['api', '--check'], settings, undefined, writeDotenv)
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^PORT +4555 +PORT$/m)])
})

test('a `.env` that cannot be read is reported in one line: exits with 2', async () => {
  const makeFolder = ['sh', '-c', 'mkdir .env; exec "$@"', 'sh']
  const { status, stderr } = await runCli(['api', '--check'], {}, undefined, makeFolder)
  expect([status, stderr]).toEqual([2, 'Invalid configuration:\n  .env: the file cannot be read (EISDIR).\n'])
})

test('`.env` may hold names of other programs, but no misspelt setting', async () => {
  const settings = { OKTA_ISSUER: 'https://example.okta.com/oauth2/default' }
  const runWithDotenv = (text: string) =>
    runCli(['api', '--check'], settings, undefined, ['sh', '-c', `printf '${text}' > .env; exec "$@"`, 'sh'])
  const foreign = 'OKTA_ORG_NAME=dev-1\\nOKTA_API_TOKEN=x\\nHOSTNAME=x\\nVITE_THEME=x\\nPOSTGRES_USER=x\\n'
  expect(await runWithDotenv(foreign)).toMatchObject({ status: 0, stderr: '' })
  const { status, stderr } = await runWithDotenv(`${foreign}PORTT=1\\nLOG_LEVLE=info\\n`)
  expect([status, stderr.trimEnd().split('\n').sort()]).toEqual([
    2,
    [
      '  LOG_LEVLE: is not a setting. Did you mean LOG_LEVEL?',
      '  PORTT: is not a setting. Did you mean PORT?',
      'Invalid configuration:',
    ],
  ])
})

test('--check reports invalid settings and exits with 2', async () => {
  const { status, stderr } = await runCli(['api', '--check'], { PORT: 'http' })
  expect(status).toBe(2)
  expect(stderr).toMatch(/PORT: /)
  expect((await runCli(['api', '--check'])).stderr).toMatch(/OKTA_ISSUER: must be set/)
})
