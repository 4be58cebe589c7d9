// Doctor as people run it: what it prints, how it ends, and that no secret is in it.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Line } from '../../src/doctor/report-line.ts'
import { program, run } from '../support/cli-process.ts'
import { closedPort } from '../support/tcp-server.ts'

let issuer: ReturnType<typeof program>
let settings: Record<string, string>
let url: string
beforeAll(async () => {
  const [port, webapp, api] = [await closedPort(), await closedPort(), await closedPort()]
  // No OKTA_ISSUER: the embedded server and its clients, as a newcomer has them.
  settings = { ISSUER_PORT: String(port), WEBAPP_PORT: String(webapp), PORT: String(api) }
  issuer = program(['issuer'], settings)
  const [, found = ''] = await issuer.printed(/^Authorization server\s+(\S+)$/m)
  url = found
})
afterAll(async () => {
  issuer.child.kill('SIGTERM')
  await issuer.exited
})

const doctor = (args: readonly string[], changes: Record<string, string> = {}, input?: string) =>
  run(['doctor', ...args], { ...settings, ...changes }, input)

const token = async () => {
  const response = await fetch(`${url}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('fakebook-cron:fakebook-cron-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'fakebookapi.read' }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

test('all is well beside the embedded server: every line has its ✓, exit 0, no colours in a file', async () => {
  const { status, out, err } = await doctor([])
  expect([status, err]).toEqual([0, ''])
  const lines = out.trim().split('\n')
  expect(lines.at(-1)).toBe('21 fine, 0 wrong, 0 could not be looked at.')
  expect(lines.slice(0, -2).filter((line) => !/^✓ \w+ +\S/.test(line))).toEqual([])
  expect(out).not.toContain('\u001b')
})

test('beside a whole start its three ports are ours', async () => {
  const [port, webapp, api] = [await closedPort(), await closedPort(), await closedPort()]
  const places = { ISSUER_PORT: String(port), WEBAPP_PORT: String(webapp), PORT: String(api) }
  const all = program(['start'], { ...places, DATABASE_URL: 'file::memory:' })
  await all.printed(/^Web app\s+\S+$/m)
  const { status, out } = await doctor([], places)
  all.child.kill('SIGTERM')
  await all.exited
  expect(out).toContain(
    `✓ ports      ${api} (PORT), ${webapp} (WEBAPP_PORT), ${port} (ISSUER_PORT) ours already\n`,
  )
  expect(status).toBe(0)
})

test('something is wrong: exit 1, what to do, where, and what was not looked at', async () => {
  const wrong = { OKTA_CLIENT_ID: 'fakebook-cron', OKTA_CLIENT_SECRET: 'hunter2-hunter2' }
  const { status, out, err } = await doctor([], wrong)
  expect([status, err]).toEqual([1, ''])
  expect(out).toMatch(
    /^✗ client {5}Okta knows fakebook-cron, .*\(D09b\)\n {13}Mend: .*\n {13}Where: Applications and Resources > /m,
  )
  expect(out).toMatch(/^– scopes {5}not looked at, because of "client" above$/m)
  expect(out).toMatch(/\n\n15 fine, 1 wrong, 5 could not be looked at\.\n$/)
  expect(out).not.toContain('hunter2')
})

test('--json: one array, stable names, the same exit status', async () => {
  const { status, out } = await doctor(['--json'], { OKTA_AUDIENCE: 'api://books' })
  const lines: readonly Line[] = JSON.parse(out)
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
  expect(out).not.toMatch(/secret["-]|eyJ/)
})

test('wrong settings: exit 2, each named, no value repeated, as lines and as JSON', async () => {
  const wrong = { LOG_LEVEL: 'hunter2', OKTA_ISUER: 'hunter2' }
  for (const args of [[], ['--json'], ['--token']]) {
    const { status, out } = await doctor(args, wrong)
    expect([args, status]).toEqual([args, 2])
    for (const name of ['LOG_LEVEL', 'OKTA_ISUER']) expect(out).toMatch(new RegExp(`${name}: `))
    expect(out).not.toContain('hunter2')
  }
  expect(JSON.parse((await doctor(['--json'], wrong)).out)[0]).toMatchObject({ id: 'D02a', status: 'failed' })
})

test('in production nothing embedded stands in for Okta', async () => {
  const { status, out } = await doctor([], { NODE_ENV: 'production' })
  expect([status, out]).toEqual([2, expect.stringMatching(/^✗ settings +OKTA_ISSUER: is required/)])
})

test('--token explains what stands on standard input, and never prints it', async () => {
  const good = await token()
  const { status, out, err } = await doctor(['--token'], {}, `Bearer ${good}\n`)
  expect([status, err]).toEqual([0, ''])
  expect(out).toMatch(/^! paste .*Bearer.*\(D30b\)$/m)
  expect(out).toMatch(/^✓ verdict {3}the API takes it$/m)
  for (const part of good.split('.')) expect(out).not.toContain(part)
  const changed = await doctor(['--token=-', '--json'], { OKTA_AUDIENCE: 'api://books' }, good)
  expect([changed.status, JSON.parse(changed.out).map(({ id }: Line) => id)]).toEqual([
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
  const { status, out, err } = await doctor(args)
  expect([status, out]).toEqual([2, ''])
  expect(err).toMatch(/standard input/)
  expect(err).not.toContain('a-token-as-argument')
})
