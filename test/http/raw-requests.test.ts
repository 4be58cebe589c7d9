// Odd requests, byte for byte: what each is answered, that none is lost, and that each is told of once.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { HttpResponse, Route } from '../../src/lib/http-messages.ts'
import { RAW_REQUESTS } from '../cases/http/raw-requests.ts'
import { exchangeBytes, startRecordedServer } from '../support/http/recorded-server.ts'
import { waitUntil } from '../support/wait-until.ts'

const plain = (body: string, headers = {}): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'text/plain', ...headers },
  body,
})
let release = (_: HttpResponse) => {}
/** Answered when the request behind it has been. */
const held = new Promise<HttpResponse>((resolve) => {
  release = resolve
})
const route = (url: string, answer: Route['handler'], more = {}): Route => ({
  method: ['GET', 'POST'],
  url,
  handler: answer,
  ...more,
})
const ROUTES: readonly Route[] = [
  route('/echo', async ({ method, search, body, form }) => plain(`${method}${search}<${body ?? form}>`)),
  route('/echo/:id', async ({ params }) => plain(`id<${params.id}>`)),
  route('/held', () => held),
  route('/releases', async () => {
    release(plain('first'))
    return plain('second')
  }),
  route('/public', async () => plain('public'), { method: 'GET', allowsAnyOrigin: true }),
  route('/throws', () => {
    throw new Error('at once')
  }),
  route('/rejects', () => Promise.reject(new Error('later'))),
  route('/resolves-to-nothing', async () => undefined as never),
  route('/header', async () => plain('never sent', { 'x-name': 'a\nx-evil: b' })),
]

let server: Awaited<ReturnType<typeof startRecordedServer>>
beforeAll(async () => {
  server = await startRecordedServer({ routes: ROUTES, settings: { BODY_LIMIT: '1000' } })
})
afterAll(() => server.server.close())

test.each(RAW_REQUESTS)('%s %s', async (_, __, parts, statuses, shows, told = statuses.length) => {
  const { open, lines, events, server: http } = server
  const before = [lines.length, events.length] as const
  const text = await exchangeBytes(open(), parts)
  const given = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
  expect(given).toEqual(statuses)
  expect(text).toMatch(shows)
  await waitUntil(async () => events.length >= before[1] + told)
  const seen = events.slice(before[1]).map(({ status }) => status)
  expect(seen.toSorted()).toEqual(told === 0 ? [] : statuses.slice(-told).toSorted())
  const logged = lines.slice(before[0]).filter(({ line }) => (line as { path?: string }).path !== undefined)
  expect(logged).toHaveLength(told)
  expect(http.inFlightCount()).toBe(0)
})
