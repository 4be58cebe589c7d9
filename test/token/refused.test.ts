import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { BAD_TOKENS } from '../cases/tokens.ts'
import { type ScriptedIssuer, scriptedIssuer } from '../scripted-issuer.ts'
import { type Service, send, startService } from '../service.ts'

let issuer: ScriptedIssuer
let service: Service
const QUERY = '{ book(id: 1) { title } }'

beforeAll(async () => {
  issuer = await scriptedIssuer()
  service = await startService({}, issuer.url)
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})

test('the good token that all bad ones are changes of', async () => {
  const reply = await service.graphql(QUERY, await issuer.sign())
  expect(reply.json).toEqual({ data: { book: { title: 'And Then There Were None' } } })
})

test.each(BAD_TOKENS)('%s %s', async (_, __, make) => {
  const reply = await service.graphql(QUERY, await make(issuer))
  expect(reply.status).toBe(401)
  expect(reply.headers.get('www-authenticate')).toMatch(
    /^Bearer error="invalid_token", error_description="[^"]+", resource_metadata="http/,
  )
  expect(reply.json.errors?.map((error) => error.extensions.code)).toEqual(['UNAUTHENTICATED'])
  expect(reply.json.data).toBeUndefined()
})

test('a bad token is refused even where nobody would pass', async () => {
  expect((await service.graphql('{ __typename }', 'abc')).status).toBe(401)
  expect((await service.graphql('{ __typename }')).status).toBe(200)
})

test('unknown kids cause one fetch in 30 s, however many come', async () => {
  const before = issuer.state.fetches
  const tokens = await Promise.all(Array.from({ length: 50 }, (_, i) => issuer.sign({}, { kid: `u${i}` })))
  const replies = await Promise.all(tokens.map((token) => service.graphql(QUERY, token)))
  expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([401]))
  expect(issuer.state.fetches - before).toBeLessThanOrEqual(1)
})

const WAYS: readonly (readonly [string, string, string, RequestInit, number, RegExp])[] = [
  ['T01', 'no credentials', '', {}, 401, /^Bearer resource_metadata="http[^"]+"$/],
  [
    'T02',
    'another scheme',
    '',
    { headers: { authorization: 'Basic abc' } },
    401,
    /^Bearer resource_metadata="http[^"]+"$/,
  ],
  ['T03a', 'an empty token', '', { headers: { authorization: 'Bearer ' } }, 400, /error="invalid_request"/],
  [
    'T03b',
    'two tokens',
    '',
    { headers: { authorization: 'Bearer a.b.c d.e.f' } },
    400,
    /error="invalid_request"/,
  ],
  ['T05', 'in the query string', '?access_token=a.b.c', {}, 400, /error="invalid_request"/],
]
test.each(WAYS)('%s %s', async (_, __, search, init, status, challenge) => {
  const headers = { 'content-type': 'application/json', ...(init.headers as Record<string, string>) }
  const body = JSON.stringify({ query: QUERY })
  for (const reply of [
    await send(`${service.api}/graphql${search}`, { method: 'POST', body, headers }),
    await send(`${service.api}/books/1${search}`, { headers: init.headers ?? {} }),
  ]) {
    expect(reply.status).toBe(status)
    expect(reply.headers.get('www-authenticate')).toMatch(challenge)
  }
})
