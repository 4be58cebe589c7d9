import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { RequestEvent } from '../../src/lib/http-messages.ts'
import { openAuditLog } from '../../src/observability/audit-log.ts'
import { postBody, sendRequest, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { waitUntil } from '../support/wait-until.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const ADD = JSON.stringify({
  query: 'mutation Add($input: AddBookInput!) { addBook(input: $input) { id } }',
  variables: { input: { title: 'a', author: 'b', cost: 1, numPages: 1 } },
})
const READ = JSON.stringify({ query: '{ book(id: 1) { title } }' })
const ADMIN = { scp: ['fakebookapi.read', 'fakebookapi.admin'], sub: 'agatha', cid: 'web', jti: 'AT.7' }

const readEntries = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
const waitForEntries = (file: string, count: number) =>
  waitUntil(async () => readEntries(file).length === count)

test('records who wrote which book and who was refused, and no read', async () => {
  const file = join(createTemporaryFolder(), 'audit.log')
  const service = await startService({ AUDIT_LOG: file, RATE_LIMIT: '6' }, { issuerUrl: issuer.url })
  const url = `${service.apiUrl}/graphql`
  const admin = await issuer.signToken(ADMIN)
  const reader = await issuer.signToken()
  const added = await postBody(url, ADD, admin)
  const bookId = Object(added.json.data?.addBook).id
  expect((await postBody(url, READ, reader)).status).toBe(200)
  expect((await postBody(url, ADD, reader)).status).toBe(403)
  expect((await postBody(url, READ)).status).toBe(401)
  expect((await postBody(url, READ, `${reader.slice(0, -4)}AAAA`)).status).toBe(401)
  const rest = await sendRequest(`${service.apiUrl}/books`, {
    method: 'POST',
    body: JSON.stringify({ title: 'a', author: 'b', cost: 1, num_pages: 1 }),
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
  })
  expect(rest.status).toBe(201)
  expect((await postBody(url, READ, reader)).status).toBe(429)
  await waitForEntries(file, 6)
  await service.close()
  const caller = { subject: 'agatha', client: 'web', tokenId: 'AT.7' }
  const asked = ['Mutation.addBook']
  expect(readEntries(file)).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      event: 'write',
      requestId: added.headers.get('x-request-id'),
      ...caller,
      clientAddress: '127.0.0.1',
      method: 'POST',
      route: '/graphql',
      operation: 'Add',
      asked,
      added: [bookId],
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
    expect.objectContaining({ event: 'write', ...caller, route: '/books', asked, status: 201 }),
    expect.objectContaining({ event: 'refused', route: '/graphql', status: 429 }),
  ])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

/** Addresses in refused requests. Ids never change. */
const ADDRESSES = [
  { id: 'audit-log/A01', proxies: '127.0.0.1', forwarded: '203.0.113.7', recorded: '203.0.113.7' },
  { id: 'audit-log/A02', proxies: '127.0.0.1', forwarded: '203.0.113.7:51234', recorded: '203.0.113.7' },
  { id: 'audit-log/A03', proxies: '127.0.0.1', forwarded: '[2001:DB8:0::1]:443', recorded: '2001:db8::1' },
  { id: 'audit-log/A04', proxies: '127.0.0.1', forwarded: 'eyJhbGciOiJSUzI1NiJ9', recorded: undefined },
  { id: 'audit-log/A05', proxies: '192.0.2.1', forwarded: '203.0.113.7', recorded: '127.0.0.1' },
]
test.each(ADDRESSES)(
  '$id records $recorded for $forwarded behind $proxies',
  async ({ proxies, forwarded, recorded }) => {
    const file = join(createTemporaryFolder(), 'audit.log')
    const settings = { AUDIT_LOG: file, TRUSTED_PROXIES: proxies }
    const { apiUrl, close } = await startService(settings, { issuerUrl: issuer.url })
    await sendRequest(`${apiUrl}/books/1`, { headers: { 'x-forwarded-for': forwarded } })
    await close()
    expect(readEntries(file)).toEqual([expect.objectContaining({ event: 'refused', status: 401 })])
    expect(readEntries(file)[0]?.clientAddress).toBe(recorded)
  },
)

test.each([
  { id: 'audit-log/B01', title: 'lists the ids of ten books', count: 10 },
  { id: 'audit-log/B02', title: 'records the size and the ends of a batch of eleven', count: 11 },
])('$id $title', ({ count }) => {
  const file = join(createTemporaryFolder(), 'audit.log')
  const audit = openAuditLog(file, (error) => expect(error).toBeUndefined())
  const added = Array.from({ length: count }, (_, index) => String(index + 6))
  const event = eventOf('batch', true)
  audit.recordRequest({ ...event, operationInfo: { ...event.operationInfo, addedBookIds: added } })
  audit.close()
  const { added: listed, addedCount, firstAdded, lastAdded } = readEntries(file)[0] ?? {}
  expect([listed, addedCount, firstAdded, lastAdded]).toEqual(
    count === 10 ? [added, undefined, undefined, undefined] : [undefined, 11, '6', '16'],
  )
})

