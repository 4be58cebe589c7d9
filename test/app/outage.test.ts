import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from '@jest/globals'
import { startApiProcess } from '../support/cli-process.ts'
import { findFreePort } from '../support/free-port.ts'
import { ADMIN_SCOPE, postBody, READ_SCOPE, sendRequest, startService } from '../support/service.ts'
import { startStubIssuer } from '../support/stub-issuer.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { waitUntil } from '../support/wait-until.ts'

test('app/T30a answers 503 with Retry-After, never 401, when the issuer is unavailable at start, and recovers', async () => {
  const issuer = await startStubIssuer()
  issuer.state.isUp = false
  const service = await startService({}, { issuerUrl: issuer.url })
  const token = await issuer.signToken()
  const ready = await sendRequest(`${service.apiUrl}/readyz`)
  expect([ready.status, JSON.parse(ready.text).reasons]).toEqual([503, { keys: expect.any(String) }])
  expect((await sendRequest(`${service.apiUrl}/healthz`)).status).toBe(200)
  for (const reply of [
    await service.graphql('{ books { id } }', token),
    await sendRequest(`${service.apiUrl}/books`, { headers: { authorization: `Bearer ${token}` } }),
  ]) {
    expect(reply.status).toBe(503)
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(reply.headers.get('www-authenticate')).toBeNull()
    expect(reply.json.errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE')
  }
  expect((await service.graphql('{ __typename }')).status).toBe(200)
  issuer.state.isUp = true
  await waitUntil(async () => (await sendRequest(`${service.apiUrl}/readyz`)).status === 200)
  expect((await service.graphql('{ books { id } }', token)).status).toBe(200)
  await service.close()
  await issuer.close()
})

test('app/T30b listens while the first keys are fetched: anonymous requests are answered, tokens wait', async () => {
  const issuer = await startStubIssuer()
  const pending: ServerResponse[] = []
  issuer.state.handler = (response) => void pending.push(response)
  const port = await findFreePort()
  const api = `http://localhost:${port}`
  const starting = startService({ PORT: String(port), KEYS_TIMEOUT: '60000' }, { issuerUrl: issuer.url })
  await waitUntil(async () => pending.length === 1)
  const anonymous = await postBody(`${api}/graphql`, '{"query":"{ books { id } }"}')
  const metadata = `${api}/.well-known/oauth-protected-resource`
  expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toEqual([
    401,
    `Bearer scope="fakebookapi.read", resource_metadata="${metadata}"`,
  ])
  expect(JSON.parse((await sendRequest(metadata)).text).resource).toBe(api)
  expect((await sendRequest(`${api}/readyz`)).status).toBe(503)
  const authenticated = postBody(`${api}/graphql`, '{"query":"{ books { id } }"}', await issuer.signToken())
  issuer.state.handler = undefined
  for (const response of pending) response.end(JSON.stringify({ keys: issuer.state.keys }))
  expect((await authenticated).status).toBe(200)
  await (await starting).close()
  await issuer.close()
})

test.each([
  { id: 'app/T31a', title: 'nothing listens', format: 'pretty', isUp: true, problem: 'ECONNREFUSED' },
  {
    id: 'app/T31b',
    title: 'HTTP 500',
    format: 'json',
    isUp: false,
    problem: 'GET http://.*/v1/keys returned 500',
  },
])('$id logs an unreachable issuer at start in one line: $title', async ({ format, isUp, problem }) => {
  const issuer = await startStubIssuer()
  issuer.state.isUp = isUp
  if (isUp) await issuer.close()
  const settings = { DATABASE_URL: 'file::memory:', LOG_LEVEL: 'info', LOG_FORMAT: format }
  const api = await startApiProcess({ ...settings, OKTA_ISSUER: issuer.url })
  // The second attempt follows after a second and is not logged.
  await waitUntil(async () => {
    const metrics = await sendRequest(new URL('/metrics', api.url).href)
    return /^fakebook_key_fetches_total\{outcome="failed"\} [2-9]/m.test(metrics.text)
  })
  api.child.kill()
  expect([await api.exited, api.text.stderr]).toEqual([0, ''])
  const message = `The keys of the issuer ${issuer.url} cannot be fetched: ${problem}. Check OKTA_ISSUER, or set JWKS_URL\\.`
  expect(api.text.stdout.trim().split('\n')).toEqual([
    expect.stringMatching(message),
    expect.stringMatching(/^API |"msg":"listening"/),
  ])
  if (!isUp) await issuer.close()
})

test('answers 503 with Retry-After when the database is locked or broken; reads go on while they can', async () => {
  const file = join(createTemporaryFolder(), 'books.db')
  const service = await startService({ DATABASE_URL: `file:${file}` })
  const token = await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)
  const book = { title: 't', author: 'a', cost: 1, num_pages: 1 }
  const add = 'mutation { addBook(input: { title: "t", author: "a", cost: 1, numPages: 1 }) { id } }'
  const lockHolder = new DatabaseSync(file)
  lockHolder.exec('begin immediate')
  for (const reply of [
    await service.graphql(add, token),
    await postBody(`${service.apiUrl}/books`, JSON.stringify(book), token),
  ]) {
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '5'])
    expect(reply.json.errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE')
    expect(reply.text).not.toMatch(/sqlite|database is locked|\.ts/i)
  }
  expect((await service.graphql('{ books { id } }', token)).json.data?.books).toHaveLength(5)
  const withTypename = add.replace(/addBook.*(?= })/, 'a: __typename b: $&')
  expect((await service.graphql(withTypename, token)).status).toBe(200)
  lockHolder.exec('rollback')
  expect((await service.graphql(add, token)).json.data).toEqual({ addBook: { id: '6' } })
  lockHolder.exec('alter table books rename to moved')
  expect((await service.graphql('{ book(id: 1) { id } }', token)).status).toBe(503)
  expect((await sendRequest(`${service.apiUrl}/readyz`)).status).toBe(503)
  lockHolder.exec('alter table moved rename to books')
  expect((await service.graphql('{ book(id: 1) { id } }', token)).status).toBe(200)
  expect((await sendRequest(`${service.apiUrl}/readyz`)).status).toBe(200)
  lockHolder.close()
  await service.close()
})
