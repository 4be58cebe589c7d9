import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { catalogueBook } from '../../test/support/database/book-catalogue.ts'
import { chunksOfLines, insertBooks } from '../../test/support/database/insert-books.ts'
import { type BenchFixture, DATABASE_KINDS, type DatabaseKind } from '../support/bench-fixture.ts'
import { readResidentMb } from '../support/process-usage.ts'
import { markdownTable } from '../support/report.ts'
import type { StoreOptions } from './run.ts'

/** Books per second on SQLite. */
const MIN_RATE = 10_000
/** Upper bound of the memory at the end by that at a tenth; garbage makes it vary. */
const MAX_GROWTH = 1.5

/** Imports a million books from a file with the job, and measures rate and memory. */
export async function benchImport(
  fixture: BenchFixture,
  { count = 1_000_000 }: StoreOptions,
): Promise<boolean> {
  const file = fixture.newFile('books.csv')
  const lines = chunksOfLines(count + 1, (line) => {
    if (line === 0) return 'id,title,author,cost,num_pages'
    const { id, title, author, cents, pages } = catalogueBook(line - 1)
    return [id, title, author, cents / 100, pages].join(',')
  })
  await pipeline(Readable.from(lines), createWriteStream(file))
  const rows = []
  let isMet = true
  for (const kind of DATABASE_KINDS) {
    const { rate, early, late } = await importFile(fixture, kind, file, count)
    const copySeconds = await insertBooks(await fixture.createDatabase(kind), count, catalogueBook)
    rows.push({
      database: kind,
      'books/s': rate.toFixed(0),
      'server’s RSS': `${early.serverMb.toFixed(0)}, ${late.serverMb.toFixed(0)}`,
      'job’s RSS': `${early.jobMb.toFixed(0)}, ${late.jobMb.toFixed(0)}`,
      'books/s without the API': (count / copySeconds).toFixed(0),
    })
    isMet &&= late.serverMb <= early.serverMb * MAX_GROWTH && late.jobMb <= early.jobMb * MAX_GROWTH
    isMet &&= kind !== 'SQLite' || rate >= MIN_RATE
  }
  console.log(
    `A file of ${count} books by "npm run job -- import"; RSS in MB when a tenth is stored, and at the end.\n`,
  )
  console.log(markdownTable(rows))
  return isMet
}

async function importFile(fixture: BenchFixture, kind: DatabaseKind, file: string, count: number) {
  const api = await fixture.startApi({ DATABASE_URL: await fixture.createDatabase(kind) })
  const job = fixture.startImport(api, file)
  const samples: { readonly stored: number; readonly serverMb: number; readonly jobMb: number }[] = []
  let progress = { stored: 0, seconds: 0 }
  for await (const line of createInterface(job.child.stdout)) {
    if (!line.startsWith('{')) continue
    progress = JSON.parse(line)
    const { stored } = progress
    if (stored < count)
      samples.push({ stored, serverMb: readResidentMb(api.pid), jobMb: readResidentMb(job.child.pid ?? 0) })
  }
  const exitStatus = await job.exited
  await api.stop()
  if (exitStatus !== 0 || progress.stored !== count) throw new Error(`The import failed:\n${job.output()}`)
  const early = samples.find(({ stored }) => stored >= count / 10)
  const late = samples.at(-1)
  if (!early || !late) throw new Error('The import was too short to measure memory: raise --count')
  return { rate: count / progress.seconds, early, late }
}
