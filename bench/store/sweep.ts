import { setTimeout as sleep } from 'node:timers/promises'
import { type RawBuilder, sql } from 'kysely'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { markdownTable } from '../support/report.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { DATABASE_KINDS, type DatabaseKind, type StoreFixture, type StoreOptions } from './fixture.ts'

const MAX_HEALTH_MS = 200
const MIN_READ_RATIO = 0.9
const UNDISTURBED_MS = 3_000
const POLL_MS = 50
const EXPIRED_AT = 1_000
/** Few enough for the statement timeout. */
const INSERTED_TOGETHER = 50_000
const QUERY = JSON.stringify({ query: '{ book(id: 1) { title } }' })

const NUMBERS: Readonly<Record<DatabaseKind, (count: number) => RawBuilder<unknown>>> = {
  SQLite: (count) => sql`(with recursive numbers (n) as
    (select 1 union all select n + 1 from numbers where n < ${count}) select n from numbers)`,
  PostgreSQL: (count) => sql`(select n from generate_series(1, ${count}) as series (n))`,
}

/** Reads one book after the other while a great number of expired idempotency keys is deleted. */
export async function benchSweep(
  fixture: StoreFixture,
  { count = 1_000_000 }: StoreOptions,
): Promise<boolean> {
  const results = []
  for (const kind of DATABASE_KINDS) results.push(await measureSweep(fixture, kind, count))
  console.log(`${count} expired idempotency keys.\n`)
  console.log(
    markdownTable(
      results.map(({ kind, health, reads, seconds }) => ({
        database: kind,
        'slowest health response, ms': health.toFixed(0),
        'reads/s during the sweep ÷ reads/s without it': reads.toFixed(2),
        'seconds of the sweep': seconds.toFixed(0),
      })),
    ),
  )
  return results.every(({ health, reads }) => health < MAX_HEALTH_MS && reads >= MIN_READ_RATIO)
}

async function measureSweep(fixture: StoreFixture, kind: DatabaseKind, count: number) {
  const url = await fixture.createDatabase(kind)
  const database = await openDatabase(url)
  for (let start = 0; start < count; start += INSERTED_TOGETHER) {
    const numbers = NUMBERS[kind](Math.min(INSERTED_TOGETHER, count - start))
    await sql`insert into idempotency (client_id, key, part, request_hash, book_ids, kept_until)
      select 'c', cast(n + ${start} as text), '', '', '', ${sql.lit(EXPIRED_AT)} from ${numbers} as numbers`.execute(
      database,
    )
  }
  const server = await fixture.startSweepingApi(url)
  try {
    // The sweep has begun.
    await waitUntilExpiredAtMost(database, count - 1)
    const startMs = performance.now()
    const disturbed = await measureReads(server, fixture.token, () => waitUntilExpiredAtMost(database, 0))
    const seconds = (performance.now() - startMs) / 1_000
    const undisturbed = await measureReads(server, fixture.token, async () => {
      // The same polling, which takes time in this process.
      for (const endMs = performance.now() + UNDISTURBED_MS; performance.now() < endMs; await sleep(POLL_MS))
        await waitUntilExpiredAtMost(database, 0)
    })
    const reads = disturbed.readsPerSecond / undisturbed.readsPerSecond
    return { kind, seconds, reads, health: disturbed.slowestHealthMs }
  } finally {
    await server.stop()
    await database.destroy()
  }
}

/** Waits until at most this many expired keys are left. */
async function waitUntilExpiredAtMost(database: Database, offset: number): Promise<void> {
  const query = database
    .selectFrom('idempotency')
    .select('key')
    .where('kept_until', '<=', EXPIRED_AT)
    .limit(1)
    .offset(offset)
  while (await query.executeTakeFirst()) await sleep(POLL_MS)
}

/** Sends reads and health requests, one after the other each, until the promise is resolved. */
async function measureReads(server: ServerProcess, token: string, wait: () => Promise<unknown>) {
  let isOver = false
  let reads = 0
  let slowestHealthMs = 0
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  async function readBooks(): Promise<void> {
    for (; !isOver; reads += 1) await send(server.url, { method: 'POST', headers, body: QUERY })
  }
  async function checkHealth(): Promise<void> {
    while (!isOver) {
      const startMs = performance.now()
      await send(`${server.origin}/healthz`)
      slowestHealthMs = Math.max(slowestHealthMs, performance.now() - startMs)
    }
  }
  const startMs = performance.now()
  const ended = wait().finally(() => {
    isOver = true
  })
  await Promise.all([ended, readBooks(), checkHealth()])
  return { readsPerSecond: (1_000 * reads) / (performance.now() - startMs), slowestHealthMs }
}

async function send(url: string, init?: RequestInit): Promise<void> {
  const response = await fetch(url, init)
  await response.text()
  if (!response.ok) throw new Error(`${url} answered HTTP ${response.status}`)
}
