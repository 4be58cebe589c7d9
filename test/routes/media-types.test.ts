import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { createJsonResponse, type HttpResponse, type Route } from '../../src/lib/http-messages.ts'
import {
  GRAPHQL_TYPE,
  JSON_TYPE,
  NEGOTIATIONS,
  PAGE_ACCEPTS,
  RESPONSES,
} from '../cases/routes/media-types.ts'
import { exchangeBytes, startRecordedServer } from '../support/http/recorded-server.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, startService } from '../support/service.ts'
import { startStubIssuer } from '../support/stub-issuer.ts'
import { waitUntil } from '../support/wait-until.ts'

let service: Service
beforeAll(async () => {
  service = await startService({ RESPONSE_LIMIT: '1024' })
})
afterAll(() => service.close())

/** Closes what a test has started, whether it passes or not. */
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function startLimited(settings: Record<string, string>, issuerUrl?: string): Promise<Service> {
  const limited = await startService(settings, issuerUrl === undefined ? {} : { issuerUrl })
  closers.push(limited.close)
  return limited
}
async function startRoutes(routes: readonly Route[], settings: Record<string, string> = {}) {
  const { server, port } = await startRecordedServer({ routes, settings })
  closers.push(server.close)
  return { server, url: `http://127.0.0.1:${port}` }
}

type RawRequest = {
  readonly line?: string
  readonly accept: string | undefined
  readonly headers?: readonly string[]
  readonly body?: unknown
  readonly contentType?: string
}

/** Sends a request byte by byte: clients add an Accept header of their own. */
async function send(
  url: string,
  { line = 'POST /graphql', accept, headers = [], body, contentType = JSON_TYPE }: RawRequest,
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const lines = [
    `${line} HTTP/1.1`,
    ...['Host: localhost', 'Connection: close'],
    ...(accept === undefined ? [] : [`Accept: ${accept}`]),
    ...headers,
    ...(text === undefined ? [] : [`Content-Type: ${contentType}`, `Content-Length: ${text.length}`]),
  ]
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const reply = await exchangeBytes(socket, [`${lines.join('\r\n')}\r\n\r\n${text ?? ''}`])
  const [head = '', content = ''] = reply.split('\r\n\r\n')
  const readHeader = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim()
  return {
    status: Number(head.split(' ')[1]),
    type: readHeader('content-type'),
    challenge: readHeader('www-authenticate'),
    code: /"code":"(\w+)"/.exec(content)?.[1],
    content,
  }
}

const authorize = async (...scopes: string[]) => `Authorization: Bearer ${await service.tokenFor(...scopes)}`
const TYPENAME = { query: '{ __typename }' }
const withCharset = (type: string) => `${type}; charset=utf-8`

test.each(NEGOTIATIONS)('$id chooses the type of a response for $title', async ({ accept, type }) => {
  const executed = await send(service.apiUrl, { accept, body: TYPENAME })
  expect(executed.type).toBe(withCharset(type ?? JSON_TYPE))
  expect([executed.status, executed.code]).toEqual(type ? [200, undefined] : [406, 'BAD_REQUEST'])
  const rejected = await send(service.apiUrl, { accept, body: TYPENAME, contentType: 'text/plain' })
  expect([rejected.status, rejected.type]).toEqual([415, withCharset(type ?? JSON_TYPE)])
})

test.each(PAGE_ACCEPTS)('$id chooses the type of a response to GET for $title', async ({ accept, type }) => {
  const headers = ['Apollo-Require-Preflight: 1']
  const line = 'GET /graphql?query=%7B__typename%7D'
  for (const method of type === 'text/html' ? ['GET', 'HEAD'] : ['GET']) {
    const reply = await send(service.apiUrl, { line: line.replace('GET', method), accept, headers })
    expect([reply.status, reply.type]).toEqual([200, withCharset(type)])
  }
})

