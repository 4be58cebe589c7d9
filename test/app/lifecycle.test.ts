import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTemporaryFolder, startApiProcess } from '../support/cli-process.ts'
import { postBody, sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { waitUntil } from '../support/wait-until.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const ASKED = JSON.stringify({ query: '{ __typename }' })
const LONG_MS = '600000'

const api = (settings: Record<string, string> = {}) =>
  startApiProcess({ DATABASE_URL: 'file::memory:', OKTA_ISSUER: issuer.url, ...settings })

const readyAt = async (url: string) => {
  const { status, text } = await sendRequest(new URL('/readyz', url).href)
  return [status, JSON.parse(text)] as const
}

test('/readyz names each dependency, ready or not', async () => {
  const { url, child, exited } = await api({ REDIS_URL: 'redis://127.0.0.1:1' })
  const keys = { up: true, count: 1, ageSeconds: expect.any(Number) }
  const rest = { keys, store: { up: true }, redis: { up: false, connected: false } }
  expect(await readyAt(url)).toEqual([200, { status: 'ready', ...rest }])
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
})

test.each([
  ['SIGTERM', 'SIGINT'],
  ['SIGINT', 'SIGTERM'],
] as const)(
  '%s: not ready at once, and it serves on for DRAIN_DELAY; %s then ends it at once, with 1',
  async (first, second) => {
    const { url, child, exited } = await api({ DRAIN_DELAY: LONG_MS })
    child.kill(first)
    await waitUntil(async () => (await readyAt(url))[0] === 503)
    expect((await readyAt(url))[1]).toMatchObject({ status: 'not ready', reasons: { server: 'stopping' } })
    const { status, headers } = await postBody(url, ASKED)
    expect([status, headers.get('connection')]).toEqual([200, 'keep-alive'])
    child.kill(second)
    expect(await exited).toBe(1)
  },
)

test('the same signal from a terminal and from npm is one: it ends with 0', async () => {
  const { url, child, exited } = await api()
  await postBody(url, ASKED)
  child.kill('SIGINT')
  child.kill('SIGINT')
  expect(await exited).toBe(0)
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: what is in flight gets its answer, which says that it is the last on its connection',
  async (signal) => {
    const { url, child, exited } = await api()
    const headers = {
      'content-type': 'application/json',
      'content-length': ASKED.length,
      expect: '100-continue',
    }
    const asked = request(url, { method: 'POST', headers })
    asked.flushHeaders()
    await once(asked, 'continue')
    child.kill(signal)
    await waitUntil(async () => !(await listens(Number(new URL(url).port))))
    asked.end(ASKED)
    const [answer] = await once(asked, 'response')
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close'])
    answer.resume()
    expect(await exited).toBe(0)
  },
)

test('a connection that is kept is served until it is told to end', async () => {
  const { url, child, exited } = await api()
  const { port } = new URL(url)
  const kept = connect(Number(port), '127.0.0.1')
  // It goes on asking: each answer is whole, the last one says so, and nothing breaks.
  let text = ''
  let sent = 0
  const ask = () => {
    sent += 1
    kept.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
  }
  kept.on('data', (chunk) => {
    text += chunk
    if (sent === 3) child.kill('SIGTERM')
    if (!/connection: close/i.test(text)) ask()
  })
  ask()
  await once(kept, 'end')
  kept.destroy()
  const answers = text.match(/HTTP\/1\.1 200 OK/g)
  expect([answers?.length, text.match(/connection: close/gi)?.length]).toEqual([sent, 1])
  expect(await exited).toBe(0)
})

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const open = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return open
}

test.each([
  ['an exception', "throw new Error('Bearer abc.def.ghi broke it')", 'uncaughtException'],
  ['a rejection', "Promise.reject(new Error('Bearer abc.def.ghi broke it'))", 'unhandledRejection'],
])('%s that nobody caught: one fatal line in the log, and exit 1', async (_, fault, origin) => {
  const module = join(createTemporaryFolder(), 'fault.mjs')
  writeFileSync(module, `process.on('SIGUSR2', () => { ${fault} })`)
  const { child, exited, text } = await api({ LOG_LEVEL: 'info', NODE_OPTIONS: `--import=${module}` })
  child.kill('SIGUSR2')
  expect(await exited).toBe(1)
  const last = JSON.parse(text.stdout.trim().split('\n').at(-1) ?? '')
  expect(last).toMatchObject({ level: 60, origin, err: { message: 'Bearer … broke it' } })
  expect(text.stderr).toBe('')
})
