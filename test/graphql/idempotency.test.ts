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
    service = await startService({ DATABASE_URL: url }, issuer.url, clock)
  })
  afterAll(async () => {
    await service.close()
    await issuer.close()
  })

  /** Each row has clients of its own. */
  const tokenOf = (who: string, row: string) =>
    issuer.signToken({
      exp: Math.floor(clock.now() / 1000) + 3600,
      cid: `${who === 'another client' ? 'other' : 'job'} ${row}`,
      sub: who === 'another person of the client' ? 'p' : 'job',
      scp: who === 'a reader' ? [READ_SCOPE] : [READ_SCOPE, ADMIN_SCOPE],
    })

  async function ask(row: string, path: string, body: unknown, key?: string, who = 'job') {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${await tokenOf(who, row)}`,
      ...(key !== undefined && { 'idempotency-key': key }),
    }
    return sendRequest(`${service.apiUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  }

  const addTo = (row: string, key?: string) =>
    ask(
      row,
      '/graphql',
      { query: `mutation { addBook(input: { title: "t", author: "${row}", cost: 1, numPages: 1 }) { id } }` },
      key,
    )

  async function countBy(row: string) {
    const query = `{ booksConnection(filter: { author: "${row}" }) { totalCount } }`
    return Object((await ask(row, '/graphql', { query })).json.data).booksConnection.totalCount
  }

  test.each([...REPEATED_REQUEST_CASES, ...IDEMPOTENCY_KEY_CASES])(
    '%s %s',
    async (row, _, steps, books, answers) => {
      const said = new Set<string>()
      for (const [who, key, { url: path, json }, status, code] of steps) {
        const reply = await ask(row, path, json(row), key, who)
        expect([reply.status, reply.json.errors?.[0]?.extensions.code]).toEqual([status, code])
        if (code === undefined) said.add(reply.text)
      }
      expect([await countBy(row), said.size]).toEqual([books, answers])
    },
  )

  test('N40 of many at once under one key, one adds the book; who is told to wait gets it then', async () => {
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

  test('N43 names without end are known again: an alias under a key, and a client', async () => {
    // Letters by chance: PostgreSQL packs those that repeat.
    const letters = () => randomBytes(2_000).toString('hex')
    const row = `N43 ${letters()}`
    const query = `mutation { a${letters()}: addBook(input: { title: "t", author: "N43", cost: 1, numPages: 1, idempotencyKey: "i" }) { id } }`
    const [first, second] = [
      await ask(row, '/graphql', { query }, 'k'),
      await ask(row, '/graphql', { query }, 'k'),
    ]
    expect([first.status, second.text, await countBy('N43')]).toEqual([200, first.text, 1])
  })

  if (kind === 'PostgreSQL')
    test('N41 while the first is under way, the same again is 409 and changes nothing', async () => {
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

  test('N42 a key is remembered for a day, then forgotten, and swept away', async () => {
    await addTo('N42', 'k')
    await clock.advance(DAY - 1_000)
    await addTo('N42', 'k')
    expect(await countBy('N42')).toBe(1)
    // The sweep comes every ten minutes; nobody waits for it.
    clock.shiftWallClock(1_001)
    await addTo('N42', 'k')
    await addTo('N42', 'k')
    expect(await countBy('N42')).toBe(2)
    await clock.advance(DAY + 600_000)
    const database = await openDatabase(url)
    const kept = () => database.selectFrom('idempotency').select('key').execute()
    await waitUntil(async () => (await kept()).length === 0)
    await database.destroy()
  })
})
