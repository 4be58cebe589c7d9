import { KEY_KINDS, runIdempotencyRaces } from '../../test/support/database/idempotency-race.ts'
import type { BenchFixture } from '../support/bench-fixture.ts'
import { markdownTable } from '../support/report.ts'
import type { StoreOptions } from './run.ts'

const COPIES = 10

/** Starts ten copies at once on one new database, which then receive the same writes with the same keys. */
export async function benchRace(
  fixture: BenchFixture,
  { count = 1_000, seed }: StoreOptions,
): Promise<boolean> {
  const results = await runIdempotencyRaces({
    start: fixture.startApi,
    settings: { DATABASE_URL: await fixture.createDatabase('PostgreSQL') },
    token: fixture.token,
    copies: COPIES,
    races: count,
    seed,
  })
  const rows = KEY_KINDS.map((kind) => ({
    'key of': `the ${kind}`,
    ...results[kind],
    statuses: JSON.stringify(results[kind].statuses),
    unexpected: results[kind].unexpected.length,
  }))
  for (const kind of KEY_KINDS)
    for (const response of results[kind].unexpected.slice(0, 3)) console.error(response)
  console.log(`${COPIES} copies that started at once on one empty PostgreSQL database; seed ${seed}.\n`)
  console.log(markdownTable(rows))
  return rows.every((row) => row.unexpected + row.disagreements + row.duplicates === 0)
}
