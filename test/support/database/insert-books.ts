import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openDatabase } from '../../../src/database/database.ts'
import { joinWords } from '../../../src/database/search-words.ts'
import { queryPostgres } from '../query-postgres.ts'
import type { CatalogueBook } from './book-catalogue.ts'

const COLUMNS = 'id, title, author, cents, num_pages, added_by, added_at, words, author_words'
const FIRST_TIME = Date.parse('2026-01-01T00:00:00Z')
const CHUNK_ROWS = 1_000

type BookAt = (index: number) => CatalogueBook

/**
 * Migrates a database and inserts books into it directly, without the API.
 * @returns the seconds that the insert took
 */
export async function insertBooks(url: string, count: number, bookAt: BookAt): Promise<number> {
  await (await openDatabase(url)).destroy()
  const start = performance.now()
  if (url.startsWith('file:')) insertIntoFile(url.slice('file:'.length), count, bookAt)
  else await copyIntoPostgres(url, count, bookAt)
  const seconds = (performance.now() - start) / 1_000
  if (!url.startsWith('file:')) await queryPostgres('vacuum analyze', url)
  return seconds
}

function insertIntoFile(path: string, count: number, bookAt: BookAt): void {
  const database = new DatabaseSync(path)
  const insert = database.prepare(`insert into books (${COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  database.exec('begin')
  for (let index = 0; index < count; index += 1) insert.run(...columnValues(bookAt(index)))
  database.exec('commit')
  database.close()
}

/** Uses psql's `\copy`. The titles must hold no tabs or backslashes. */
async function copyIntoPostgres(url: string, count: number, bookAt: BookAt): Promise<void> {
  const psql = spawn('psql', [url, '-qc', `\\copy books (${COLUMNS}) from stdin`], {
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  const exited = once(psql, 'exit')
  const lines = chunksOfLines(count, (index) => columnValues(bookAt(index)).join('\t'))
  await pipeline(Readable.from(lines), psql.stdin)
  const [status] = await exited
  if (status !== 0) throw new Error(`psql ended with ${status}`)
}

/** Yields `count` lines, many in each chunk. */
export function* chunksOfLines(count: number, lineAt: (index: number) => string): Generator<string> {
  for (let start = 0; start < count; start += CHUNK_ROWS) {
    let chunk = ''
    for (let index = start; index < Math.min(count, start + CHUNK_ROWS); index += 1)
      chunk += `${lineAt(index)}\n`
    yield chunk
  }
}

function columnValues({ id, title, author, cents, pages }: CatalogueBook) {
  return [
    id,
    title,
    author,
    cents,
    pages,
    'bench',
    new Date(FIRST_TIME + id * 1_000).toISOString(),
    joinWords(title),
    joinWords(author),
  ] as const
}