test('records a write whose client disconnected', async () => {
  const file = join(createTemporaryFolder(), 'audit.log')
  const service = await startService({ AUDIT_LOG: file }, { issuerUrl: issuer.url })
  const request = [
    'POST /graphql HTTP/1.1',
    'host: localhost',
    'content-type: application/json',
    `authorization: Bearer ${await issuer.signToken(ADMIN)}`,
    `content-length: ${ADD.length}`,
    '',
    ADD,
  ]
  const socket = connect(Number(new URL(service.apiUrl).port), '127.0.0.1')
  socket.write(request.join('\r\n'), () => socket.destroy())
  await waitForEntries(file, 1)
  // The connection is closed, but its address is known.
  expect(readEntries(file)).toEqual([
    expect.objectContaining({ event: 'write', subject: 'agatha', clientAddress: '127.0.0.1' }),
  ])
  await service.close()
})

const eventOf = (requestId: string, isWrite: boolean): RequestEvent => ({
  requestId,
  method: 'POST',
  routePattern: '/graphql',
  status: isWrite ? 200 : 401,
  durationMs: 0,
  operationInfo: { operationType: isWrite ? 'mutation' : 'query' },
})

/** Waits for what is to happen before the next event. */
const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve))

test('writes a refused request at the end of the turn, and a write before the next event, in order', async () => {
  const file = join(createTemporaryFolder(), 'audit.log')
  const audit = openAuditLog(file, (error) => expect(error).toBeUndefined())
  const requestIds = () => readEntries(file).map(({ requestId }) => requestId)
  audit.recordRequest(eventOf('refused-1', false))
  expect(requestIds()).toEqual([])
  audit.recordRequest(eventOf('write-1', true))
  await nextTick()
  expect(requestIds()).toEqual(['refused-1', 'write-1'])
  audit.recordRequest(eventOf('refused-2', false))
  audit.recordRequest(eventOf('refused-3', false))
  await new Promise((resolve) => setImmediate(resolve))
  expect(requestIds()).toEqual(['refused-1', 'write-1', 'refused-2', 'refused-3'])
  audit.recordRequest(eventOf('refused-4', false))
  audit.close()
  expect(requestIds().at(-1)).toBe('refused-4')
})

test('audit-log/B03 records a write after a flood of refused requests, while the log is not read', async () => {
  const path = join(createTemporaryFolder(), 'pipe')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  let dropped = 0
  const fail = (error: unknown) => expect(error).toBeUndefined()
  const audit = openAuditLog(path, fail, {
    onDropped: (lines) => {
      dropped += lines
    },
  })
  let refused = 0
  for (; dropped === 0; refused++) audit.recordRequest(eventOf(`refused-${refused}`, false))
  const droppedRefusals = dropped
  for (let i = 0; i < 100; i++) audit.recordRequest(eventOf(`write-${i}`, true))
  await nextTick()
  expect(dropped).toBe(droppedRefusals)
  const bytes = Buffer.alloc(65_536)
  let text = ''
  await waitUntil(async () => {
    try {
      text += bytes.toString('utf8', 0, readSync(reader, bytes))
    } catch {
      // Empty until the next lines are written.
    }
    return text.includes('"write-99"')
  })
  closeSync(reader)
  audit.close()
})

test('audit-log/B04 writes the lines of a common commit in one piece, after the last response', async () => {
  let pieces = 0
  let lines = 0
  const audit = openAuditLog('/dev/full', () => pieces++, { onDropped: (dropped) => (lines += dropped) })
  const committed = Promise.resolve()
  const answer = async (name: string) => {
    await committed
    audit.recordRequest(eventOf(name, true))
  }
  await Promise.all(['write-1', 'write-2', 'write-3'].map(answer))
  await nextTick()
  expect([pieces, lines]).toEqual([1, 3])
  audit.close()
})

test('reports lines that cannot be written, and keeps none of them', async () => {
  const errors: unknown[] = []
  const audit = openAuditLog('/dev/full', (error) => errors.push(error))
  audit.recordRequest(eventOf('write-1', true))
  await nextTick()
  audit.recordRequest(eventOf('write-2', true))
  audit.close()
  expect(errors).toEqual([
    expect.objectContaining({ code: 'ENOSPC' }),
    expect.objectContaining({ code: 'ENOSPC' }),
  ])
})

test('keeps writing to the old file when SIGHUP cannot open a new one', () => {
  const folder = createTemporaryFolder()
  const file = join(folder, 'audit.log')
  const errors: unknown[] = []
  const audit = openAuditLog(file, (error) => errors.push(error))
  renameSync(folder, `${folder}.old`)
  process.emit('SIGHUP')
  expect(errors).toEqual([expect.objectContaining({ name: 'AuditLogError' })])
  audit.recordRequest(eventOf('write-1', true))
  renameSync(`${folder}.old`, folder)
  renameSync(file, `${file}.1`)
  process.emit('SIGHUP')
  expect(existsSync(file)).toBe(true)
  audit.recordRequest(eventOf('write-2', true))
  audit.close()
  expect(readEntries(`${file}.1`)).toEqual([expect.objectContaining({ requestId: 'write-1' })])
  expect(readEntries(file)).toEqual([expect.objectContaining({ requestId: 'write-2' })])
})

test.each([
  { file: '/nowhere/audit.log', code: 'ENOENT' },
  { file: '/dev', code: 'EISDIR' },
])('rejects a file that cannot be opened: $file', ({ file, code }) => {
  const pattern = new RegExp(`^The audit log cannot be opened: ${code}: .*\\. Check AUDIT_LOG\\.$`)
  expect(() => openAuditLog(file, () => undefined)).toThrow(pattern)
})
