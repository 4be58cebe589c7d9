// `npm run doctor` in a process of its own: output, exit status, and no secrets in either.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { ReportLine } from '../../src/doctor/report-line.ts'
import { runCli, spawnCli } from '../support/cli-process.ts'
import { findClosedPort } from '../support/tcp-server.ts'

let issuer: ReturnType<typeof spawnCli>
let settings: Record<string, string>
let url: string
beforeAll(async () => {
  const [port, webapp, api] = [await findClosedPort(), await findClosedPort(), await findClosedPort()]
  // Without OKTA_ISSUER doctor uses the embedded server and its clients.
  settings = { ISSUER_PORT: String(port), WEBAPP_PORT: String(webapp), PORT: String(api) }
  issuer = spawnCli(['issuer'], settings)
  const [, issuerUrl = ''] = await issuer.waitForOutput(/^Authorization server\s+(\S+)$/m)
  url = issuerUrl
})
afterAll(async () => {
  issuer.child.kill('SIGTERM')
  await issuer.exited
})

const runDoctor = (args: readonly string[], changes: Record<string, string> = {}, input?: string) =>
  runCli(['doctor', ...args], { ...settings, ...changes }, input)

const requestToken = async () => {
  const response = await fetch(`${url}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('fakebook-cron:fakebook-cron-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'fakebookapi.read' }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

test('passes every check beside the embedded server, with exit 0 and no colors in a pipe', async () => {
  const { status, stdout, stderr } = await runDoctor([])
  expect([status, stderr]).toEqual([0, ''])
  const lines = stdout.trim().split('\n')
  expect(lines.at(-1)).toBe('21 ok, 0 failed, 0 skipped.')
  expect(lines.slice(0, -2).filter((line) => !/^✓ \w+ +\S/.test(line))).toEqual([])
  expect(stdout).not.toContain('\u001b')
})

test('recognizes the ports of a running project', async () => {
  const [port, webapp, api] = [await findClosedPort(), await findClosedPort(), await findClosedPort()]
  const ports = { ISSUER_PORT: String(port), WEBAPP_PORT: String(webapp), PORT: String(api) }
  const all = spawnCli(['start'], { ...ports, DATABASE_URL: 'file::memory:' })
  await all.waitForOutput(/^Web app\s+\S+$/m)
  const { status, stdout } = await runDoctor([], ports)
  all.child.kill('SIGTERM')
  await all.exited
  expect(stdout).toContain(
    `✓ ports      ${api} (PORT), ${webapp} (WEBAPP_PORT), ${port} (ISSUER_PORT) used by this project\n`,
  )
  expect(status).toBe(0)
})

test('reports a failure with its fix, its console path and the skipped checks, and exits 1', async () => {
  const wrong = { OKTA_CLIENT_ID: 'fakebook-cron', OKTA_CLIENT_SECRET: 'hunter2-hunter2' }
  const { status, stdout, stderr } = await runDoctor([], wrong)
  expect([status, stderr]).toEqual([1, ''])
  expect(stdout).toMatch(
    /^✗ client {5}OKTA_CLIENT_SECRET is not the secret of fakebook-cron\. \(D09b\)\n {13}Fix: .*\n {13}Where: Applications and Resources > /m,
  )
  expect(stdout).toMatch(/^– scopes {5}not checked because of "client" above$/m)
  expect(stdout).toMatch(/\n\n15 ok, 1 failed, 5 skipped\.\n$/)
  expect(stdout).not.toContain('hunter2')
})

test('--json prints one array with stable names, and exits with the same status', async () => {
  const { status, stdout } = await runDoctor(['--json'], { OKTA_AUDIENCE: 'api://books' })
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

test('names every invalid setting without its value, as text and as JSON, and exits 2', async () => {
  const wrong = { LOG_LEVEL: 'hunter2', OKTA_ISUER: 'hunter2' }
  for (const args of [[], ['--json'], ['--token']]) {
    const { status, stdout } = await runDoctor(args, wrong)
    expect([args, status]).toEqual([args, 2])
    for (const name of ['LOG_LEVEL', 'OKTA_ISUER']) expect(stdout).toMatch(new RegExp(`${name}: `))
    expect(stdout).not.toContain('hunter2')
  }
  expect(JSON.parse((await runDoctor(['--json'], wrong)).stdout)[0]).toMatchObject({
    id: 'D02a',
    status: 'failed',
  })
})

test('requires OKTA_ISSUER in production', async () => {
  const { status, stdout } = await runDoctor([], { NODE_ENV: 'production' })
  expect([status, stdout]).toEqual([2, expect.stringMatching(/^✗ settings +OKTA_ISSUER: is required/)])
})

test('--token explains the token on standard input and never prints it', async () => {
  const token = await requestToken()
  const { status, stdout, stderr } = await runDoctor(['--token'], {}, `Bearer ${token}\n`)
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^! paste .*Bearer.*\(D30b\)$/m)
  expect(stdout).toMatch(/^✓ verdict {3}the API accepts it$/m)
  for (const part of token.split('.')) expect(stdout).not.toContain(part)
  const otherAudience = await runDoctor(['--token=-', '--json'], { OKTA_AUDIENCE: 'api://books' }, token)
  expect([otherAudience.status, JSON.parse(otherAudience.stdout).map(({ id }: ReportLine) => id)]).toEqual([
    1,
    ['D30', 'D31', 'D32', 'D33', 'D34a', 'D35', 'D36', 'D37', 'D38a'],
  ])
})

const TOKEN_ARGUMENTS = [
  { id: 'doctor/C01', args: ['--token', 'a-token-as-argument'] },
  { id: 'doctor/C02', args: ['--token=a-token-as-argument'] },
  { id: 'doctor/C03', args: ['a-token-as-argument'] },
  { id: 'doctor/C04', args: ['--json', 'a-token-as-argument'] },
]
test.each(TOKEN_ARGUMENTS)('$id rejects a token as an argument without repeating it', async ({ args }) => {
  const { status, stdout, stderr } = await runDoctor(args)
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/standard input/)
  expect(stderr).not.toContain('a-token-as-argument')
})
