import { setTimeout as sleep } from 'node:timers/promises'
import { catalogueBook } from '../../test/support/database/book-catalogue.ts'
import { readTitles } from '../../test/support/database/insert-books.ts'
import { addBooksDuringKills } from '../../test/support/database/server-kills.ts'
import { createSeededRandom } from '../../test/support/seeded-random.ts'
import { markdownTable } from '../support/report.ts'
import {
  DATABASE_KINDS,
  type DatabaseKind,
  type StoreFixture,
  type StoreOptions,
  writeCsv,
} from './fixture.ts'

/** About the time of one batch. */
const MAX_SERVER_DELAY_MS = 30
/** The job starts in half a second, and imports its file in another. */
const MAX_JOB_DELAY_MS = 1_200
const JOB_BOOKS = 20_000
const LAST_MIGRATED_ID = 5

/** Kills the server, and then the job, with SIGKILL at random points of an import. */
export async function benchCrash(
  fixture: StoreFixture,
  { count = 100, seed }: StoreOptions,
): Promise<boolean> {
  const rows = []
  let isMet = true
  for (const kind of DATABASE_KINDS) {
    const server = await addBooksDuringKills({
      start: fixture.startApi,
      settings: { DATABASE_URL: await fixture.createDatabase(kind) },
      token: fixture.token,
      kills: count,
      random: createSeededRandom(seed),
      delay: (random) => sleep(random.integerBelow(MAX_SERVER_DELAY_MS)),
    })
    const job = await killJob(fixture, kind, count, seed)
    const { kills, acknowledged, resent, lost, duplicates } = server
    rows.push({ killed: `server, ${kind}`, kills, acknowledged, 'sent again': resent, lost, duplicates })
    rows.push({ killed: `job, ${kind}`, kills: count, acknowledged: '', 'sent again': '', ...job })
    isMet &&= kills === count && resent > 0 && lost + duplicates + job.lost + job.duplicates === 0
  }
  console.log(`SIGKILL at random points of an import; seed ${seed}.\n`)
  console.log(markdownTable(rows))
  return isMet
}

/** Kills the import of a file without ids again and again, and then runs it to its end. */
async function killJob(fixture: StoreFixture, kind: DatabaseKind, kills: number, seed: number) {
  const random = createSeededRandom(seed)
  const file = fixture.newFile('books.csv')
  await writeCsv(file, JOB_BOOKS, (index) => ({ ...catalogueBook(index), id: '' }))
  const database = await fixture.createDatabase(kind)
  const api = await fixture.startApi({ DATABASE_URL: database })
  for (let killed = 0; killed < kills; ) {
    const { child, exited } = fixture.startImport(api, file)
    await Promise.race([sleep(random.integerBelow(MAX_JOB_DELAY_MS)), exited])
    if (child.kill('SIGKILL')) killed += 1
    await exited
  }
  const { exited, output } = fixture.startImport(api, file)
  if ((await exited) !== 0) throw new Error(`The last import failed:\n${output()}`)
  await api.stop()
  const titles = await readTitles(database, LAST_MIGRATED_ID)
  const stored = new Set(titles)
  const expected = Array.from({ length: JOB_BOOKS }, (_, index) => catalogueBook(index).title)
  return {
    lost: expected.filter((title) => !stored.has(title)).length,
    duplicates: titles.length - stored.size,
  }
}
