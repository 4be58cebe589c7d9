import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from './program.ts'
import { scriptedIssuer } from './scripted-issuer.ts'
import { ADMIN, post, READ, send, startService } from './service.ts'

test('T30 the issuer is away at start: 503 and Retry-After, never 401, and it recovers alone', async () => {
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
  while ((await send(`${service.api}/readyz`)).status !== 200);
  expect((await service.graphql('{ books { id } }', token)).status).toBe(200)
  await service.close()
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
