// A write that is sent again under its key is done once.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { openDatabase } from '../../src/store/database.ts'
import { ADD, BAD_KEYS, INPUT, type Sent, TWICE } from '../cases/idempotency.ts'
import { testClock } from '../clock.ts'
import { onBothDatabases } from '../databases.ts'
import { type ScriptedIssuer, scriptedIssuer } from '../scripted-issuer.ts'
import { ADMIN, READ, type Reply, type Service, send, startService } from '../service.ts'
import { until } from '../until.ts'

const LIFE_MS = 60_000
const SWEEP_MS = 600_000
/** Longer than the clock of these tests goes on. */
const FAR = { exp: 4_000_000_000 }

let issuer: ScriptedIssuer
beforeAll(async () => {
  issuer = await scriptedIssuer()
})
afterAll(() => issuer.close())

onBothDatabases((newDatabase, kind) => {
  const clock = testClock()
  let url: string
  let service: Service
  beforeAll(async () => {
    url = await newDatabase()
    service = await startService({ DATABASE_URL: url, IDEMPOTENCY_LIFE: String(LIFE_MS) }, issuer.url, clock)
  })
  afterAll(() => service.close())

  async function ask({ to, key, body, claims = {} }: Sent): Promise<Reply> {
    const headers = new Headers({ 'content-type': 'application/json' })
    for (const one of [key].flat()) headers.append('idempotency-key', one)
    headers.set('authorization', `Bearer ${await issuer.sign({ scp: [READ, ADMIN], ...FAR, ...claims })}`)
    return send(service.api + to, { method: 'POST', headers, body: JSON.stringify(body) })
  }
  const graphql = (key: string, query = ADD, variables: object = { input: INPUT }, claims = {}) =>
    ask({ to: '/graphql', key, body: { query, variables }, claims })
  const total = async () => {
    const token = await issuer.sign(FAR)
    const { json } = await service.graphql('{ booksConnection { totalCount } }', token)
    return Number(Object(json.data?.booksConnection).totalCount)
  }
  const codes = ({ json }: Reply) => json.errors?.map(({ extensions }) => extensions.code)
  const keys = async () => {
    const database = await openDatabase(url)
    const rows = await database.selectFrom('idempotency').select('key').execute()
    await database.destroy()
    return rows.map(({ key }) => key)
  }

  test.each(TWICE)('%s %s', async (_, __, first, second, becomes) => {
    const one = await ask(first)
    expect([one.status, one.json.errors]).toEqual([first.to === '/books' ? 201 : 200, undefined])
    const before = await total()
    const two = await ask(second)
    const added = (await total()) - before
    if (becomes === 'same') {
      const location = (reply: Reply) => reply.headers.get('location')
      expect([two.status, two.text, location(two), added]).toEqual([one.status, one.text, location(one), 0])
    } else if (becomes === 'another') {
      expect([two.status, two.text === one.text, added]).toEqual([one.status, false, 1])
    } else expect([two.status, codes(two), added]).toEqual([422, ['IDEMPOTENCY_MISMATCH'], 0])
  })

  test.each(BAD_KEYS)('%s %s is no key', async (_, __, key) => {
    const before = await total()
    for (const to of ['/graphql', '/books'] as const) {
      const reply = await ask({ to, key, body: { query: ADD, variables: { input: INPUT } } })
      expect([reply.status, codes(reply)]).toEqual([400, ['BAD_REQUEST']])
    }
    expect(await total()).toBe(before)
  })

  test('J30 a query takes no notice of it', async () => {
    const asked = () => graphql('J30', '{ book(id: 1) { id } }')
    expect((await asked()).json.data).toEqual((await asked()).json.data)
    expect((await graphql('J30')).json.data).toBeTruthy()
  })

  test('J31 several fields under one key: each is done once, and one that failed is done the next time', async () => {
    const both =
      'mutation ($a: AddBookInput!, $b: AddBookInput!) { a: addBook(input: $a) { id } b: addBook(input: $b) { id } }'
    const first = await graphql('J31', both, { a: INPUT, b: INPUT })
    expect((await graphql('J31', both, { a: INPUT, b: INPUT })).json).toEqual(first.json)
    const taken = { a: INPUT, b: { ...INPUT, id: 70 } }
    await graphql('J31-before', ADD, { input: { ...INPUT, id: 70 } })
    const before = await total()
    for (let time = 1; time <= 2; time += 1)
      expect(codes(await graphql('J31-taken', both, taken))).toEqual(['ALREADY_EXISTS'])
    expect((await total()) - before).toBe(1)
  })

  test('J32 what is refused leaves no key behind', async () => {
    expect(codes(await graphql('J32', ADD, { input: { ...INPUT, cost: 0.001 } }))).toEqual(['BAD_USER_INPUT'])
    expect(codes(await graphql('J32', ADD, { input: { ...INPUT, id: 1 } }))).toEqual(['ALREADY_EXISTS'])
    expect((await graphql('J32')).json.data).toBeTruthy()
  })

  test('J33 who may not write learns nothing by a key', async () => {
    await graphql('J33')
    const again = await graphql('J33', ADD, { input: INPUT }, { scp: [READ] })
    expect([again.status, codes(again)]).toEqual([403, ['FORBIDDEN']])
  })

  test('J34 all at once: one book, and whoever is not told of it is told to come again', async () => {
    const before = await total()
    const replies = await Promise.all(Array.from({ length: 10 }, () => graphql('J34')))
    const done = replies.filter(({ status }) => status === 200)
    for (const reply of replies.filter(({ status }) => status !== 200))
      expect([reply.status, codes(reply), reply.headers.get('retry-after')]).toEqual([
        409,
        ['IDEMPOTENCY_IN_FLIGHT'],
        '1',
      ])
    expect([new Set(done.map(({ text }) => text)).size, (await total()) - before]).toEqual([1, 1])
    expect((await graphql('J34')).text).toBe(done[0]?.text)
  })

  const onPostgres = kind === 'PostgreSQL' ? test : undefined
  // SQLite has one writer at a time: there the second waits for the first.
  onPostgres?.(
    'J36 while the first is under way: 409 and Retry-After, also for another request',
    async () => {
      const locking = new pg.Client(url)
      await locking.connect()
      await locking.query('begin')
      await locking.query('lock table books in share mode')
      const first = graphql('J36')
      const held = "select 1 from pg_locks where locktype = 'advisory' and granted and database ="
      const here = '(select oid from pg_database where datname = current_database())'
      await until(async () => (await locking.query(held + here)).rows.length > 0)
      for (const query of [ADD, ADD.replace('addBook', 'other: addBook')]) {
        const second = await graphql('J36', query)
        expect([second.status, codes(second), second.headers.get('retry-after')]).toEqual([
          409,
          ['IDEMPOTENCY_IN_FLIGHT'],
          '1',
        ])
      }
      await locking.query('rollback')
      await locking.end()
      expect((await graphql('J36')).text).toBe((await first).text)
    },
  )

  test('J35 a key is remembered for its life, then it is any other; the sweep leaves none', async () => {
    const first = await graphql('J35')
    await clock.pass(LIFE_MS - 1)
    expect((await graphql('J35')).text).toBe(first.text)
    await clock.pass(1)
    expect(await keys()).toContain('J35')
    const second = await graphql('J35', ADD, { input: { ...INPUT, title: 'Nemesis' } })
    expect([second.status, second.text === first.text]).toEqual([200, false])
    await clock.pass(SWEEP_MS)
    await until(async () => (await keys()).length === 0)
    expect((await graphql('J35')).status).toBe(200)
  })
})
