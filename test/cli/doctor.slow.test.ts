// `npm run doctor` as a process: its output, exit status, and that it prints no secret.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { ReportLine } from '../../src/doctor/report-line.ts'
import { runCli, spawnCli } from '../support/cli-process.ts'
import { findClosedPort } from '../support/tcp-server.ts'

let authorizationServer: ReturnType<typeof spawnCli>
let settings: Record<string, string>
let issuerUrl: string
beforeAll(async () => {
  const [port, webapp, api] = [await findClosedPort(), await findClosedPort(), await findClosedPort()]
  // Without OKTA_ISSUER: the embedded authorization server and its clients.
  settings = { ISSUER_PORT: String(port), WEBAPP_PORT: String(webapp), PORT: String(api) }
  authorizationServer = spawnCli(['authorization-server'], settings)
  const [, printedUrl = ''] = await authorizationServer.waitForOutput(/^Authorization server\s+(\S+)$/m)
  issuerUrl = printedUrl
})
afterAll(async () => {
  authorizationServer.child.kill('SIGTERM')
  await authorizationServer.exited
})

const runDoctor = (args: readonly string[], changes: Record<string, string> = {}, input?: string) =>
  runCli(['doctor', ...args], { ...settings, ...changes }, input)

const fetchToken = async () => {
  const response = await fetch(`${issuerUrl}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('fakebook-cron:fakebook-cron-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'fakebookapi.read' }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

test('reports no problem with the embedded authorization server: exits with 0, without colors in a file', async () => {
  const { status, stdout, stderr } = await runDoctor([])
  expect([status, stderr]).toEqual([0, ''])
  const lines = stdout.trim().split('\n')
  expect(lines.at(-1)).toBe('21 fine, 0 wrong, 0 could not be looked at.')
  expect(lines.slice(0, -2).filter((line) => !/^✓ \w+ +\S/.test(line))).toEqual([])
  expect(stdout).not.toContain('\u001b')
})

test('recognizes the ports of a running "npm start" as its own', async () => {
  const [port, webapp, api] = [await findClosedPort(), await findClosedPort(), await findClosedPort()]
  const ports = { ISSUER_PORT: String(port), WEBAPP_PORT: String(webapp), PORT: String(api) }
  const all = spawnCli(['start'], { ...ports, DATABASE_URL: 'file::memory:' })
  await all.waitForOutput(/^Web app\s+\S+$/m)
  const { status, stdout } = await runDoctor([], ports)
  all.child.kill('SIGTERM')
  await all.exited
  expect(stdout).toContain(
    `✓ ports      ${api} (PORT), ${webapp} (WEBAPP_PORT), ${port} (ISSUER_PORT) ours already\n`,
  )
  expect(status).toBe(0)
})

test('reports a problem with its fix, its place and the skipped checks: exits with 1', async () => {
  const wrong = { OKTA_CLIENT_ID: 'fakebook-cron', OKTA_CLIENT_SECRET: 'hunter2-hunter2' }
  const { status, stdout, stderr } = await runDoctor([], wrong)
  expect([status, stderr]).toEqual([1, ''])
  expect(stdout).toMatch(
    /^✗ client {5}Okta knows fakebook-cron, .*\(D09b\)\n {13}Mend: .*\n {13}Where: Applications and Resources > /m,
  )
  expect(stdout).toMatch(/^– scopes {5}not looked at, because of "client" above$/m)
  expect(stdout).toMatch(/\n\n15 fine, 1 wrong, 5 could not be looked at\.\n$/)
  expect(stdout).not.toContain('hunter2')
})

test('--json prints one array with stable names and the same exit status', async () => {
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

test('names every invalid setting without its value, as lines and as JSON: exits with 2', async () => {
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
  expect([status, stdout]).toEqual([2, expect.stringMatching(/^✗ settings +OKTA_ISSUER: must be set/)])
})

test('--token explains the token on standard input and never prints it', async () => {
  const token = await fetchToken()
  const { status, stdout, stderr } = await runDoctor(['--token'], {}, `Bearer ${token}\n`)
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^! paste .*Bearer.*\(D30b\)$/m)
  expect(stdout).toMatch(/^✓ verdict {3}the API takes it$/m)
  for (const part of token.split('.')) expect(stdout).not.toContain(part)
  const changed = await runDoctor(['--token=-', '--json'], { OKTA_AUDIENCE: 'api://books' }, token)
  expect([changed.status, JSON.parse(changed.stdout).map(({ id }: ReportLine) => id)]).toEqual([
    1,
    ['D30', 'D31', 'D32', 'D33', 'D34a', 'D35', 'D36', 'D37', 'D38a'],
  ])
})
