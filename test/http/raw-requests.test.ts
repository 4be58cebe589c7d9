// Odd requests, byte for byte: what each is answered, that none is lost, and that each is told of once.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Answer, Route } from '../../src/lib/http-messages.ts'
import { REQUESTS } from '../cases/http/raw-requests.ts'
import { exchange, scriptedServer } from '../support/http/recorded-server.ts'
import { until } from '../support/wait-until.ts'

const plain = (body: string, headers = {}): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/plain', ...headers },
  body,
})
let release = (_: Answer) => {}
/** Answered when the request behind it has been. */
const held = new Promise<Answer>((resolve) => {
  release = resolve
})
const route = (url: string, answer: Route['answer'], more = {}): Route => ({
  method: ['GET', 'POST'],
  url,
  answer,
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
  route('/public', async () => plain('public'), { method: 'GET', anyOrigin: true }),
  route('/throws', () => {
    throw new Error('at once')
  }),
  route('/rejects', () => Promise.reject(new Error('later'))),
  route('/resolves-to-nothing', async () => undefined as never),
  route('/header', async () => plain('never sent', { 'x-name': 'a\nx-evil: b' })),
]

let server: Awaited<ReturnType<typeof scriptedServer>>
beforeAll(async () => {
  server = await scriptedServer({ routes: ROUTES, settings: { BODY_LIMIT: '1000' } })
})
afterAll(() => server.server.close())

test.each(REQUESTS)('%s %s', async (_, __, parts, statuses, shows, told = statuses.length) => {
  const { open, lines, observed, server: http } = server
  const before = [lines.length, observed.length] as const
  const text = await exchange(open(), parts)
  const given = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
  expect(given).toEqual(statuses)
  expect(text).toMatch(shows)
  await until(async () => observed.length >= before[1] + told)
  const seen = observed.slice(before[1]).map(({ status }) => status)
  expect(seen.toSorted()).toEqual(told === 0 ? [] : statuses.slice(-told).toSorted())
  const logged = lines.slice(before[0]).filter(({ line }) => (line as { path?: string }).path !== undefined)
  expect(logged).toHaveLength(told)
  expect(http.inFlight()).toBe(0)
})