describe.each([JSON_TYPE, GRAPHQL_TYPE])('as %s', (accept) => {
  test.each(RESPONSES)('$id responds to $title', async (row) => {
    const { scope, headers = [], status, graphqlStatus = status, code, isAlwaysJson, challenge } = row
    const authorization = scope === undefined ? [] : [await authorize(...scope.split(' '))]
    const reply = await send(service.apiUrl, { ...row, accept, headers: [...headers, ...authorization] })
    expect({ status: reply.status, type: reply.type, code: reply.code }).toEqual({
      status: accept === GRAPHQL_TYPE ? graphqlStatus : status,
      type: withCharset(isAlwaysJson ? JSON_TYPE : accept),
      code,
    })
    if (challenge) expect(reply.challenge).toMatch(challenge)
  })

  test('media-types/L01 responds to requests over RATE_LIMIT with the type of the path', async () => {
    const limited = await startLimited({ RATE_LIMIT: '1' })
    await send(limited.apiUrl, { accept, body: TYPENAME })
    const reply = await send(limited.apiUrl, { accept, body: TYPENAME })
    expect([reply.status, reply.type, reply.code]).toEqual([429, withCharset(accept), 'LIMIT_EXCEEDED'])
    const rest = await send(limited.apiUrl, { accept, line: 'GET /books' })
    expect([rest.status, rest.type]).toEqual([429, withCharset(JSON_TYPE)])
  })

  test('media-types/L02 responds to a client over CLIENT_RATE_LIMIT', async () => {
    const limited = await startLimited({ CLIENT_RATE_LIMIT: '1' })
    const headers = [`Authorization: Bearer ${await limited.tokenFor(READ_SCOPE)}`]
    await send(limited.apiUrl, { accept, headers, body: TYPENAME })
    const reply = await send(limited.apiUrl, { accept, headers, body: TYPENAME })
    expect([reply.status, reply.type, reply.code]).toEqual([429, withCharset(accept), 'LIMIT_EXCEEDED'])
  })

  test('media-types/L03 responds to documents that are not trusted', async () => {
    const strict = await startLimited({ TRUSTED_DOCUMENTS: 'only' })
    const untrusted = await send(strict.apiUrl, { accept, body: { query: '{ a: __typename }' } })
    expect([untrusted.status, untrusted.type, untrusted.code]).toEqual([
      400,
      withCharset(accept),
      'UNTRUSTED_DOCUMENT',
    ])
    const unknown = await send(strict.apiUrl, { accept, body: { documentId: 'sha256:a' } })
    expect([unknown.status, unknown.type, unknown.code]).toEqual([
      400,
      withCharset(accept),
      'PERSISTED_QUERY_NOT_FOUND',
    ])
  })

  test('media-types/L04 responds without the keys of the issuer', async () => {
    const issuer = await startStubIssuer()
    closers.push(issuer.close)
    const token = await issuer.signToken()
    issuer.state.isUp = false
    const cut = await startLimited({}, issuer.url)
    const headers = [`Authorization: Bearer ${token}`]
    const reply = await send(cut.apiUrl, { accept, headers, body: TYPENAME })
    expect([reply.status, reply.type, reply.code]).toEqual([503, withCharset(accept), 'SERVICE_UNAVAILABLE'])
  })

  test('media-types/L05 responds to requests that are shed with the type of the path', async () => {
    const { promise, resolve } = Promise.withResolvers<HttpResponse>()
    const route = (path: string): Route => ({ method: 'POST', url: path, handler: () => promise })
    const routes = [route('/graphql'), route('/books')]
    const { server, url } = await startRoutes(routes, { IN_FLIGHT_LIMIT: '1' })
    const release = () => resolve(createJsonResponse(200, {}))
    closers.push(release)
    const first = send(url, { accept, body: TYPENAME })
    await waitUntil(async () => server.countInFlight() === 1)
    const shed = await send(url, { accept, body: TYPENAME })
    expect([shed.status, shed.type, shed.code]).toEqual([503, withCharset(accept), 'SERVICE_UNAVAILABLE'])
    const rest = await send(url, { accept, line: 'POST /books', body: TYPENAME })
    expect([rest.status, rest.type]).toEqual([503, withCharset(JSON_TYPE)])
    release()
    expect((await first).status).toBe(200)
  })

  test('media-types/L06 responds to an error of a route', async () => {
    const handler: Route['handler'] = () => Promise.reject(new Error('rejected'))
    const { url } = await startRoutes([{ method: 'POST', url: '/graphql', handler }])
    const reply = await send(url, { accept, body: TYPENAME })
    expect([reply.status, reply.type, reply.code]).toEqual([
      500,
      withCharset(accept),
      'INTERNAL_SERVER_ERROR',
    ])
  })
})

test('media-types/L07 rejects a mutation before it is executed if no type is acceptable', async () => {
  const headers = [await authorize(READ_SCOPE, ADMIN_SCOPE)]
  const query = 'mutation { addBook(input: { title: "t", author: "a", cost: 1, numPages: 1 }) { id } }'
  const reply = await send(service.apiUrl, { accept: 'application/xml', headers, body: { query } })
  expect([reply.status, reply.type]).toEqual([406, withCharset(JSON_TYPE)])
  const books = await send(service.apiUrl, {
    accept: JSON_TYPE,
    headers,
    body: { query: '{ books { id } }' },
  })
  expect(JSON.parse(books.content).data.books).toHaveLength(5)
})
