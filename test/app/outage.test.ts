import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../support/cli-process.ts'
import { ADMIN, post, READ, send, startService } from '../support/service.ts'
import { scriptedIssuer } from '../support/stub-issuer.ts'
import { until } from '../support/wait-until.ts'

test('T30a the issuer is away at start: 503 and Retry-After, never 401, and it recovers alone', async () => {
  const issuer = await scriptedIssuer()
  issuer.state.up = false
  const service = await startService({}, issuer.url)
  const token = await issuer.sign()
  const ready = await send(`${service.api}/readyz`)
  expect([ready.status, JSON.parse(ready.text).reasons]).toEqual([503, { keys: expect.any(String) }])
  expect((await send(`${service.api}/healthz`)).status).toBe(200)
  for (const reply of [
    await service.graphql('{ books { id } }', token),
    await send(`${service.api}/books`, { headers: { authorization: `Bearer ${token}` } }),
  ]) {
    expect(reply.status).toBe(503)
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(reply.headers.get('www-authenticate')).toBeNull()
    expect(reply.json.errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE')
  }
  expect((await service.graphql('{ __typename }')).status).toBe(200)
  issuer.state.up = true
  await until(async () => (await send(`${service.api}/readyz`)).status === 200)
  expect((await service.graphql('{ books { id } }', token)).status).toBe(200)
  await service.close()
  await issuer.close()
})

test('T30b while the first keys are awaited, the door is open and says the right things', async () => {
  const issuer = await scriptedIssuer()
  const held: ServerResponse[] = []
  issuer.state.answer = (response) => void held.push(response)
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as AddressInfo
  await new Promise((done) => free.close(done))
  const api = `http://localhost:${port}`
  const starting = startService({ PORT: String(port), KEYS_TIMEOUT: '60000' }, issuer.url)
  await until(async () => held.length === 1)
  const refused = await post(`${api}/graphql`, '{"query":"{ books { id } }"}')
  const metadata = `${api}/.well-known/oauth-protected-resource`
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
    401,
    `Bearer resource_metadata="${metadata}"`,
  ])
  expect(JSON.parse((await send(metadata)).text).resource).toBe(api)
  expect((await send(`${api}/readyz`)).status).toBe(503)
  const waiting = post(`${api}/graphql`, '{"query":"{ books { id } }"}', await issuer.sign())
  issuer.state.answer = undefined
  for (const response of held) response.end(JSON.stringify({ keys: issuer.state.keys }))
  expect((await waiting).status).toBe(200)
  await (await starting).close()
  await issuer.close()
})

test('a locked or broken store: 503 and Retry-After, nothing written, reads go on while they can', async () => {
  const file = join(temporaryFolder(), 'books.db')
  const service = await startService({ DATABASE_URL: `file:${file}` })
  const token = await service.token(READ, ADMIN)
  const book = { title: 't', author: 'a', cost: 1, num_pages: 1 }
  const add = 'mutation { addBook(input: { title: "t", author: "a", cost: 1, numPages: 1 }) { id } }'
  const other = new DatabaseSync(file)
  other.exec('begin immediate')
  for (const reply of [
    await service.graphql(add, token),
    await post(`${service.api}/books`, JSON.stringify(book), token),
  ]) {
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '5'])
    expect(reply.json.errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE')
    expect(reply.text).not.toMatch(/sqlite|database is locked|\.ts/i)
  }
  expect((await service.graphql('{ books { id } }', token)).json.data?.books).toHaveLength(5)
  const two = add.replace(/addBook.*(?= })/, 'a: __typename b: $&')
  expect((await service.graphql(two, token)).status).toBe(200)
  other.exec('rollback')
  expect((await service.graphql(add, token)).json.data).toEqual({ addBook: { id: '6' } })
  other.exec('alter table books rename to gone')
  expect((await service.graphql('{ book(id: 1) { id } }', token)).status).toBe(503)
  expect((await send(`${service.api}/readyz`)).status).toBe(503)
  other.exec('alter table gone rename to books')
  expect((await service.graphql('{ book(id: 1) { id } }', token)).status).toBe(200)
  expect((await send(`${service.api}/readyz`)).status).toBe(200)
  other.close()
  await service.close()
})
