import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runCli, spawnCli } from '../support/cli-process.ts'
import { postBody, sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { portOfServer, startTcpServer } from '../support/tcp-server.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const MEMORY = { DATABASE_URL: 'file::memory:' }

test.each([
  { setting: 'PORT', command: 'api' },
  { setting: 'ISSUER_PORT', command: 'authorization-server' },
  { setting: 'WEBAPP_PORT', command: 'webapp' },
])('$command reports a port in use in one line that names $setting', async ({ setting, command }) => {
  const port = portOfServer(await startTcpServer())
  const settings = {
    ...MEMORY,
    [setting]: String(port),
    ...(command === 'api' && { OKTA_ISSUER: issuer.url }),
  }
  const { status, stderr } = await runCli([command], settings)
  expect(status).toBe(1)
  expect(stderr).toBe(
    `Port ${port} is already in use. Set ${setting} to another one, for example ${setting}=${port + 1}.\n`,
  )
})

test.each(['192.0.2.1', 'nowhere.invalid'])(
  'reports an address that this machine does not have in one line: %s',
  async (HOST) => {
    const { status, stderr } = await runCli(['api'], { ...MEMORY, OKTA_ISSUER: issuer.url, PORT: '0', HOST })
    expect([status, stderr]).toEqual([
      1,
      `This machine has no address ${HOST}. Set HOST to an address of this machine, for example HOST=127.0.0.1.\n`,
    ])
  },
)

test('reports a database that cannot be opened in one line: exits with 1', async () => {
  const settings = { OKTA_ISSUER: issuer.url, DATABASE_URL: 'file:/dev/null/books.db' }
  const { status, stderr } = await runCli(['api'], settings)
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^The database cannot be opened: .* Check DATABASE_URL\.\n$/),
  ])
})

test('stops every server while requests are half sent', async () => {
  const all = spawnCli(['start'], {
    ...MEMORY,
    PORT: '0',
    ISSUER_PORT: '0',
    WEBAPP_PORT: '0',
    DRAIN_TIMEOUT: '100',
  })
  for (const server of ['api', 'authorizationServer', 'webapp'] as const) {
    const url = await all.waitForAddress(server)
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write('GET / HTTP/1.1\r\n')
    await once(socket, 'connect')
    // The server has read the bytes once it has answered a later request.
    await sendRequest(`${new URL(url).origin}/healthz`)
  }
  all.child.kill('SIGTERM')
  expect(await all.exited).toBe(0)
})

test('start runs every server and prints a curl line that works as it stands', async () => {
  const all = spawnCli(['start'], { ...MEMORY, PORT: '0', ISSUER_PORT: '0', WEBAPP_PORT: '0' })
  await all.waitForOutput(
    /^Demo account +agatha\S+ \/ roger-ackroyd\nDemo account +arthur\S+ \/ baskerville-hall \(may only read books\)$/m,
  )
  const [, curlLine = ''] = await all.waitForOutput(/Try it:\n(curl[\s\S]*?\))"\n/)
  const { status, out } = await runShell(`${curlLine}"`)
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

async function runShell(command: string) {
  const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  const [status] = await once(child, 'close')
  return { status, out }
}

const ANY_PORTS = { ...MEMORY, PORT: '0', ISSUER_PORT: '0', WEBAPP_PORT: '0', LOG_LEVEL: 'info' }

test.each([
  { id: 'start/J01', command: 'start', servers: ['api', 'authorizationServer', 'webapp'] },
  { id: 'start/J02', command: 'api', servers: ['api'] },
  { id: 'start/J03', command: 'authorization-server', servers: ['authorizationServer'] },
  { id: 'start/J04', command: 'webapp', servers: ['webapp'] },
] as const)('$id $command writes only JSON lines with LOG_FORMAT=json', async ({ command, servers }) => {
  const { child, exited, text, waitForAddress } = spawnCli([command], {
    ...ANY_PORTS,
    ...(command !== 'start' && { OKTA_ISSUER: issuer.url }),
    LOG_FORMAT: 'json',
    AUDIT_LOG: 'stdout',
  })
  for (const server of servers) await sendRequest(await waitForAddress(server), { method: 'POST', body: '{' })
  child.kill('SIGTERM')
  expect([await exited, text.stderr]).toEqual([0, ''])
  const lines = text.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const addresses = Object.fromEntries(servers.map((server) => [server, expect.stringMatching(/^http:/)]))
  expect(lines[0]).toEqual({ level: 30, time: expect.any(Number), ...addresses, msg: 'listening' })
  expect(text.stdout).not.toMatch(/roger-ackroyd|secret/)
})

/** Runs a command on a terminal. */
const TERMINAL = ['sh', '-c', 'exec script -qec "$*" /dev/null', 'sh']

test.each([
  { id: 'start/T01', title: 'in color', settings: {}, line: /^.\[33m401.\[39m POST \/graphql /m },
  { id: 'start/T02', title: 'without color', settings: { NO_COLOR: '1' }, line: /^401 POST \/graphql /m },
])('$id on a terminal the banner stands alone, then requests $title', async ({ settings, line }) => {
  const onTerminal = { ...ANY_PORTS, TERM: 'xterm-256color', ...settings }
  const all = spawnCli(['start'], onTerminal, undefined, TERMINAL)
  const { input } = await all.waitForOutput(/^Try it:[\s\S]*\)"\s*$/m)
  expect(input).toMatch(/^API .*\s+Authorization server .*\s+Web app .*\s+GraphQL IDE .*\s+Demo account /)
  await postBody(await all.waitForAddress('api'), '{"query":"{ books { id } }"}')
  await all.waitForOutput(line)
  all.child.kill('SIGTERM')
  await all.exited
})

test('SIGTERM to npm stops the server that it runs: exits with 0', async () => {
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
