import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { FileFormat } from '../../../src/clients/job/file-format.ts'
import { importBooks } from '../../../src/clients/job/import-books.ts'
import { openImportSource } from '../../../src/clients/job/import-source.ts'
import { createImportStats, type ImportStats } from '../../../src/clients/job/import-stats.ts'
import { createRejectsFile } from '../../../src/clients/job/rejects-file.ts'
import { createRetry, withRetry } from '../../../src/clients/job/retry.ts'
import { openSession } from '../../../src/clients/job/session.ts'
import { parseConfig } from '../../../src/config/config.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { createTemporaryFolder } from '../cli-process.ts'
import { READ_SCOPE, type Service } from '../service.ts'
import type { createTestClock } from '../test-clock.ts'

type Rejected = { readonly line: string; readonly reason: string }
export type ImportResult = {
  readonly isComplete: boolean
  readonly stats: ImportStats
  readonly rejectsPath: string
  readonly rejectedRows: readonly Rejected[]
  readonly messages: readonly string[]
}

export const CSV_HEADER = 'title,author,cost,num_pages\n'
/** Good rows, with the same author. */
export const csvRows = (count: number, author: string, from = 0) =>
  Array.from({ length: count }, (_, i) => `book ${from + i},${author},1.50,10\n`).join('')

/** A file in a folder of its own. */
export function writeTemporaryFile(content: string | Buffer, name: string): string {
  const path = join(createTemporaryFolder(), name)
  writeFileSync(path, content)
  return path
}

type Place = { readonly issuerUrl: string; readonly apiUrl: string }

/**
 * Imports a file in this process, with all the parts that the command has.
 * @param clock passes as long as is waited, when it is given
 */
export async function importFile(
  { issuerUrl, apiUrl }: Place,
  file: string,
  options: { fromLine?: number; inFlight?: number; clock?: ReturnType<typeof createTestClock> } = {},
): Promise<ImportResult> {
  const { fromLine = 1, inFlight = 4, clock } = options
  const format: FileFormat = file.endsWith('.csv') ? 'csv' : 'jsonl'
  const stop = new AbortController()
  const told: string[] = []
  const tell = (words: string) => {
    told.push(words)
    if (words.includes('Trying again')) setImmediate(() => clock?.advance(60_000))
  }
  const path = `${file}.rejects.${format}`
  const rejects = await createRejectsFile(path, format, false)
  const source = await openImportSource(file, undefined, stop.signal)
  const time = clock ?? systemClock
  const pace = createRetry({
    clock: time,
    random: () => 0,
    giveUpAfterMs: 600_000,
    signal: stop.signal,
    report: tell,
  })
  const session = await openSession(parseConfig({ OKTA_ISSUER: issuerUrl, API_URL: apiUrl }), { clock: time })
  const tally = createImportStats()
  try {
    const ask = withRetry(session, pace)
    const done = await importBooks({
      send: ask,
      source,
      format,
      rejects,
      fromLine,
      maxInFlight: inFlight,
      stats: tally,
      abortController: stop,
      report: tell,
    })
    return {
      isComplete: done,
      stats: tally,
      rejectsPath: path,
      rejectedRows: rejectedIn(path, format),
      messages: told,
    }
  } finally {
    rejects.close()
    await source.close()
  }
}

/** What a file of rejected rows says, in the order of the lines. */
function rejectedIn(path: string, format: FileFormat): readonly Rejected[] {
  if (!existsSync(path)) return []
  const text = readFileSync(path, 'utf8')
  const rows: Rejected[] =
    format === 'csv'
      ? parse(text, { columns: true })
      : text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
  return rows
    .map(({ line, reason }) => ({ line: String(line), reason }))
    .sort((a, b) => Number(a.line) - Number(b.line))
}

/** All titles by an author, in the order of the ids. */
export async function fetchTitlesByAuthor(service: Service, author: string): Promise<readonly string[]> {
  const token = await service.tokenFor(READ_SCOPE)
  const titles: string[] = []
  let after: string | undefined
  for (;;) {
    const query =
      'query ($author: String, $after: ID) { books(filter: { author: $author }, first: 100, after: $after) { id title } }'
    const { json } = await service.graphql(query, token, { author, after })
    const books = Object(json.data?.books) as { id: string; title: string }[]
    titles.push(...books.map(({ title }) => title))
    if (books.length < 100) return titles
    after = books.at(-1)?.id
  }
}
