import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { openDatabase } from '../../src/database/database.ts'
import { IDEMPOTENCY_KEY_CASES } from '../cases/graphql/idempotency/keys.ts'
import { REPEATED_REQUEST_CASES } from '../cases/graphql/idempotency/repeated-requests.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { ADMIN_SCOPE, READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTestClock } from '../support/test-clock.ts'
import { waitUntil } from '../support/wait-until.ts'

const DAY = 86_400_000

describeEachDatabase((newDatabase, kind) => {
  const clock = createTestClock()
  let url: string
  let issuer: StubIssuer
  let service: Service
  beforeAll(async () => {
    url = await newDatabase()
    issuer = await startStubIssuer()
    service = await startService({ DATABASE_URL: url }, { issuerUrl: issuer.url, clock })
  })
  afterAll(async () => {
    await service.close()
    await issuer.close()
  })

  /** Returns a token for a client that only this row uses. */
  const tokenOf = (sender: string, row: string) =>
    issuer.signToken({
      exp: Math.floor(clock.now() / 1000) + 3600,
      cid: `${sender === 'another client' ? 'other' : 'job'} ${row}`,
      sub: sender === 'another user of the client' ? 'p' : 'job',
      scp: sender === 'a reader' ? [READ_SCOPE] : [READ_SCOPE, ADMIN_SCOPE],
    })

  async function send(row: string, path: string, body: unknown, key?: string, sender = 'job') {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${await tokenOf(sender, row)}`,
      ...(key !== undefined && { 'idempotency-key': key }),
    }
    return sendRequest(`${service.apiUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  }

  const addTo = (row: string, key?: string) =>
    send(
      row,
      '/graphql',
      { query: `mutation { addBook(input: { title: "t", author: "${row}", cost: 1, numPages: 1 }) { id } }` },
      key,
    )

  async function countBy(row: string) {
    const query = `{ booksConnection(filter: { author: "${row}" }) { totalCount } }`
    return Object((await send(row, '/graphql', { query })).json.data).booksConnection.totalCount
  }

  test.each([...REPEATED_REQUEST_CASES, ...IDEMPOTENCY_KEY_CASES])(
    '$id $title',
    async ({ id: row, steps, bookCount, answerCount }) => {
      const answers = new Set<string>()
      for (const { sender, key, body, status, code } of steps) {
        const reply = await send(row, body.url, body.json(row), key, sender)
        expect([reply.status, reply.json.errors?.[0]?.extensions.code]).toEqual([status, code])
        if (code === undefined) answers.add(reply.text)
      }
      expect([await countBy(row), answers.size]).toEqual([bookCount, answerCount])
    },
  )

  test('idempotency/N40 adds one book for concurrent requests with one key', async () => {
    const replies = await Promise.all(Array.from({ length: 30 }, () => addTo('N40', 'k')))
    const last = await addTo('N40', 'k')
    for (const { status, json, headers, text } of replies) {
      if (status === 200) expect(text).toBe(last.text)
      else
        expect([status, json.errors?.[0]?.extensions.code, headers.get('retry-after')]).toEqual([
          409,
          'IDEMPOTENCY_IN_FLIGHT',
          '1',
        ])
    }
    expect([replies.some(({ status }) => status === 200), await countBy('N40')]).toEqual([true, 1])
  })

  test('idempotency/N43 recognizes very long aliases and client ids', async () => {
    // Random characters: PostgreSQL compresses repeated ones.
    const letters = () => randomBytes(2_000).toString('hex')
    const row = `N43 ${letters()}`
    const query = `mutation { a${letters()}: addBook(input: { title: "t", author: "N43", cost: 1, numPages: 1, idempotencyKey: "i" }) { id } }`
    const [first, second] = [
      await send(row, '/graphql', { query }, 'k'),
      await send(row, '/graphql', { query }, 'k'),
    ]
    expect([first.status, second.text, await countBy('N43')]).toEqual([200, first.text, 1])
  })

  if (kind === 'PostgreSQL')
    test('idempotency/N41 answers 409 while the first request is in flight', async () => {
      const other = new pg.Client({ connectionString: url })
      await other.connect()
      await other.query('begin; lock table books in share row exclusive mode')
      const first = addTo('N41', 'k')
      const waiting = "select 1 from pg_locks where not granted and relation = 'books'::regclass"
      await waitUntil(async () => (await other.query(waiting)).rows.length > 0)
      const second = await addTo('N41', 'k')
      expect([second.status, second.headers.get('retry-after')]).toEqual([409, '1'])
      await other.query('commit')
      await other.end()
      const { text } = await first
      expect([(await addTo('N41', 'k')).text, await countBy('N41')]).toEqual([text, 1])
    })

  test('idempotency/N42 remembers a key for a day, then deletes it', async () => {
    await addTo('N42', 'k')
    await clock.advance(DAY - 1_000)
    await addTo('N42', 'k')
    expect(await countBy('N42')).toBe(1)
    // Expired keys are ignored even before they are deleted.
    clock.shiftWallClock(1_001)
    await addTo('N42', 'k')
    await addTo('N42', 'k')
    expect(await countBy('N42')).toBe(2)
    await clock.advance(DAY + 600_000)
    const database = await openDatabase(url)
    const readKeys = () => database.selectFrom('idempotency').select('key').execute()
    await waitUntil(async () => (await readKeys()).length === 0)
    await database.destroy()
  })
})
