import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { ResponseBodyError } from 'openid-client'
import { resolveJobSettings } from '../../../src/app/job-settings.ts'
import { mapRequestErrors, TransientError } from '../../../src/clients/job/errors.ts'
import { createSendDocument } from '../../../src/clients/job/send-document.ts'
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

/** Connects a client to an API that the test controls, and records the tokens of its requests. */
async function connect(onRequest: Parameters<typeof startInterceptingApi>[1] = () => undefined) {
  const tokens: (string | undefined)[] = []
  const apiUrl = await startInterceptingApi(undefined, (request) => {
    tokens.push(request.authorization)
    return onRequest(request)
  })
  const clock = createTestClock()
  const settings = resolveJobSettings(parseConfig({ OKTA_ISSUER: service.issuerUrl, API_URL: apiUrl }))
  const sendDocument = await createSendDocument(settings, { clock })
  return { clock, tokens, list: () => sendDocument(ListBooksDocument, {}) }
}

test('shares a token among concurrent requests until a minute before it expires', async () => {
  const { clock, tokens, list } = await connect()
  // lru-cache treats an entry stored at time 0 as one without an expiry.
  await clock.advance(1)
  await Promise.all([list(), list(), list()])
  await clock.advance(3_540_000)
  await list()
  expect(new Set(tokens).size).toBe(1)
  await clock.advance(1)
  await list()
  expect([new Set(tokens).size, tokens.length]).toEqual([2, 5])
})

const INVALID_TOKEN = { 'www-authenticate': 'Bearer error="invalid_token"' }

test('replaces a token that the API rejects', async () => {
  const { tokens, list } = await connect(({ number, response }) => {
    if (number <= 1) respondWithError(response, 401, INVALID_TOKEN)
  })
  await list()
  expect([tokens.length, new Set(tokens).size]).toEqual([2, 2])
})

test('gives up when the API rejects the second token, too', async () => {
  const { tokens, list } = await connect(({ response }) => respondWithError(response, 401, INVALID_TOKEN))
  await expect(list()).rejects.toThrow(/HTTP 401/)
  expect(tokens).toHaveLength(2)
})

test.each([
  { id: 'job/T01', status: 429, isTransient: true },
  { id: 'job/T02', status: 500, isTransient: true },
  { id: 'job/T03', status: 502, isTransient: true },
  { id: 'job/T04', status: 503, isTransient: true },
  { id: 'job/T05', status: 504, isTransient: true },
  { id: 'job/T06', status: 400, isTransient: false },
  { id: 'job/T07', status: 404, isTransient: false },
  { id: 'job/T08', status: 413, isTransient: false },
])('$id treats HTTP $status as transient: $isTransient', async ({ status, isTransient }) => {
  const { list } = await connect(({ response }) => respondWithError(response, status, { 'retry-after': '5' }))
  const error = await list().catch((reason) => reason)
  expect([error.name, error instanceof TransientError]).toEqual(['JobError', isTransient])
  if (isTransient) expect(error.retryAfter).toBe('5')
})

test.each([
  { id: 'job/T11', title: 'a wrong path', status: 404, message: /HTTP 404\).* Check OKTA_ISSUER\.$/ },
  {
    id: 'job/T12',
    title: 'a page that requires a login',
    status: 401,
    message: /HTTP 401.* Check OKTA_ISSUER/,
  },
  { id: 'job/T13', title: 'metadata of another issuer', status: 200, message: /issuer.* Check OKTA_ISSUER/ },
  { id: 'job/T14', title: 'a request timeout', status: 408, message: /HTTP 408/ },
  { id: 'job/T15', title: 'too many requests', status: 429, message: /HTTP 429/ },
  { id: 'job/T16', title: 'an outage', status: 503, message: /HTTP 503/ },
])('$id distinguishes a wrong OKTA_ISSUER from an outage: $title', async ({ status, message }) => {
  const issuer = await startInterceptingApi(undefined, ({ response }) => {
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '5' })
    response.end(JSON.stringify({ issuer: 'https://other.example.com' }))
  })
  const settings = resolveJobSettings(parseConfig({ OKTA_ISSUER: issuer }))
  const error = await createSendDocument(settings).catch((reason) => reason)
  expect(error).toMatchObject({ name: 'JobError', message: expect.stringMatching(message) })
  expect(error instanceof TransientError).toBe(!/OKTA_ISSUER/.test(error.message))
})

test('passes on a bug, and treats a failed connection as transient', async () => {
  const server = { name: 'The API', url: 'https://api.example.com', settingName: 'API_URL' }
  const bug = new TypeError('x is not a function')
  await expect(mapRequestErrors(server, () => Promise.reject(bug))).rejects.toBe(bug)
  const failure = new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })
  const mapped = await mapRequestErrors(server, () => Promise.reject(failure)).catch((error) => error)
  expect(mapped).toBeInstanceOf(TransientError)
  expect(mapped.message).toBe(
    'The API at https://api.example.com cannot be reached: ECONNREFUSED. Check API_URL and the network.',
  )
})

test('job/T17 replaces control characters in an error of the authorization server', async () => {
  const server = { name: 'The issuer', url: 'https://issuer.example.com', settingName: 'OKTA_ISSUER' }
  const cause = { error: 'x\x1b[2J', error_description: 'y\r\nDone.\u202e' }
  const rejection = new ResponseBodyError('', { cause, response: new Response('', { status: 400 }) })
  const error = await mapRequestErrors(server, () => Promise.reject(rejection)).catch((reason) => reason)
  expect(error.message).toBe(
    'The issuer at https://issuer.example.com rejected the request: x [2J: y  Done. ',
  )
})

test.each([
  { id: 'job/T09', title: 'a truncated response', body: '{"data":' },
  {
    id: 'job/T10',
    title: 'an internal server error',
    body: '{"errors":[{"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}',
  },
])('$id treats $title as transient', async ({ body }) => {
  const { list } = await connect(({ response }) => {
    response.end(body)
  })
  await expect(list()).rejects.toBeInstanceOf(TransientError)
})

test('treats a lost connection as transient', async () => {
  const { list } = await connect(({ response }) => {
    response.destroy()
  })
  await expect(list()).rejects.toBeInstanceOf(TransientError)
})

test('requests the scopes of a challenge from then on', async () => {
  const error = jest.spyOn(console, 'error').mockReturnValue(undefined)
  const scope = 'fakebookapi.read fakebookapi.admin'
  const { tokens, list } = await connect(({ number, response }) => {
    const challenge = `Bearer error="insufficient_scope", scope="${scope}"`
    if (number === 1) respondWithError(response, 403, { 'www-authenticate': challenge })
  })
  await list()
  await list()
  expect([tokens.length, tokens[1] === tokens[0], tokens[2] === tokens[1]]).toEqual([3, false, true])
  expect(error.mock.calls).toEqual([[`The API requires ${scope}. Requesting a token with these scopes.`]])
  error.mockRestore()
})
