import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ANONYMOUS_CASES } from '../cases/graphql/anonymous-requests.ts'
import { READ_SCOPE, readMetric, type Service, sendRequest, startService } from '../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

/** Codes whose status is 422 in place of 400 as application/graphql-response+json. */
const UNPROCESSABLE_CODES = new Set<unknown>(['GRAPHQL_VALIDATION_FAILED', 'OPERATION_RESOLUTION_FAILURE'])

const MEDIA_TYPES = ['application/json', 'application/graphql-response+json'] as const

describe.each(MEDIA_TYPES)('as %s', (accept) => {
  test.each(ANONYMOUS_CASES)(
    '$id $title',
    async ({ query, operationName, variables, status, code, scope }) => {
      const body = JSON.stringify({ query, operationName, variables })
      const headers = { 'content-type': 'application/json', accept }
      const send = () => sendRequest(`${service.apiUrl}/graphql`, { method: 'POST', headers, body })
      const first = await send()
      const isUnprocessable = accept !== 'application/json' && UNPROCESSABLE_CODES.has(code)
      expect(first.status).toBe(isUnprocessable && status === 400 ? 422 : status)
      expect(first.json.errors?.[0]?.extensions.code).toBe(code)
      expect(first.headers.get('www-authenticate')).toBe(
        scope === undefined
          ? null
          : `Bearer scope="${scope}", resource_metadata="${service.apiUrl}/.well-known/oauth-protected-resource"`,
      )
      expect(first.headers.get('content-type')).toBe(`${accept}; charset=utf-8`)
      // With a plan that is remembered, and with a document that a request with a token has stored, the response is the same.
      expect((await send()).text).toBe(first.text)
      await service.graphql(query, await service.tokenFor(READ_SCOPE), variables)
      expect((await send()).text).toBe(first.text)
    },
  )
})

const INVALID_FILTERS = [
  {
    id: 'anonymous/V01',
    title: 'several errors',
    filter: { titel: 1, autor: 1, author: 1 },
    errors: 3,
  },
  {
    id: 'anonymous/V02',
    title: 'many errors',
    filter: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`u${i}`, 1])),
    errors: 5,
  },
  {
    id: 'anonymous/V03',
    title: 'many errors in a large value',
    filter: Object.fromEntries(Array.from({ length: 24_000 }, (_, i) => [`k${i}`, 1])),
    errors: 1,
  },
]
test.each(INVALID_FILTERS)('$id reports $errors of $title in variables', async ({ filter, errors }) => {
  const query = 'query ($f: BookFilter) { __typename books(filter: $f) @skip(if: true) { id } }'
  for (const _ of ['first', 'second']) {
    const { status, json, text } = await service.graphql(query, undefined, { f: filter })
    expect(status).toBe(400)
    expect(json.errors?.map(({ extensions }) => extensions.code)).toEqual(
      Array(errors).fill('BAD_USER_INPUT'),
    )
    expect(text.length).toBeLessThan(1_200 * errors)
  }
})

test('an anonymous request gets the same response by GET and by POST, and cannot mutate by GET', async () => {
  const headers = { 'apollo-require-preflight': '1' }
  const get = (query: string) =>
    sendRequest(`${service.apiUrl}/graphql?${new URLSearchParams({ query })}`, { headers })
  const query = '{ book(id: 1) { title } }'
  const [byGet, byPost] = [await get(query), await service.graphql(query)]
  expect([byGet.status, byGet.text]).toEqual([401, byPost.text])
  expect((await get('mutation { addBooks(inputs: []) { id } }')).status).toBe(405)
  const withoutHeader = await sendRequest(`${service.apiUrl}/graphql?${new URLSearchParams({ query })}`)
  expect([withoutHeader.status, withoutHeader.json.errors?.[0]?.extensions.code]).toEqual([
    400,
    'BAD_REQUEST',
  ])
})

test('the metrics count an anonymous request by its root fields, and by no name that it made up', async () => {
  const count = 'fakebook_request_duration_seconds_count{operation="Query.book"}'
  const before = await readMetric(service.apiUrl, count)
  await service.graphql('{ book(id: 1) { id } madeUp }')
  const { text } = await sendRequest(`${service.apiUrl}/metrics`)
  expect(text).not.toContain('madeUp')
  expect(await readMetric(service.apiUrl, count)).toBe(before + 1)
})
