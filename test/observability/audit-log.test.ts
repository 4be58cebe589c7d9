import { spawn } from 'node:child_process'
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTemporaryFolder, runCli, startApiProcess } from '../support/cli-process.ts'
import { postBody, sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { waitUntil } from '../support/wait-until.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const BOOK = { title: 'a', author: 'b', cost: 1, numPages: 1 }
const ADD = JSON.stringify({
  query: 'mutation Add($input: AddBookInput!) { addBook(input: $input) { id } }',
  variables: { input: BOOK },
})
const READ = JSON.stringify({ query: '{ book(id: 1) { title } }' })
const ADMIN = { scp: ['fakebookapi.read', 'fakebookapi.admin'], sub: 'agatha', cid: 'web', jti: 'AT.7' }

const api = (settings: Record<string, string>) =>
  startApiProcess({ DATABASE_URL: 'file::memory:', OKTA_ISSUER: issuer.url, ...settings })
const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
const linesIn = (file: string) => linesOf(readFileSync(file, 'utf8'))
const written = (file: string, count: number) => waitUntil(async () => linesIn(file).length === count)

test('a line for each write and each refusal, with who, what and which book; none for reading', async () => {
  const file = join(createTemporaryFolder(), 'audit.log')
  const { url, child, exited } = await api({ AUDIT_LOG: file, RATE_LIMIT: '6' })
  const admin = await issuer.signToken(ADMIN)
  const reader = await issuer.signToken()
  const added = await postBody(url, ADD, admin)
  const id = Object(added.json.data?.addBook).id
  expect((await postBody(url, READ, reader)).status).toBe(200)
  expect((await postBody(url, ADD, reader)).status).toBe(403)
  expect((await postBody(url, READ)).status).toBe(401)
  expect((await postBody(url, READ, `${reader.slice(0, -4)}AAAA`)).status).toBe(401)
  const rest = await sendRequest(url.replace('graphql', 'books'), {
    method: 'POST',
    body: JSON.stringify({ title: 'a', author: 'b', cost: 1, num_pages: 1 }),
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
  })
  expect(rest.status).toBe(201)
  expect((await postBody(url, READ, reader)).status).toBe(429)
  await written(file, 6)
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
  const lines = linesIn(file)
  const who = { subject: 'agatha', client: 'web', tokenId: 'AT.7' }
  const asked = ['Mutation.addBook']
  expect(lines).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      event: 'write',
      requestId: added.headers.get('x-request-id'),
      ...who,
      method: 'POST',
      route: '/graphql',
      operation: 'Add',
      asked,
      added: [id],
      status: 200,
    },
    expect.objectContaining({
      event: 'refused',
      client: 'job',
      refused: asked,
      code: 'FORBIDDEN',
      status: 403,
    }),
    expect.objectContaining({ event: 'refused', code: 'UNAUTHENTICATED', status: 401 }),
    expect.objectContaining({ event: 'refused', reason: 'signature', status: 401 }),
    expect.objectContaining({ event: 'write', ...who, route: '/books', asked, status: 201 }),
    expect.objectContaining({ event: 'refused', route: '/graphql', status: 429 }),
  ])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a write whose client has gone is there too', async () => {
  const file = join(createTemporaryFolder(), 'audit.log')
  const { url, child, exited } = await api({ AUDIT_LOG: file })
  const authorization = `Bearer ${await issuer.signToken(ADMIN)}`
  const gone = connect(Number(new URL(url).port), '127.0.0.1')
  const head = ['POST /graphql HTTP/1.1', 'host: localhost', 'content-type: application/json']
  const rest = [`authorization: ${authorization}`, `content-length: ${ADD.length}`, '', ADD]
  gone.write([...head, ...rest].join('\r\n'), () => gone.destroy())
  await written(file, 1)
  expect(linesIn(file)).toEqual([expect.objectContaining({ event: 'write', subject: 'agatha' })])
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
})

test('SIGHUP opens the file anew: what logrotate has moved away is left to it', async () => {
  const file = join(createTemporaryFolder(), 'audit.log')
  const { url, child, exited } = await api({ AUDIT_LOG: file })
  await postBody(url, READ)
  await written(file, 1)
  renameSync(file, `${file}.1`)
  child.kill('SIGHUP')
  await waitUntil(async () => existsSync(file))
  await postBody(url, READ)
  await written(file, 1)
  expect(linesIn(`${file}.1`).length).toBe(1)
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
})

test.each([
  ['stdout', 1, 0],
  ['stderr', 0, 1],
  ['off', 0, 0],
])('AUDIT_LOG=%s: %i on standard output, %i on standard error', async (target, out, err) => {
  const { url, child, exited, text } = await api({ AUDIT_LOG: target })
  await postBody(url, READ)
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
  expect([linesOf(text.stdout).length, linesOf(text.stderr).length]).toEqual([out, err])
})

test('whoever reads slowly from standard output gets every line whole, also the last ones of a process', async () => {
  const audit = new URL('../../src/observability/audit-log.ts', import.meta.url).href
  const script = `
    import { openAuditLog } from ${JSON.stringify(audit)}
    const { recordRequest } = openAuditLog('stdout', () => process.exit(3))
    // As Node opens it, it does not wait.
    process.stdout.write('')
    for (const kind of ['query', 'mutation'])
      for (let i = 0; i < 2_000; i++)
        recordRequest({ requestId: kind, method: 'POST', status: kind === 'query' ? 401 : 200, durationSeconds: 0, operationInfo: { operationType: kind } })
    process.exit(0)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await pause(300)
  const lines = linesOf(await text(child.stdout))
  const count = (event: string) => lines.filter((line) => line.event === event).length
  expect([count('refused'), count('write')]).toEqual([2_000, 2_000])
})

test.each([
  ['/nowhere/audit.log', 'ENOENT'],
  ['/dev', 'EISDIR'],
])('a file that cannot be opened stops the start, in one line: %s', async (file, code) => {
  const settings = { DATABASE_URL: 'file::memory:', OKTA_ISSUER: issuer.url, AUDIT_LOG: file }
  const { status, stderr } = await runCli(['api'], settings)
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(
      new RegExp(`^The audit log cannot be opened: ${code}: .*\\. Check AUDIT_LOG\\.\\n$`),
    ),
  ])
})
