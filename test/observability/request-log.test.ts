import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { formatLogLine } from '../../src/observability/pretty-format.ts'
import { spawnCli, startApiProcess } from '../support/cli-process.ts'
import { findFreePort } from '../support/free-port.ts'
import { type HttpReply, postBody, sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { TRACE_ID, TRACEPARENT } from '../support/trace-collector.ts'
import { waitUntil } from '../support/wait-until.ts'

type ApiProcess = Awaited<ReturnType<typeof startApiProcess>>

let issuer: StubIssuer
let api: ApiProcess
let prettyApi: ApiProcess
beforeAll(async () => {
  issuer = await startStubIssuer()
  const settings = { DATABASE_URL: 'file::memory:', OKTA_ISSUER: issuer.url, LOG_LEVEL: 'info' }
  ;[api, prettyApi] = await Promise.all([
    startApiProcess({ ...settings, LOG_FORMAT: 'json' }),
    startApiProcess({ ...settings, AUDIT_LOG: 'stdout' }),
  ])
})
afterAll(async () => {
  for (const { child, exited } of [api, prettyApi]) {
    child.kill('SIGTERM')
    await exited
  }
  await issuer.close()
})

const parseLines = ({ text }: ApiProcess) =>
  text.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
const requestLines = () => parseLines(api).filter(({ msg }) => msg === 'request')

test('logs one line per request with operation, client and trace, and none for health paths', async () => {
  const token = await issuer.signToken()
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    traceparent: TRACEPARENT,
  }
  const query = 'query Mine { book(id: 1) { title } }'
  const allowed = await sendRequest(api.url, { method: 'POST', headers, body: JSON.stringify({ query }) })
  const mutation = 'mutation Add { addBook(input: {title: "a", author: "b", cost: 1, numPages: 1}) { id } }'
  const denied = await postBody(api.url, JSON.stringify({ query: mutation }), token)
  for (const path of ['/healthz', '/readyz', '/metrics', '/nothing', '/books/%ff'])
    await sendRequest(new URL(path, api.url).href)
  await waitUntil(async () => requestLines().some(({ path }) => path === '/books/%ff'))
  const fieldsOf = (reply: HttpReply) => ({
    requestId: reply.headers.get('x-request-id'),
    ms: expect.any(Number),
    time: expect.any(Number),
    level: 30,
    client: 'job',
    clientAddress: '127.0.0.1',
  })
  expect(requestLines()).toEqual([
    {
      ...fieldsOf(allowed),
      method: 'POST',
      path: '/graphql',
      status: 200,
      operation: 'Mine',
      traceId: TRACE_ID,
      msg: 'request',
    },
    expect.objectContaining({
      ...fieldsOf(denied),
      status: 403,
      operation: 'Add',
      refused: ['Mutation.addBook'],
      missing: ['fakebookapi.admin'],
      code: 'FORBIDDEN',
    }),
    expect.objectContaining({ path: '/nothing', status: 404 }),
    expect.objectContaining({ path: '/books/%ff', status: 400 }),
  ])
})

