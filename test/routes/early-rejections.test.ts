import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { EARLY_REJECTIONS } from '../cases/routes/early-rejections.ts'
import { exchangeBytes } from '../support/http/recorded-server.ts'
import { ADMIN_SCOPE, postBody, READ_SCOPE, type Service, startService } from '../support/service.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { waitUntil } from '../support/wait-until.ts'

const auditLog = join(createTemporaryFolder(), 'audit.log')
let service: Service
beforeAll(async () => {
  service = await startService({ AUDIT_LOG: auditLog, RESPONSE_LIMIT: '1024' })
})
afterAll(() => service.close())

const BODY = JSON.stringify({ title: 'Curtain', author: 'Agatha Christie', cost: 7.99, num_pages: 250 })

/** Sends a request of which only a part of the body arrives, unless `sent` is the whole. */
const exchange = (path: string, headers: readonly string[], sent: string, type = 'application/json') =>
  exchangeBytes(connect(Number(new URL(service.apiUrl).port), '127.0.0.1'), [
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: ${type}\r\n` +
      `${headers.map((header) => `${header}\r\n`).join('')}Content-Length: ${BODY.length}\r\n\r\n${sent}`,
  ])
const readAudit = () => readFileSync(auditLog, 'utf8').trim().split('\n').filter(Boolean)
async function countRejectedCredentials(): Promise<number> {
  const { text } = await service.send(`${service.apiUrl}/metrics`)
  const counts = text.matchAll(/^fakebook_credentials_refused_total\{.*\} (\d+)$/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}
/** Removes what differs between two requests. */
const withoutIds = (text: string) =>
  text.replace(/(x-request-id: |"requestId":"|"time":"|date: )[^\r"]*/gi, '$1')

test.each(EARLY_REJECTIONS)(
  '$id rejects $title before the body has arrived, as with the body',
  async ({ path, headers, status, challenge }) => {
    const auditedCount = readAudit().length
    const rejectedCount = await countRejectedCredentials()
    const early = await exchange(path, headers, '{')
    expect(early).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(/^www-authenticate: (.*)\r$/im.exec(early)?.[1]).toMatch(challenge)
    expect(withoutIds(await exchange(path, headers, BODY))).toBe(withoutIds(early))
    expect((await countRejectedCredentials()) - rejectedCount).toBe(status === 400 ? 2 : 0)
    if (status !== 401) return
    await waitUntil(async () => readAudit().length === auditedCount + 2)
    const [first = '', second = ''] = readAudit().slice(auditedCount).map(withoutIds)
    expect(second).toBe(first)
    expect(first).toContain('"event":"refused"')
  },
)

test('routes/E07 reads a form before it rejects the request: a token in it is reported', async () => {
  const form = 'access_token=a.b.c'.padEnd(BODY.length, '&')
  const reply = await exchange('/books', [], form, 'application/x-www-form-urlencoded')
  expect(reply).toMatch(/^HTTP\/1.1 400 .*error="invalid_request".*form/s)
})

test('routes/E08 rejects an unreadable body before the credentials, whether it has arrived or not', async () => {
  for (const sent of ['{', BODY])
    expect(await exchange('/books', [], sent, 'text/plain')).toMatch(/^HTTP\/1.1 415 /)
})

test('routes/E09 answers 413 instead of a query’s response above RESPONSE_LIMIT, but tells that a mutation was executed', async () => {
  const token = await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)
  const input = { title: 'Curtain', author: 'x'.repeat(400), cost: 1, numPages: 1 }
  const fields = 'id a: author b: author c: author'
  const add = `mutation Add($input: AddBookInput!) { addBook(input: $input) { ${fields} } }`
  const written = await service.graphql(add, token, { input })
  expect([written.status, written.text.length > 1_024]).toEqual([200, true])
  const read = await service.graphql(`{ book(id: 6) { ${fields} } }`, token)
  expect([read.status, read.json.errors?.[0]?.extensions]).toEqual([413, { code: 'LIMIT_EXCEEDED' }])
  const created = await postBody(`${service.apiUrl}/books`, BODY.replace('Curtain', 'x'.repeat(500)), token)
  expect(created.status).toBe(201)
})
