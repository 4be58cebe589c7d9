import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { type InvalidSettingsError, parseConfig } from '../../src/config/config.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { createTemporaryFolder, runCli } from '../support/cli-process.ts'

const folder = createTemporaryFolder()
function secretFile(text: string): string {
  const file = join(folder, randomUUID())
  writeFileSync(file, text)
  return file
}
const CLIENT = { OKTA_CLIENT_ID: 'job' }

/** Names that others know settings by, and files that hold secrets: what is read. */
const GIVEN: readonly (readonly [id: string, environment: Record<string, string>, holds: object])[] = [
  ['E01', { OKTA_OAUTH2_ISSUER: 'https://a.okta.com/oauth2/x' }, { issuer: 'https://a.okta.com/oauth2/x' }],
  ['E02', { ISSUER: 'https://a.okta.com/oauth2/x' }, { issuer: 'https://a.okta.com/oauth2/x' }],
  ['E03', { CLIENT_ID: 'a', CLIENT_SECRET: 'b' }, { jobClient: { id: 'a', secret: 'b' } }],
  ['E04', { OKTA_AUDIENCE: 'api://own', AUDIENCE: 'api://other' }, { audience: 'api://own' }],
  ['E05', { AUDIENCE: 'api://x', OKTA_OAUTH2_AUDIENCE: 'api://x' }, { audience: 'api://x' }],
  [
    'E06',
    { ...CLIENT, OKTA_CLIENT_SECRET_FILE: secretFile('fromfile\n') },
    { jobClient: { id: 'job', secret: 'fromfile' } },
  ],
  [
    'E07',
    { ...CLIENT, CLIENT_SECRET_FILE: secretFile('  two words ') },
    { jobClient: { id: 'job', secret: '  two words ' } },
  ],
  [
    'E08',
    { DATABASE_URL_FILE: secretFile('postgres://u:p@db.example.com/books\r\n') },
    { databaseUrl: 'postgres://u:p@db.example.com/books' },
  ],
  ['E09', { SPA_CLIENT_ID: 'spa' }, { ideClientId: 'spa' }],
]
test.each(GIVEN)('%s %j is read', (_, environment, holds) => {
  expect(parseConfig(environment)).toMatchObject(holds)
})

/** What cannot be told apart, or not be read. The value is never repeated. */
const UNCLEAR: readonly (readonly [id: string, environment: Record<string, string>, fault: RegExp])[] = [
  [
    'E20',
    { ISSUER: 'https://secret.okta.com/a', OKTA_OAUTH2_ISSUER: 'https://secret.okta.com/b' },
    /^ {2}OKTA_OAUTH2_ISSUER and ISSUER: differ/m,
  ],
  [
    'E21',
    { ...CLIENT, OKTA_CLIENT_SECRET: 'secret', OKTA_CLIENT_SECRET_FILE: secretFile('secret2') },
    /^ {2}OKTA_CLIENT_SECRET and OKTA_CLIENT_SECRET_FILE: differ/m,
  ],
  [
    'E22',
    { ...CLIENT, OKTA_CLIENT_SECRET_FILE: join(folder, 'secret-nowhere') },
    /^ {2}OKTA_CLIENT_SECRET_FILE: .*ENOENT/m,
  ],
  ['E23', { REDIS_URL_FILE: secretFile('\n') }, /^ {2}REDIS_URL_FILE: the file is empty/m],
  [
    'E24',
    { SESSION_SECRET_FILE: secretFile('secret-short') },
    /^ {2}SESSION_SECRET \(as SESSION_SECRET_FILE\): must have 32/m,
  ],
  ['E25', { ISSUER: 'http://secret.example.com' }, /^ {2}OKTA_ISSUER \(as ISSUER\): must be https/m],
  ['E26', { CLIENT_ID: 'secret-half' }, /OKTA_CLIENT_ID and OKTA_CLIENT_SECRET: set both or none/],
  ['E27', { OKTA_ISSUER_FILE: 'secret' }, /^ {2}OKTA_ISSUER_FILE: there is no such setting/m],
]
test.each(UNCLEAR)(
  '%s %j is a fault that names what to mend, alone, and tells no value',
  (_, environment, fault) => {
    const told = faultsOf(environment)
    expect(told).toHaveLength(1)
    expect(`  ${told[0]}`).toMatch(fault)
    expect(told[0]).not.toMatch(/secret[.\d-]/)
  },
)

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    parseConfig(environment)
    return []
  } catch (error) {
    return (error as InvalidSettingsError).messages
  }
}

test('--check prints what holds and from where, masks what is secret, and exits 0', async () => {
  const { status, stdout, stderr } = await runCli(['api', '--check'], {
    ISSUER: 'https://example.okta.com/oauth2/default',
    DATABASE_URL: 'postgres://u:hunter1@db.example.com/books?sslmode=verify-full&password=hunter2',
    REDIS_URL: 'redis://:hunter3@redis.example.com',
    SESSION_SECRET_FILE: secretFile('hunter4'.padEnd(40, '!')),
    ...CLIENT,
    OKTA_CLIENT_SECRET: 'hunter5',
    NODE_ENV: 'production',
  })
  expect({ status, err: stderr }).toEqual({ status: 0, err: '' })
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

test('--check tells what is wrong, and exits 2', async () => {
  const { status, stderr } = await runCli(['api', '--check'], { PORT: 'http' })
  expect(status).toBe(2)
  expect(stderr).toMatch(/PORT: /)
  expect((await runCli(['api', '--check'])).stderr).toMatch(/OKTA_ISSUER: is required here/)
})
