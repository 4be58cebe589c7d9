import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { program, run, startProgram, temporaryFolder } from './program.ts'
import { type ScriptedIssuer, scriptedIssuer } from './scripted-issuer.ts'
import { ADMIN, post, READ, send } from './service.ts'

let issuer: ScriptedIssuer
beforeAll(async () => {
  issuer = await scriptedIssuer()
})
afterAll(() => issuer.close())

const MEMORY = { DATABASE_URL: 'file::memory:' }

test('bad and unknown settings: exit 2, all of them named, no value repeated', async () => {
  const { status, err } = await run(['api'], {
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
    expect(err).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
  expect(err).not.toContain('hunter2')
})

test.each([
  ['no such command', ['books']],
  ['a missing option', ['job', 'add', '--title', 'x']],
  ['api without an issuer', ['api']],
])('wrong usage is exit 2: %s', async (_, command) => {
  expect((await run(command, MEMORY)).status).toBe(2)
})

test.each([
  ['PORT', 'api'],
  ['ISSUER_PORT', 'issuer'],
])('a port in use: one line says which, and that %s changes it', async (setting, command) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const settings = {
    ...MEMORY,
    [setting]: String(port),
    ...(command === 'api' && { OKTA_ISSUER: issuer.url }),
  }
  const { status, err } = await run([command], settings)
  expect(status).toBe(1)
  expect(
    err
      .trim()
      .split('\n')
      .filter((line) => !line.includes('oidc-provider')),
  ).toEqual([`Port ${port} is in use. Set ${setting} to another, as ${setting}=${port + 1}.`])
  taken.close()
})

test('the embedded authorization server is refused in production', async () => {
  const { status, err } = await run(['start'], { ...MEMORY, NODE_ENV: 'production' })
  expect([status, err]).toEqual([2, expect.stringContaining('OKTA_ISSUER')])
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s lets a request in flight finish and exits 0',
  async (signal) => {
    const api = await startProgram({ ...MEMORY, OKTA_ISSUER: issuer.url })
    const body = JSON.stringify({ query: '{ __typename }' })
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      expect: '100-continue',
    }
    const asked = request(api.url, { method: 'POST', headers })
    asked.flushHeaders()
    await once(asked, 'continue')
    api.child.kill(signal)
    await closed(Number(new URL(api.url).port))
    asked.end(body)
    const [answer] = await once(asked, 'response')
    expect(answer.statusCode).toBe(200)
    answer.resume()
    expect(await api.exited).toBe(0)
  },
)

/** Resolves once nobody listens there any more. */
async function closed(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (!open) return
  }
}

test('kill -9 in the middle of writes: every acknowledged book is there after the restart', async () => {
  const token = await issuer.sign({ scp: [READ, ADMIN] })
  const settings = {
    OKTA_ISSUER: issuer.url,
    DATABASE_URL: `file:${join(temporaryFolder(), 'books.db')}`,
    PAGE_LIMIT: '10000',
  }
  const body = JSON.stringify({
    query: 'mutation { addBook(input: { title: "t", author: "a", cost: 1, numPages: 1 }) { id } }',
  })
  const acknowledged: unknown[] = []
  for (const killAfter of [5, 20, 60, 61, 62]) {
    const api = await startProgram(settings)
    let written = 0
    const write = async () => {
      for (;;) {
        const reply = await post(api.url, body, token).catch(() => undefined)
        if (reply?.status !== 200) return
        acknowledged.push(Object(reply.json.data?.addBook).id)
        written += 1
        if (written === killAfter) api.child.kill('SIGKILL')
      }
    }
    await Promise.all(Array.from({ length: 8 }, write))
    await api.exited
  }
  const api = await startProgram(settings)
  const { json } = await post(api.url, JSON.stringify({ query: '{ books(first: 10000) { id } }' }), token)
  const kept = new Set(Object(json.data?.books).map((book: { id: string }) => book.id))
  expect(acknowledged.length).toBeGreaterThanOrEqual(5 + 20 + 60 + 61 + 62)
  expect(new Set(acknowledged).size).toBe(acknowledged.length)
  expect(acknowledged.filter((id) => !kept.has(String(id)))).toEqual([])
  api.child.kill('SIGTERM')
  expect(await api.exited).toBe(0)
})

test('`start` brings everything up, and its curl line works as it stands', async () => {
  const all = program(['start'], { ...MEMORY, PORT: '0', ISSUER_PORT: '0' })
  const [, line = ''] = await all.printed(/Try it:\n(curl[\s\S]*?\))"\n/)
  const { status, out } = await shell(`${line}"`)
  expect([status, JSON.parse(out)]).toEqual([
    0,
    { data: { book: { title: 'And Then There Were None', author: 'Agatha Christie', cost: 7.99 } } },
  ])
  const [, api = ''] = await all.printed(/^API\s+(\S+)\/graphql$/m)
  expect((await send(`${api}/healthz`)).status).toBe(200)
  expect((await send(`${api}/readyz`)).status).toBe(200)
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
