import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import pg from 'pg'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { createPostgresDatabase, describePostgres } from '../support/databases.ts'
import { queryPostgres } from '../support/query-postgres.ts'
import {
  ADMIN_SCOPE,
  type HttpReply,
  READ_SCOPE,
  type Service,
  sendRequest,
  startService,
} from '../support/service.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { waitUntil } from '../support/wait-until.ts'

const READ_ONE = '{ book(id: 5) { title } }'
const ADD = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'

describePostgres('the connection to PostgreSQL', () => {
  let service: Service
  let proxy: TcpProxy
  let token: string
  let direct: URL
  /** A second client, which takes locks and ends the service's connections. */
  let other: pg.Client

  async function start(settings: Record<string, string> = {}, user?: string): Promise<void> {
    direct = new URL(await createPostgresDatabase())
    proxy = await startTcpProxy(Number(direct.port || 5432), direct.hostname)
    other = new pg.Client({ connectionString: direct.href })
    await other.connect()
    if (user !== undefined)
      await other.query(`create role ${user} login; grant create on schema public to ${user}`)
    const through = Object.assign(new URL(direct), { hostname: '127.0.0.1', port: String(proxy.port) })
    if (user !== undefined) through.username = user
    service = await startService({ DATABASE_URL: through.href, ...settings })
    token = await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)
    await expectServed()
  }
  afterEach(async () => {
    await other.end()
    await service.close()
    await proxy.close()
  })

  const read = () => service.graphql(READ_ONE, token)
  const write = (title: string, idempotencyKey?: string) =>
    service.graphql(ADD, token, { inputs: [{ title, author: 'a', cost: 1, numPages: 1, idempotencyKey }] })

  async function expectServed(): Promise<void> {
    const { status, json } = await read()
    expect([status, json.data]).toEqual([200, { book: { title: 'The Moonstone' } }])
  }
  function expectUnavailable({ status, headers, json }: HttpReply): void {
    const [error] = json.errors ?? []
    expect([status, error?.extensions.code, headers.get('retry-after')]).toEqual([
      503,
      'SERVICE_UNAVAILABLE',
      '5',
    ])
  }
  const endConnections = () =>
    other.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'fakebook'`)
  const isWaitingForLock = async () =>
    (await queryPostgres('select 1 from pg_locks where not granted', direct.href)).rows.length > 0

  test.each(['closed', 'silent'] as const)(
    'outages/C01 answers 503 while the connection is cut (%s), and recovers',
    async (mode) => {
      await start()
      proxy.disconnect(mode)
      for (const reply of await Promise.all([read(), read(), write('lost'), read(), write('lost')]))
        expectUnavailable(reply)
      expectUnavailable(await read())
      proxy.restore()
      await expectServed()
      expect((await write('after')).status).toBe(200)
    },
  )

  test('outages/C02 closes a connection that the server has lost, and serves the next request on another', async () => {
    await start({ DATABASE_TIMEOUT: '100' })
    proxy.blackholeConnections()
    expectUnavailable(await read())
    await expectServed()
  })

  test('outages/C03 stores every acknowledged book once when the server restarts repeatedly under load', async () => {
    await start()
    const acknowledged: string[] = []
    const statuses = new Set<number>()
    let isRunning = true
    const work = async (_: unknown, worker: number) => {
      for (let i = 0; isRunning || i < 3; i += 1) {
        const title = `book ${worker} ${i}`
        for (;;) {
          const { status } = await write(title, title.replaceAll(' ', '-'))
          statuses.add(status)
          if (status !== 503) break
        }
        acknowledged.push(title)
        statuses.add((await read()).status)
      }
    }
    const workers = Array.from({ length: 6 }, work)
    for (let ends = 1; ends <= 20; ends += 1) {
      await endConnections()
      const before = acknowledged.length
      await waitUntil(async () => acknowledged.length > before)
    }
    isRunning = false
    await Promise.all(workers)
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([])
    const { rows } = await other.query("select title from books where title like 'book %'")
    expect(rows.map(({ title }) => title).sort()).toEqual(acknowledged.sort())
  })

  test('outages/C04 replaces idle connections that ended without failing a request', async () => {
    await start()
    await endConnections()
    await expectServed()
    await endConnections()
    expect((await write('written')).status).toBe(200)
  })

  test('outages/C05 answers 503 after the statement timeout, and serves the next request', async () => {
    await start({ DATABASE_TIMEOUT: '200' })
    await other.query('begin; lock table books in access exclusive mode')
    for (const reply of [await read(), await write('late')]) expectUnavailable(reply)
    await other.query('rollback')
    await expectServed()
  })

  test('outages/C06 answers 503 while the server has no connection left, and recovers', async () => {
    const user = `fakebook_${randomUUID().replaceAll('-', '')}`
    await start({}, user)
    await other.query(`alter role ${user} connection limit 0`)
    await endConnections()
    for (const reply of [await read(), await write('late')]) expectUnavailable(reply)
    await other.query(`alter role ${user} connection limit -1`)
    await expectServed()
    await other.query(`reassign owned by ${user} to current_user; drop owned by ${user}; drop role ${user}`)
  })

  test('outages/C07 does not interrupt a slow statement while the server is reachable', async () => {
    await start()
    const { acceptedCount } = proxy
    await other.query('begin; lock table books in access exclusive mode')
    const reading = read()
    // Two probes, each on a connection of its own.
    await waitUntil(async () => proxy.acceptedCount >= acceptedCount + 2)
    await other.query('rollback')
    expect((await reading).json.data).toEqual({ book: { title: 'The Moonstone' } })
  })

  test('outages/C08 is not blocked for long by a transaction that a cut connection left open', async () => {
    await start()
    await other.query('begin; lock table books in share row exclusive mode')
    const writing = write('half')
    await waitUntil(isWaitingForLock)
    proxy.disconnect('silent')
    await other.query('rollback')
    expectUnavailable(await writing)
    proxy.restore()
    expect((await write('whole')).status).toBe(200)
    const { rows } = await other.query('select title from books where id > 5')
    expect(rows).toEqual([{ title: 'whole' }])
  })

  test('outages/C09 answers 503 after DATABASE_CONNECT_TIMEOUT when all DATABASE_POOL connections are in use', async () => {
    await start({ DATABASE_POOL: '1', DATABASE_CONNECT_TIMEOUT: '100' })
    await other.query('begin; lock table books in access exclusive mode')
    const reading = read()
    await waitUntil(isWaitingForLock)
    expectUnavailable(await read())
    await other.query('rollback')
    expect((await reading).json.data).toEqual({ book: { title: 'The Moonstone' } })
  })

  const isReady = async () => (await sendRequest(`${service.apiUrl}/readyz`)).status === 200

  test('outages/C10 reads and is ready while writes wait for a lock, and then writes', async () => {
    await start({
      DATABASE_LOCK_TIMEOUT: '60000',
      DATABASE_TIMEOUT: '60000',
      DATABASE_CONNECT_TIMEOUT: '60000',
    })
    await other.query('begin; lock table books in share mode')
    const writes = [1, 2, 3, 4, 5].map((number) => write(`book ${number}`))
    await waitUntil(isWaitingForLock)
    for (let i = 0; i < 10; i += 1) await expectServed()
    expect(await isReady()).toBe(true)
    await other.query('rollback')
    expect((await Promise.all(writes)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  test('outages/C11 answers 503 to a write that waits for a lock for longer than DATABASE_LOCK_TIMEOUT', async () => {
    await start({ DATABASE_LOCK_TIMEOUT: '50', DATABASE_TIMEOUT: '600000' })
    await other.query('begin; lock table books in share mode')
    expectUnavailable(await write('late'))
    await other.query('rollback')
    expect((await write('in time')).status).toBe(200)
  })

  test('outages/C12 answers 503 at once while writes have waited for a connection for half of the limit', async () => {
    // Without a limit of the lock: the queue does not move.
    await start({
      DATABASE_LOCK_TIMEOUT: '600000',
      DATABASE_TIMEOUT: '600000',
      DATABASE_CONNECT_TIMEOUT: '4000',
    })
    await other.query('begin; lock table books in share mode')
    const ended: number[] = []
    const writes: Promise<HttpReply>[] = []
    // Three have a connection, and the fourth waits for one until its limit.
    for (let number = 1; ended.length === 0; number += 1) {
      const writing = write(`book ${number}`)
      writes.push(writing)
      void writing.then(() => ended.push(number))
      await service.graphql('{ __typename }')
    }
    expect(ended).toEqual([writes.length])
    await other.query('rollback')
    const [first, second, third, fourth] = await Promise.all(writes)
    expect([first, second, third, fourth].map((reply) => reply?.status)).toEqual([200, 200, 200, 200])
  })

  test('outages/C13 is ready while every read waits for a lock', async () => {
    await start()
    await other.query('begin; lock table books in access exclusive mode')
    const reads = Array.from({ length: 10 }, read)
    await waitUntil(isWaitingForLock)
    expect(await isReady()).toBe(true)
    await other.query('rollback')
    expect((await Promise.all(reads)).map(({ status }) => status)).toEqual(reads.map(() => 200))
  })

  test('outages/C14 serves reads when the server is suddenly 500 ms away', async () => {
    await start()
    await Promise.all([read(), read(), read()])
    proxy.delay(250)
    for (let round = 0; round < 3; round += 1) {
      const replies = await Promise.all([read(), read(), read()])
      expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
      expect(await isReady()).toBe(true)
    }
  })

  test('outages/C15 gives a server that is 2 s away more time to answer, once it has answered', async () => {
    await start({ DATABASE_CONNECT_TIMEOUT: '10000' })
    proxy.delay(1_000)
    // The first probe has no answer in time.
    expectUnavailable(await read())
    await expectServed()
    await expectServed()
    expect(await isReady()).toBe(true)
  })
})

describePostgres('the connections of searches', () => {
  const sleep = (database: Database) => sql`select pg_sleep(600)`.execute(database)
  const SETTINGS = { maxConnections: 5, connectTimeoutMs: 1_000, searchTimeoutMs: 1_000 }

  test('outages/S01 leaves connections for reads, writes and health checks', async () => {
    const database = await openDatabase(await createPostgresDatabase(), SETTINGS)
    const { searches, writes, health } = database.shares
    const sleeping = [sleep(searches), sleep(searches), sleep(searches)].map((one) =>
      one.catch(() => undefined),
    )
    await waitUntil(async () => database.getPoolUsage()?.waiting === 2)
    for (const share of [database, writes, health]) await sql`select 1`.execute(share)
    await database.destroy()
    await Promise.all(sleeping)
  })

  test('outages/S02 ends a search after DATABASE_SEARCH_TIMEOUT', async () => {
    const database = await openDatabase(await createPostgresDatabase(), { ...SETTINGS, searchTimeoutMs: 100 })
    await expect(sleep(database.shares.searches)).rejects.toMatchObject({ code: '57014' })
    await database.destroy()
  })
})
