import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openDatabase } from '../../src/database/database.ts'
import { tokenizeTitle } from '../../src/database/title-search.ts'
import { queryPostgres } from '../../test/support/query-postgres.ts'
import type { Row } from './books.ts'

const COLUMNS = 'id, title, author, cents, num_pages, added_by, added_at, words'
const ADDED = ['bench', '2026-01-01T00:00:00.000Z'] as const
const ROWS_A_CHUNK = 1_000

/**
 * Puts books into a database past the API; `place` is from 0.
 * @returns the seconds that it took, without the making of the tables
 */
export async function fill(url: string, count: number, bookAt: (place: number) => Row): Promise<number> {
  await (await openDatabase(url)).destroy()
  const start = performance.now()
  if (url.startsWith('file:')) fillFile(url.slice('file:'.length), count, bookAt)
  else await copyIn(url, count, bookAt)
  const seconds = (performance.now() - start) / 1_000
  if (!url.startsWith('file:')) await queryPostgres('vacuum analyze', url)
  return seconds
}

const valuesOf = ({ id, title, author, cents, pages }: Row) =>
  [id, title, author, cents, pages, ...ADDED, tokenizeTitle(title).join(' ')] as const

function fillFile(path: string, count: number, bookAt: (place: number) => Row): void {
  const database = new DatabaseSync(path)
  const insert = database.prepare(`insert into books (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?)`)
  database.exec('begin')
  for (let place = 0; place < count; place += 1) insert.run(...valuesOf(bookAt(place)))
  database.exec('commit')
  database.close()
}

/** By PostgreSQL's own client, whose `\copy` is as fast as rows get in. Titles of the benches hold no tabs or backslashes. */
async function copyIn(url: string, count: number, bookAt: (place: number) => Row): Promise<void> {
  const psql = spawn('psql', [url, '-qc', `\\copy books (${COLUMNS}) from stdin`], {
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  const exited = once(psql, 'exit')
  await pipeline(Readable.from(lines(count, bookAt)), psql.stdin)
  const [status] = await exited
  if (status !== 0) throw new Error(`psql ended with ${status}`)
}

function* lines(count: number, bookAt: (place: number) => Row): Generator<string> {
  for (let start = 0; start < count; start += ROWS_A_CHUNK) {
    let chunk = ''
    for (let place = start; place < Math.min(count, start + ROWS_A_CHUNK); place += 1)
      chunk += `${valuesOf(bookAt(place)).join('\t')}\n`
    yield chunk
  }
}
