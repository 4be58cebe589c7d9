// Doctor as people run it: what it prints, how it ends, and that no secret is in it.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { ReportLine } from '../../src/doctor/report-line.ts'
import { runCli, spawnCli } from '../support/cli-process.ts'
import { findFreePort } from '../support/free-port.ts'

let issuer: ReturnType<typeof spawnCli>
let settings: Record<string, string>
let url: string
beforeAll(async () => {
  const [port, webapp, api] = [await findFreePort(), await findFreePort(), await findFreePort()]
  // No OKTA_ISSUER: the embedded server and its clients, as a newcomer has them.
  settings = { ISSUER_PORT: String(port), WEBAPP_PORT: String(webapp), PORT: String(api) }
  issuer = spawnCli(['issuer'], settings)
  const [, found = ''] = await issuer.waitForOutput(/^Authorization server\s+(\S+)$/m)
  url = found
})
afterAll(async () => {
  issuer.child.kill('SIGTERM')
  await issuer.exited
})

const doctor = (args: readonly string[], changes: Record<string, string> = {}, input?: string) =>
  runCli(['doctor', ...args], { ...settings, ...changes }, input)

const token = async () => {
  const response = await fetch(`${url}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('fakebook-cron:fakebook-cron-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'fakebookapi.read' }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

test('all is well beside the embedded server: every line has its ✓, exit 0, no colours in a file', async () => {
  const { status, stdout, stderr } = await doctor([])
  expect([status, stderr]).toEqual([0, ''])
  const lines = stdout.trim().split('\n')
  expect(lines.at(-1)).toBe('21 fine, 0 wrong, 0 could not be looked at.')
  expect(lines.slice(0, -2).filter((line) => !/^✓ \w+ +\S/.test(line))).toEqual([])
  expect(stdout).not.toContain('\u001b')
})

test('beside a whole start its three ports are ours', async () => {
  const [port, webapp, api] = [await findFreePort(), await findFreePort(), await findFreePort()]
  const places = { ISSUER_PORT: String(port), WEBAPP_PORT: String(webapp), PORT: String(api) }
  const all = spawnCli(['start'], { ...places, DATABASE_URL: 'file::memory:' })
  await all.waitForOutput(/^Web app\s+\S+$/m)
  const { status, stdout } = await doctor([], places)
  all.child.kill('SIGTERM')
  await all.exited
  expect(stdout).toContain(
    `✓ ports      ${api} (PORT), ${webapp} (WEBAPP_PORT), ${port} (ISSUER_PORT) ours already\n`,
  )
  expect(status).toBe(0)
})

test('something is wrong: exit 1, what to do, where, and what was not looked at', async () => {
  const wrong = { OKTA_CLIENT_ID: 'fakebook-cron', OKTA_CLIENT_SECRET: 'hunter2-hunter2' }
  const { status, stdout, stderr } = await doctor([], wrong)
  expect([status, stderr]).toEqual([1, ''])
  expect(stdout).toMatch(
    /^✗ client {5}Okta knows fakebook-cron, .*\(D09b\)\n {13}Mend: .*\n {13}Where: Applications and Resources > /m,
  )
  expect(stdout).toMatch(/^– scopes {5}not looked at, because of "client" above$/m)
  expect(stdout).toMatch(/\n\n15 fine, 1 wrong, 5 could not be looked at\.\n$/)
  expect(stdout).not.toContain('hunter2')
})

test('--json: one array, stable names, the same exit status', async () => {
  const { status, stdout } = await doctor(['--json'], { OKTA_AUDIENCE: 'api://books' })
  const lines: readonly ReportLine[] = JSON.parse(stdout)
  expect(status).toBe(1)
  expect(lines.find(({ id }) => id === 'D13a')).toEqual({
    id: 'D13a',
    check: 'token',
    status: 'failed',
    found: expect.any(String),
    mend: expect.any(String),
    where: 'Security > API > Authorization Servers > default > Settings',
  })
  expect(new Set(lines.map((line) => line.status))).toEqual(new Set(['ok', 'failed']))
  expect(stdout).not.toMatch(/secret["-]|eyJ/)
})

test('wrong settings: exit 2, each named, no value repeated, as lines and as JSON', async () => {
  const wrong = { LOG_LEVEL: 'hunter2', OKTA_ISUER: 'hunter2' }
  for (const args of [[], ['--json'], ['--token']]) {
    const { status, stdout } = await doctor(args, wrong)
    expect([args, status]).toEqual([args, 2])
    for (const name of ['LOG_LEVEL', 'OKTA_ISUER']) expect(stdout).toMatch(new RegExp(`${name}: `))
    expect(stdout).not.toContain('hunter2')
  }
  expect(JSON.parse((await doctor(['--json'], wrong)).stdout)[0]).toMatchObject({
    id: 'D02a',
    status: 'failed',
  })
})

test('in production nothing embedded stands in for Okta', async () => {
  const { status, stdout } = await doctor([], { NODE_ENV: 'production' })
  expect([status, stdout]).toEqual([2, expect.stringMatching(/^✗ settings +OKTA_ISSUER: is required/)])
})

test('--token explains what stands on standard input, and never prints it', async () => {
  const good = await token()
  const { status, stdout, stderr } = await doctor(['--token'], {}, `Bearer ${good}\n`)
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^! paste .*Bearer.*\(D30b\)$/m)
  expect(stdout).toMatch(/^✓ verdict {3}the API takes it$/m)
  for (const part of good.split('.')) expect(stdout).not.toContain(part)
  const changed = await doctor(['--token=-', '--json'], { OKTA_AUDIENCE: 'api://books' }, good)
  expect([changed.status, JSON.parse(changed.stdout).map(({ id }: ReportLine) => id)]).toEqual([
    1,
    ['D30', 'D31', 'D32', 'D33', 'D34a', 'D35', 'D36', 'D37', 'D38a'],
  ])
})

test.each([
  [['--token', 'a-token-as-argument']],
  [['--token=a-token-as-argument']],
  [['a-token-as-argument']],
  [['--json', 'a-token-as-argument']],
])('a token as an argument is kindly refused, and not repeated: %j', async (args) => {
  const { status, stdout, stderr } = await doctor(args)
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/standard input/)
  expect(stderr).not.toContain('a-token-as-argument')
})
