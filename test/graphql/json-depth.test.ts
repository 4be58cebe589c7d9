import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { JSON_DEPTH_CASES } from '../cases/graphql/json-depth.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService({ JSON_DEPTH_LIMIT: '6' })
})
afterAll(() => service.close())

describe.each(JSON_DEPTH_CASES)('$id $title', ({ target, build, levels, status }) => {
  async function send(depth: number) {
    const [method = '', path = ''] = target.split(' ')
    const headers = {
      authorization: `Bearer ${await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)}`,
      'content-type': 'application/json',
    }
    const url = service.apiUrl + path
    const text = build(depth)
    return method === 'GET'
      ? sendRequest(`${url}?${text}`, { headers })
      : sendRequest(url, { method, headers, body: text })
  }

  test('is accepted at the limit', async () => {
    const reply = await send(levels)
    expect(reply.status).toBe(status)
    expect(reply.text).not.toContain('JSON_DEPTH_LIMIT')
  })

  test.each([1, 6_000])('is rejected with 400 when it is %d levels deeper', async (excess) => {
    // A request target must fit into HEADER_LIMIT.
    const reply = await send(levels + (target.startsWith('GET') ? Math.min(excess, 1_000) : excess))
    expect([reply.status, reply.json.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST'])
    expect(reply.json.errors?.[0]?.message).toMatch(/at most 6 levels of nested JSON \(JSON_DEPTH_LIMIT\)/)
  })
})

test('the default allows a batch of books with every member', async () => {
  const other = await startService()
  const inputs = [{ title: 't', author: 'a', cost: 1, numPages: 1, idempotencyKey: 'k' }]
  const query = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'
  expect(
    (await other.graphql(query, await other.tokenFor(ADMIN_SCOPE), { inputs })).json.errors,
  ).toBeUndefined()
  await other.close()
})
