import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { plainName, plainPath, redacted, repeatable } from '../../src/lib/redact.ts'
import { traceIdOf } from '../../src/observability/trace-context.ts'
import { startProgram } from '../support/cli-process.ts'
import { post, send } from '../support/service.ts'
import { type ScriptedIssuer, scriptedIssuer } from '../support/stub-issuer.ts'

let issuer: ScriptedIssuer
beforeAll(async () => {
  issuer = await scriptedIssuer()
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
  expect(traceIdOf(header)).toBe(trace)
})

/** Somebody's words, and what is left of them. */
const WORDS: readonly (readonly [id: string, how: (text: string) => string, text: string, left: string])[] = [
  ['L20', plainPath, '/books/1?access_token=x', '/books/1'],
  ['L21', plainPath, '/books/9007199254740991', '/books/9007199254740991'],
  ['L22', plainPath, '/a/eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln/b', '/a/…/b'],
  ['L23', plainPath, '/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource'],
  ['L24', plainPath, '/%65yJhbGciOiJSUzI1NiJ9', '/%…'],
  ['L25', plainPath, '/x\u001b[31m', '/x?[31m'],
  ['L26', plainName, 'BooksByAuthorAndTitle', 'BooksByAuthorAndTitle'],
  ['L27', plainName, 'q7Hk29sLm4Xw81Zr0Tb6', '…'],
  ['L28', redacted, 'connect postgres://u:hunter2@db/books', 'connect postgres://…@db/books'],
  ['L29', redacted, 'header Bearer abc.def.ghi refused', 'header Bearer … refused'],
  ['L30', redacted, '-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY----- is bad', '… is bad'],
  ['L31', redacted, '{"client_secret":"hunter2","a":1}', '{"client_secret":"…","a":1}'],
  ['L32', repeatable, `${'-'.repeat(200_000)}1`, `${'-'.repeat(200_000)}1`],
  ['L33', repeatable, 'a7'.repeat(100_000), '…'],
]
test.each(WORDS)('%s %p', (_, how, text, left) => {
  expect(how(text)).toBe(left)
})

const api = (settings: Record<string, string> = {}) =>
  startProgram({
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
  const token = await issuer.sign()
  const query = 'query Mine { book(id: 1) { title } }'
  const traceparent = `00-${TRACE}-${PARENT}-01`
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', traceparent }
  const good = await send(url, { method: 'POST', headers, body: JSON.stringify({ query }) })
  const add = 'mutation Add { addBook(input: {title: "a", author: "b", cost: 1, numPages: 1}) { id } }'
  const refused = await post(url, JSON.stringify({ query: add }), token)
  for (const path of ['/healthz', '/readyz', '/metrics', '/nothing', '/books/%ff'])
    await send(new URL(path, url).href)
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
  const lines = linesOf(text.out).filter(({ msg }) => msg === 'request')
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
    post(url, JSON.stringify({ query: '{ __typename }', extensions: { persistedQuery } }))
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
  expect(linesOf(text.out).map(({ msg, status, level }) => [msg, status, level])).toEqual(
    expect.arrayContaining([['request', 400, 30]]),
  )
  expect(linesOf(text.out).filter(({ level }) => Number(level) > 30)).toEqual([])
})

test('LOG_FORMAT=pretty is for people', async () => {
  const { url, child, exited, text } = await api({ LOG_FORMAT: 'pretty' })
  await send(new URL('/nothing', url).href)
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
  expect(text.out).toMatch(/INFO.*request.*\/nothing/)
  expect(linesOf(text.out)).toEqual([])
})
