import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiProcess } from '../support/cli-process.ts'
import { startHalfSentRequest } from '../support/half-sent-request.ts'
import { postBody, sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { waitUntil } from '../support/wait-until.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const BODY = JSON.stringify({ query: '{ __typename }' })
const LONG_MS = '600000'

const startApi = (settings: Record<string, string> = {}) =>
  startApiProcess({ DATABASE_URL: 'file::memory:', OKTA_ISSUER: issuer.url, ...settings })

async function readReadiness(url: string) {
  const { status, text } = await sendRequest(new URL('/readyz', url).href)
  return { status, body: JSON.parse(text) }
}

test('/readyz names each dependency, ready or not', async () => {
  const { url, child, exited } = await startApi({ REDIS_URL: 'redis://127.0.0.1:1' })
  expect(await readReadiness(url)).toEqual({
    status: 200,
    body: {
      status: 'ready',
      keys: { up: true, count: 1, ageSeconds: expect.any(Number) },
      store: { up: true },
      redis: { up: false, connected: false },
    },
  })
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
})

test.each([
  { first: 'SIGTERM', second: 'SIGINT' },
  { first: 'SIGINT', second: 'SIGTERM' },
] as const)(
  '$first: reports "not ready" and serves for DRAIN_DELAY; $second then exits with 1 at once',
  async ({ first, second }) => {
    const { url, child, exited } = await startApi({ DRAIN_DELAY: LONG_MS })
    child.kill(first)
    await waitUntil(async () => (await readReadiness(url)).status === 503)
    expect((await readReadiness(url)).body).toMatchObject({
      status: 'not ready',
      reasons: { server: 'stopping' },
    })
    const { status, headers } = await postBody(url, BODY)
    expect([status, headers.get('connection')]).toEqual([200, 'keep-alive'])
    child.kill(second)
    expect(await exited).toBe(1)
  },
)

test('the same signal from the terminal and from npm counts once: exits with 0', async () => {
  const { url, child, exited } = await startApi()
  await postBody(url, BODY)
  child.kill('SIGINT')
  child.kill('SIGINT')
  expect(await exited).toBe(0)
})

test.each([{ signal: 'SIGTERM' }, { signal: 'SIGINT' }] as const)(
  '$signal: a request in flight is answered, with Connection: close',
  async ({ signal }) => {
    const { url, child, exited } = await startApi()
    const request = await startHalfSentRequest(url)
    child.kill(signal)
    await waitUntil(async () => !(await acceptsConnections(Number(new URL(url).port))))
    expect(await request.finish()).toEqual({ status: 200, connection: 'close' })
    expect(await exited).toBe(0)
  },
)

test('a keep-alive connection is served until a response says Connection: close', async () => {
  const { url, child, exited } = await startApi()
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  let text = ''
  let sent = 0
  const send = () => {
    sent += 1
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
  }
  socket.on('data', (chunk) => {
    text += chunk
    if (sent === 3) child.kill('SIGTERM')
    if (!/connection: close/i.test(text)) send()
  })
  send()
  await once(socket, 'end')
  socket.destroy()
  const responses = text.match(/HTTP\/1\.1 200 OK/g)
  expect([responses?.length, text.match(/connection: close/gi)?.length]).toEqual([sent, 1])
  expect(await exited).toBe(0)
})

async function acceptsConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return isOpen
}

test.each([
  {
    title: 'an uncaught exception',
    code: "throw new Error('Bearer abc.def.ghi broke it')",
    origin: 'uncaughtException',
  },
  {
    title: 'an unhandled rejection',
    code: "Promise.reject(new Error('Bearer abc.def.ghi broke it'))",
    origin: 'unhandledRejection',
  },
])('$title is logged once as fatal, without secrets, and exits with 1', async ({ code, origin }) => {
  const module = join(createTemporaryFolder(), 'failure.mjs')
  writeFileSync(module, `process.on('SIGUSR2', () => { ${code} })`)
  const { child, exited, text } = await startApi({
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
    NODE_OPTIONS: `--import=${module}`,
  })
  child.kill('SIGUSR2')
  expect(await exited).toBe(1)
  const last = JSON.parse(text.stdout.trim().split('\n').at(-1) ?? '')
  expect(last).toMatchObject({ level: 60, origin, err: { message: 'Bearer … broke it' } })
  expect(text.stderr).toBe('')
})
