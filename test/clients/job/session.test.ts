import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connectDocumentClient } from '../../../src/clients/job/document-client.ts'
import { TransientError } from '../../../src/clients/job/errors.ts'
import { parseConfig } from '../../../src/config/config.ts'
import { ListBooksDocument } from '../../../src/generated/job/graphql.ts'
import { respondWithError, startInterceptingApi } from '../../support/job/intercepting-api.ts'
import { type Service, startService } from '../../support/service.ts'
import { createTestClock } from '../../support/test-clock.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

/** A job whose API answers as a test says; which tokens it came with. */
async function scene(at: Parameters<typeof startInterceptingApi>[1] = () => undefined) {
  const tokens: (string | undefined)[] = []
  const api = await startInterceptingApi(undefined, (turn) => {
    tokens.push(turn.authorization)
    return at(turn)
  })
  const clock = createTestClock()
  const run = await connectDocumentClient(parseConfig({ OKTA_ISSUER: service.issuerUrl, API_URL: api }), {
    clock,
  })
  return { clock, tokens, list: () => run(ListBooksDocument, {}) }
}

test('a token serves until a minute before it ends, whoever asks at the same time', async () => {
  const { clock, tokens, list } = await scene()
  await Promise.all([list(), list(), list()])
  await clock.advance(3_539_000)
  await list()
  expect(new Set(tokens).size).toBe(1)
  await clock.advance(1_000)
  await list()
  expect([new Set(tokens).size, tokens.length]).toEqual([2, 5])
})

const INVALID = { 'www-authenticate': 'Bearer error="invalid_token"' }

test('a token that the API does not take is given up once', async () => {
  const { tokens, list } = await scene(({ number, response }) => {
    if (number <= 1) respondWithError(response, 401, INVALID)
  })
  await list()
  expect([tokens.length, new Set(tokens).size]).toEqual([2, 2])
})

test('an API that takes no token is asked twice, and no more', async () => {
  const { tokens, list } = await scene(({ response }) => respondWithError(response, 401, INVALID))
  await expect(list()).rejects.toThrow(/HTTP 401/)
  expect(tokens).toHaveLength(2)
})

/** What may be over in a moment, and what is not. */
test.each([
  [429, true],
  [500, true],
  [502, true],
  [503, true],
  [504, true],
  [400, false],
  [404, false],
  [413, false],
])('HTTP %i passes: %s', async (status, passes) => {
  const { list } = await scene(({ response }) => respondWithError(response, status, { 'retry-after': '5' }))
  const fault = await list().catch((error) => error)
  expect([fault.name, fault instanceof TransientError]).toEqual(['JobError', passes])
  if (passes) expect(fault.retryAfter).toBe('5')
})

test.each([
  ['an answer that is cut off', '{"data":'],
  ['a fault of the API’s own', '{"errors":[{"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}'],
])('%s passes', async (_, body) => {
  const { list } = await scene(({ response }) => {
    response.end(body)
  })
  await expect(list()).rejects.toBeInstanceOf(TransientError)
})

test('a connection that is lost passes', async () => {
  const { list } = await scene(({ response }) => {
    response.destroy()
  })
  await expect(list()).rejects.toBeInstanceOf(TransientError)
})

test('what a document turned out to need is asked for from then on', async () => {
  const scope = 'fakebookapi.read fakebookapi.admin'
  const { tokens, list } = await scene(({ number, response }) => {
    const challenge = `Bearer error="insufficient_scope", scope="${scope}"`
    if (number === 1) respondWithError(response, 403, { 'www-authenticate': challenge })
  })
  await list()
  await list()
  expect([tokens.length, tokens[1] === tokens[0], tokens[2] === tokens[1]]).toEqual([3, false, true])
})
