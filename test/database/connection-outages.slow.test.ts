import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from '@jest/globals'
import pg from 'pg'
import { createPostgresDatabase, describePostgres } from '../support/databases.ts'
import { queryPostgres } from '../support/query-postgres.ts'
import { ADMIN_SCOPE, type HttpReply, READ_SCOPE, type Service, startService } from '../support/service.ts'
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
})
