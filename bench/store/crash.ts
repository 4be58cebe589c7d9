import { setTimeout as sleep } from 'node:timers/promises'
import { addBooksDuringKills } from '../../test/support/database/server-kills.ts'
import { createSeededRandom } from '../../test/support/seeded-random.ts'
import { type BenchFixture, DATABASE_KINDS } from '../support/bench-fixture.ts'
import { markdownTable } from '../support/report.ts'
import type { StoreOptions } from './run.ts'

/** About the time of one batch. */
const MAX_DELAY_MS = 30

/** Kills the server with SIGKILL at random points of an import. */
export async function benchCrash(
  fixture: BenchFixture,
  { count = 100, seed }: StoreOptions,
): Promise<boolean> {
  const rows = []
  for (const database of DATABASE_KINDS) {
    const result = await addBooksDuringKills({
      start: fixture.startApi,
      settings: { DATABASE_URL: await fixture.createDatabase(database) },
      token: fixture.token,
      kills: count,
      random: createSeededRandom(seed),
      delay: (random) => sleep(random.integerBelow(MAX_DELAY_MS)),
    })
    rows.push({ database, ...result })
  }
  console.log(`SIGKILL at random points of an import; seed ${seed}.\n`)
  console.log(markdownTable(rows))
  return rows.every(
    ({ kills, resent, lost, duplicates }) => kills === count && resent > 0 && lost + duplicates === 0,
  )
}
