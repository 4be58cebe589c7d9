import { setTimeout as pause } from 'node:timers/promises'
import type { SeededRandom } from '../../test/support/seeded-random.ts'
import { bookAt } from './books.ts'
import { startImport, writeCsv } from './job.ts'
import { startCopy, stopCopy } from './program.ts'
import type { Kind, Stage } from './stage.ts'
import { titlesIn } from './titles.ts'

const BOOKS = 20_000
/** It starts in half a second, and is done in another: a kill comes at any point of it, also before the first book. */
const MOST_MS = 1_200

/** Kills the job again and again, and then lets it come to its end: what is there, of books that have no ids in the file. */
export async function crashJob(stage: Stage, kind: Kind, kills: number, chance: SeededRandom) {
  const file = stage.newFile('books.csv')
  await writeCsv(file, BOOKS, false)
  const database = await stage.newDatabase(kind)
  const copy = await startCopy({ OKTA_ISSUER: stage.issuer, DATABASE_URL: database })
  const start = (progress?: Parameters<typeof startImport>[1]) =>
    startImport({ issuer: stage.issuer, url: copy.url, file }, progress)
  let killed = 0
  while (killed < kills) {
    const job = start()
    await Promise.race([pause(chance.integerBelow(MOST_MS)), job.exited])
    if (job.child.kill('SIGKILL')) killed += 1
    await job.exited
  }
  let stored = 0
  const status = await start((told) => {
    stored = told.stored
  }).exited
  await stopCopy(copy)
  const titles = await titlesIn(database, 5)
  const kept = new Set(titles)
  const lost = Array.from({ length: BOOKS }, (_, place) => bookAt(place).title).filter(
    (title) => !kept.has(title),
  )
  return { killed, status, acknowledged: stored, lost: lost.length, doubles: titles.length - kept.size }
}
