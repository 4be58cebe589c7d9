import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { redactForResponse, redactSecrets, sanitizeName, sanitizePath } from '../../src/lib/redact.ts'
import { parseTraceparent } from '../../src/observability/trace-context.ts'
import { startApiProcess } from '../support/cli-process.ts'
import { postBody, sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const NONE = undefined
/** What `traceparent` says, and the trace that it is of. Numbers are permanent. */
const HEADERS: readonly (readonly [id: string, header: string | undefined, trace: string | undefined])[] = [
  ['L01', `00-${TRACE}-${PARENT}-01`, TRACE],
  ['L02', `00-${TRACE}-${PARENT}-00`, TRACE],
  ['L03', `cc-${TRACE}-${PARENT}-01-what-a-later-version-has`, TRACE],
  ['L04', `00-${TRACE}-${PARENT}-01-more`, NONE],
  ['L05', `ff-${TRACE}-${PARENT}-01`, NONE],
  ['L06', `00-${'0'.repeat(32)}-${PARENT}-01`, NONE],
  ['L07', `00-${TRACE}-${'0'.repeat(16)}-01`, NONE],
  ['L08', `00-${TRACE.toUpperCase()}-${PARENT}-01`, NONE],
  ['L09', `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`, NONE],
  ['L10', `00-${TRACE}-${PARENT}`, NONE],
  ['L11', '', NONE],
  ['L12', undefined, NONE],
]
test.each(HEADERS)('%s traceparent %s', (_, header, trace) => {
  expect(parseTraceparent(header)?.traceId).toBe(trace)
})

/** Somebody's words, and what is left of them. */
const WORDS: readonly (readonly [id: string, how: (text: string) => string, text: string, left: string])[] = [
  ['L20', sanitizePath, '/books/1?access_token=x', '/books/1'],
  ['L21', sanitizePath, '/books/9007199254740991', '/books/9007199254740991'],
  ['L22', sanitizePath, '/a/eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln/b', '/a/…/b'],
  ['L23', sanitizePath, '/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource'],
  ['L24', sanitizePath, '/%65yJhbGciOiJSUzI1NiJ9', '/%…'],
  ['L25', sanitizePath, '/x\u001b[31m', '/x?[31m'],
  ['L26', sanitizeName, 'BooksByAuthorAndTitle', 'BooksByAuthorAndTitle'],
  ['L27', sanitizeName, 'q7Hk29sLm4Xw81Zr0Tb6', '…'],
  ['L28', redactSecrets, 'connect postgres://u:hunter2@db/books', 'connect postgres://…@db/books'],
  ['L29', redactSecrets, 'header Bearer abc.def.ghi refused', 'header Bearer … refused'],
  ['L30', redactSecrets, '-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY----- is bad', '… is bad'],
  ['L31', redactSecrets, '{"client_secret":"hunter2","a":1}', '{"client_secret":"…","a":1}'],
  ['L32', redactForResponse, `${'-'.repeat(200_000)}1`, `${'-'.repeat(200_000)}1`],
  ['L33', redactForResponse, 'a7'.repeat(100_000), '…'],
]
test.each(WORDS)('%s %p', (_, how, text, left) => {
  expect(how(text)).toBe(left)
})

const api = (settings: Record<string, string> = {}) =>
  startApiProcess({
    DATABASE_URL: 'file::memory:',
    OKTA_ISSUER: issuer.url,
    LOG_LEVEL: 'info',
    AUDIT_LOG: 'off',
    ...settings,
  })

const linesOf = (out: string) =>
  out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('one line a request, with who asked for what; health is quiet', async () => {
  const { url, child, exited, text } = await api()
  const token = await issuer.signToken()
  const query = 'query Mine { book(id: 1) { title } }'
  const traceparent = `00-${TRACE}-${PARENT}-01`
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', traceparent }
  const good = await sendRequest(url, { method: 'POST', headers, body: JSON.stringify({ query }) })
  const add = 'mutation Add { addBook(input: {title: "a", author: "b", cost: 1, numPages: 1}) { id } }'
  const refused = await postBody(url, JSON.stringify({ query: add }), token)
  for (const path of ['/healthz', '/readyz', '/metrics', '/nothing', '/books/%ff'])
    await sendRequest(new URL(path, url).href)
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
  const lines = linesOf(text.stdout).filter(({ msg }) => msg === 'request')
  const told = ({ headers: sent }: typeof good) => ({
    requestId: sent.get('x-request-id'),
    ms: expect.any(Number),
    time: expect.any(Number),
    level: 30,
    client: 'job',
  })
  expect(lines).toEqual([
    {
      ...told(good),
      method: 'POST',
      path: '/graphql',
      status: 200,
      operation: 'Mine',
      traceId: TRACE,
      msg: 'request',
    },
    expect.objectContaining({
      ...told(refused),
      status: 403,
      operation: 'Add',
      refused: ['Mutation.addBook'],
      code: 'FORBIDDEN',
    }),
    expect.objectContaining({ path: '/nothing', status: 404 }),
    expect.objectContaining({ path: '/books/%ff', status: 400 }),
  ])
})

test('a hash that is not its document’s is the client’s fault: 400, and no line at level error', async () => {
  const { url, child, exited, text } = await api()
  const ask = (persistedQuery: object) =>
    postBody(url, JSON.stringify({ query: '{ __typename }', extensions: { persistedQuery } }))
  const sha256Hash = createHash('sha256').update('another').digest('hex')
  for (const wrong of [
    { version: 1, sha256Hash },
    { version: 2, sha256Hash },
  ]) {
    const { status, json } = await ask(wrong)
    expect([status, json.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST'])
  }
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
  expect(linesOf(text.stdout).map(({ msg, status, level }) => [msg, status, level])).toEqual(
    expect.arrayContaining([['request', 400, 30]]),
  )
  expect(linesOf(text.stdout).filter(({ level }) => Number(level) > 30)).toEqual([])
})

test('LOG_FORMAT=pretty is for people', async () => {
  const { url, child, exited, text } = await api({ LOG_FORMAT: 'pretty' })
  await sendRequest(new URL('/nothing', url).href)
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
  expect(text.stdout).toMatch(/INFO.*request.*\/nothing/)
  expect(linesOf(text.stdout)).toEqual([])
})
