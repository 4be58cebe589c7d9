import { setTimeout as sleep } from 'node:timers/promises'
import { type RawBuilder, sql } from 'kysely'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { type BenchFixture, DATABASE_KINDS, type DatabaseKind } from '../support/bench-fixture.ts'
import { type Disturbance, type IsolationOptions, UNDISTURBED_MS } from './disturbance.ts'
import { measurePhases } from './measure.ts'

const POLL_MS = 50
const EXPIRED_AT = 1_000
/** Few enough for the statement timeout. */
const INSERTED_TOGETHER = 50_000

const NUMBERS: Readonly<Record<DatabaseKind, (count: number) => RawBuilder<unknown>>> = {
  SQLite: (count) => sql`(with recursive numbers (n) as
    (select 1 union all select n + 1 from numbers where n < ${count}) select n from numbers)`,
  PostgreSQL: (count) => sql`(select n from generate_series(1, ${count}) as series (n))`,
}

/** Lets the API delete a great number of expired idempotency keys. */
export async function measureSweep(
  fixture: BenchFixture,
  { count = 1_000_000 }: IsolationOptions,
): Promise<readonly Disturbance[]> {
  const results: Disturbance[] = []
  for (const kind of DATABASE_KINDS) results.push(await sweepDatabase(fixture, kind, count))
  return results
}

async function sweepDatabase(fixture: BenchFixture, kind: DatabaseKind, count: number) {
  const url = await fixture.createDatabase(kind)
  const database = await openDatabase(url)
  for (let start = 0; start < count; start += INSERTED_TOGETHER) {
    const numbers = NUMBERS[kind](Math.min(INSERTED_TOGETHER, count - start))
    await sql`insert into idempotency (client_id, key, part, request_hash, book_ids, kept_until)
      select 'c', cast(n + ${start} as text), '', '', '', ${sql.lit(EXPIRED_AT)} from ${numbers} as numbers`.execute(
      database,
    )
  }
  const server = await fixture.startApi({ DATABASE_URL: url }, 'bench/isolation/sweep-server.ts')
  try {
    // The sweep has begun.
    await waitUntilExpiredAtMost(database, count - 1)
    const { during, after } = await measurePhases(server, fixture.token, {
      during: () => waitUntilExpiredAtMost(database, 0),
      async after() {
        // The same polling, which takes time in this process.
        for (
          const endMs = performance.now() + UNDISTURBED_MS;
          performance.now() < endMs;
          await sleep(POLL_MS)
        )
          await waitUntilExpiredAtMost(database, 0)
      },
    })
    return {
      title: `${count} expired idempotency keys are deleted, ${kind}`,
      phases: { before: after, during },
      outcome: `${during.seconds.toFixed(0)} s`,
    }
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