test('logs a persisted query whose hash differs at level info, as a client error', async () => {
  const sha256Hash = createHash('sha256').update('another').digest('hex')
  for (const version of [1, 2]) {
    const extensions = { persistedQuery: { version, sha256Hash } }
    const reply = await postBody(api.url, JSON.stringify({ query: '{ __typename }', extensions }))
    expect([reply.status, reply.json.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST'])
    const requestId = reply.headers.get('x-request-id')
    await waitUntil(async () => requestLines().some((line) => line.requestId === requestId))
    const line = requestLines().find((candidate) => candidate.requestId === requestId)
    expect(line).toMatchObject({ status: 400, level: 30 })
  }
  expect(parseLines(api).filter(({ level }) => Number(level) > 30)).toEqual([])
})

const ADD_BOOKS = 'mutation Add($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'
const booksOf = (count: number) =>
  Array.from({ length: count }, () => ({ title: 'a', author: 'b', cost: 1, numPages: 1 }))
const ADMIN = { scp: ['fakebookapi.admin'], sub: 'agatha' }

/** Requests and their lines with LOG_FORMAT=pretty. Ids never change. */
const PRETTY_LINES = [
  {
    id: 'request-log/P01',
    title: 'a query',
    query: '{ book(id: 1) { id } }',
    claims: {},
    lines: /^200 POST \/graphql job [\d.]+ ms$/m,
  },
  {
    id: 'request-log/P02',
    title: 'a missing scope',
    query: ADD_BOOKS,
    claims: {},
    lines:
      /^403 POST \/graphql job Add needs fakebookapi\.admin [\d.]+ ms\naudit: refused job Mutation\.addBooks FORBIDDEN$/m,
  },
  {
    id: 'request-log/P03',
    title: 'an invalid token',
    query: ADD_BOOKS,
    claims: { aud: 'api://other' },
    lines:
      /^401 POST \/graphql UNAUTHENTICATED audience [\d.]+ ms\naudit: refused UNAUTHENTICATED audience$/m,
  },
  {
    id: 'request-log/P04',
    title: 'a book',
    query: ADD_BOOKS,
    claims: ADMIN,
    count: 1,
    lines:
      /^200 POST \/graphql job Add [\d.]+ ms\naudit: write agatha \(job\) Mutation\.addBooks added \d+$/m,
  },
  {
    id: 'request-log/P05',
    title: 'a batch',
    query: ADD_BOOKS,
    claims: ADMIN,
    count: 11,
    lines: /^audit: write agatha \(job\) Mutation\.addBooks added 11 books$/m,
  },
  {
    id: 'request-log/P07',
    title: 'an empty batch',
    query: ADD_BOOKS,
    claims: ADMIN,
    count: 0,
    lines: /^audit: write agatha \(job\) Mutation\.addBooks$/m,
  },
]
test.each(PRETTY_LINES)('$id logs $title as text with LOG_FORMAT=pretty', async (row) => {
  const body = JSON.stringify({ query: row.query, variables: { inputs: booksOf(row.count ?? 1) } })
  await postBody(prettyApi.url, body, await issuer.signToken(row.claims))
  await prettyApi.waitForOutput(row.lines)
  expect(parseLines(prettyApi)).toEqual([])
})

test.each(['json', 'pretty'])(
  'serves requests while the disk of the log is full, with LOG_FORMAT=%s',
  async (LOG_FORMAT) => {
    const port = await findFreePort()
    const { child, exited } = spawnCli(
      ['api'],
      {
        ...{ PORT: String(port), DATABASE_URL: 'file::memory:', OKTA_ISSUER: issuer.url },
        ...{ LOG_LEVEL: 'info', LOG_FORMAT, AUDIT_LOG: 'stdout' },
      },
      undefined,
      ['sh', '-c', 'exec "$@" > /dev/full', 'sh'],
    )
    const origin = `http://127.0.0.1:${port}`
    const getStatus = async (path: string) => (await sendRequest(`${origin}${path}`)).status
    await waitUntil(() =>
      getStatus('/readyz').then(
        (status) => status === 200,
        () => false,
      ),
    )
    // Each of these logs a line, the last one outside a request.
    expect([await getStatus('/nothing'), await getStatus('/books/1'), await getStatus('/nothing')]).toEqual([
      404, 401, 404,
    ])
    const socket = connect(port, '127.0.0.1')
    socket.write('HELLO\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /)
    expect(await getStatus('/nothing')).toBe(404)
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
  },
)

test('prints the message of an error once with LOG_FORMAT=pretty, then its stack and details', () => {
  const err = { type: 'TypeError', message: 'broken', stack: 'TypeError: broken\n    at a.ts:1', code: 'E1' }
  const line = formatLogLine(JSON.stringify({ level: 50, time: 0, requestId: 'a-1', err, msg: 'broken' }))
  expect(line).toMatch(/ERROR: broken\n +at a\.ts:1\n +requestId: a-1\n +code: E1\n$/)
})

test('request-log/P06 prints no control characters of a message with LOG_FORMAT=pretty', () => {
  const message = 'no JSON: \x1b[2J\x9b31m\u202e\r\n200 GET /forged 1 ms'
  const err = { type: 'Error', message, stack: `Error: ${message}\n    at a.ts:1`, code: '\x1b[2J' }
  const line = formatLogLine(JSON.stringify({ level: 50, time: 0, err, msg: message }))
  expect(line).toContain('ERROR: no JSON: ?[2J?31m???200 GET /forged 1 ms\n')
  expect(line).not.toMatch(/^200 |(?!\n)[\p{Cc}\p{Bidi_Control}]/mu)
})
