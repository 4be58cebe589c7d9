import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runCli, spawnCli } from '../support/cli-process.ts'
import { sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const MEMORY = { DATABASE_URL: 'file::memory:' }

test('bad and unknown settings: exit 2, all of them named, no value repeated', async () => {
  const { status, stderr } = await runCli(['api'], {
    PORT: '99999',
    LOG_LEVEL: 'loud',
    INTROSPECTION: 'perhaps',
    DATABASE_URL: 'mysql://root:hunter2@db/books',
    OKTA_ISSUER: 'http://okta.example.com/oauth2/default',
    OKTA_ISUER: 'https://okta.example.com',
    OKTA_CLIENT_SECRET: 'hunter2',
  })
  expect(status).toBe(2)
  for (const name of [
    'PORT',
    'LOG_LEVEL',
    'INTROSPECTION',
    'DATABASE_URL',
    'OKTA_ISSUER',
    'OKTA_ISUER',
    'OKTA_CLIENT_ID',
  ])
    expect(stderr).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
  expect(stderr).not.toContain('hunter2')
})

test.each([
  ['no such command', ['books']],
  ['a missing option', ['job', 'add', '--title', 'x']],
  ['api without an issuer', ['api']],
])('wrong usage is exit 2: %s', async (_, command) => {
  expect((await runCli(command, MEMORY)).status).toBe(2)
})

test.each([
  ['PORT', 'api'],
  ['ISSUER_PORT', 'issuer'],
  ['WEBAPP_PORT', 'webapp'],
])('a port in use: one line says which, and that %s changes it', async (setting, command) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const settings = {
    ...MEMORY,
    [setting]: String(port),
    ...(command === 'api' && { OKTA_ISSUER: issuer.url }),
  }
  const { status, stderr } = await runCli([command], settings)
  expect(status).toBe(1)
  expect(
    stderr
      .trim()
      .split('\n')
      .filter((line) => !line.includes('oidc-provider')),
  ).toEqual([`Port ${port} is in use. Set ${setting} to another, as ${setting}=${port + 1}.`])
  taken.close()
})

test.each(['192.0.2.1', 'nowhere.invalid'])(
  'an address that is not this machine’s: one line, %s',
  async (HOST) => {
    const { status, stderr } = await runCli(['api'], { ...MEMORY, OKTA_ISSUER: issuer.url, PORT: '0', HOST })
    expect([status, stderr]).toEqual([
      1,
      `This machine has no address ${HOST}. Set HOST to one that it has, as HOST=127.0.0.1.\n`,
    ])
  },
)

test('a database that cannot be opened: one line, exit 1', async () => {
  const settings = { OKTA_ISSUER: issuer.url, DATABASE_URL: 'file:/dev/null/books.db' }
  const { status, stderr } = await runCli(['api'], settings)
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^The database cannot be opened: .* Check DATABASE_URL\.\n$/),
  ])
})

test('the embedded authorization server is refused in production', async () => {
  const { status, stderr } = await runCli(['start'], { ...MEMORY, NODE_ENV: 'production' })
  expect([status, stderr]).toEqual([2, expect.stringContaining('OKTA_ISSUER')])
})

test('the web app in production: its settings are required, all that are missing are named', async () => {
  const settings = { ...MEMORY, NODE_ENV: 'production', OKTA_ISSUER: issuer.url, WEBAPP_PORT: '0' }
  const { status, stderr } = await runCli(['webapp'], settings)
  expect([status, stderr]).toEqual([2, expect.stringMatching(/WEBAPP_CLIENT_ID[\s\S]*SESSION_SECRET/)])
})

test('half a request keeps no server from stopping', async () => {
  const all = spawnCli(['start'], {
    ...MEMORY,
    PORT: '0',
    ISSUER_PORT: '0',
    WEBAPP_PORT: '0',
    DRAIN_TIMEOUT: '100',
  })
  const [, api = ''] = await all.waitForOutput(/^API\s+(\S+)$/m)
  const [, issuer = ''] = await all.waitForOutput(/^Authorization server\s+(\S+)$/m)
  const [, webapp = ''] = await all.waitForOutput(/^Web app\s+(\S+)$/m)
  for (const url of [api, issuer, webapp]) {
    const half = connect(Number(new URL(url).port), '127.0.0.1')
    half.on('error', () => undefined)
    half.write('GET / HTTP/1.1\r\n')
    await once(half, 'connect')
    // Its bytes have come by the time that a whole request after them is answered.
    await sendRequest(`${new URL(url).origin}/healthz`)
  }
  all.child.kill('SIGTERM')
  expect(await all.exited).toBe(0)
})

test('`start` brings everything up, and its curl line works as it stands', async () => {
  const all = spawnCli(['start'], { ...MEMORY, PORT: '0', ISSUER_PORT: '0', WEBAPP_PORT: '0' })
  // Whoever starts it for the first time does not know that the address is a page, too.
  await all.waitForOutput(/^GraphQL IDE +the API’s address, in a browser\nSign in to both as +\S+ \/ \S+$/m)
  const [, line = ''] = await all.waitForOutput(/Try it:\n(curl[\s\S]*?\))"\n/)
  const { status, out } = await shell(`${line}"`)
  expect([status, JSON.parse(out)]).toEqual([
    0,
    { data: { book: { title: 'And Then There Were None', author: 'Agatha Christie', cost: 7.99 } } },
  ])
  const [, api = ''] = await all.waitForOutput(/^API\s+(\S+)\/graphql$/m)
  expect((await sendRequest(`${api}/healthz`)).status).toBe(200)
  expect((await sendRequest(`${api}/readyz`)).status).toBe(200)
  all.child.kill('SIGTERM')
  expect(await all.exited).toBe(0)
})

async function shell(command: string) {
  const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  const [status] = await once(child, 'close')
  return { status, out }
}

test('SIGTERM to npm ends what it runs, as it would end itself: exit 0', async () => {
  const npm = spawn('npm', ['run', '--silent', 'api'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, ...MEMORY, PORT: '0', OKTA_ISSUER: issuer.url, LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  for await (const chunk of npm.stdout) {
    out += chunk
    if (/^API\s+\S+$/m.test(out)) npm.kill('SIGTERM')
  }
  expect(npm.exitCode ?? (await once(npm, 'exit'))[0]).toBe(0)
})
