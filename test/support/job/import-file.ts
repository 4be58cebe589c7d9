import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { resolveJobSettings } from '../../../src/app/job-settings.ts'
import type { FileFormat } from '../../../src/clients/job/book-file.ts'
import { importBooks } from '../../../src/clients/job/import-books.ts'
import { openImportSource } from '../../../src/clients/job/import-source.ts'
import { createImportStats, type ImportStats } from '../../../src/clients/job/import-stats.ts'
import { createRejectsFile } from '../../../src/clients/job/rejects-file.ts'
import { createRetry } from '../../../src/clients/job/retry.ts'
import { createSendDocument, withRetry } from '../../../src/clients/job/send-document.ts'
import { parseConfig } from '../../../src/config/config.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { READ_SCOPE, type Service } from '../service.ts'
import { createTemporaryFolder } from '../temporary-folder.ts'
import type { createTestClock } from '../test-clock.ts'

type RejectedLine = { readonly line: string; readonly reason: string }
export type ImportResult = {
  readonly stats: ImportStats
  readonly rejectsPath: string
  readonly rejectedRows: readonly RejectedLine[]
  readonly messages: readonly string[]
}

export const CSV_HEADER = 'title,author,cost,num_pages\n'
/** Valid rows by one author. */
export const csvRows = (count: number, author: string, from = 0) =>
  Array.from({ length: count }, (_, i) => `book ${from + i},${author},1.50,10\n`).join('')

/** Writes a file in a folder of its own. */
export function writeTemporaryFile(content: string | Buffer, name: string): string {
  const path = join(createTemporaryFolder(), name)
  writeFileSync(path, content)
  return path
}

/**
 * Imports a file in this process, with everything that the command uses.
 * @param clock advanced by each retry, so that the test does not wait
 */
export async function importFile(
  { issuerUrl, apiUrl }: Pick<Service, 'issuerUrl' | 'apiUrl'>,
  file: string,
  options: { fromLine?: number; inFlight?: number; clock?: ReturnType<typeof createTestClock> } = {},
): Promise<ImportResult> {
  const { fromLine = 1, inFlight: maxInFlight = 4, clock: testClock } = options
  const clock = testClock ?? systemClock
  const format: FileFormat = file.endsWith('.csv') ? 'csv' : 'jsonl'
  const abortController = new AbortController()
  const { signal } = abortController
  const messages: string[] = []
  const report = (message: string) => {
    messages.push(message)
    if (message.startsWith('Retrying')) setImmediate(() => testClock?.advance(60_000))
  }
  const rejectsPath = `${file}.rejects.${format}`
  const rejects = createRejectsFile(rejectsPath, format, false)
  const source = openImportSource(file, undefined, signal)
  const stats = createImportStats()
  try {
    const settings = resolveJobSettings(parseConfig({ OKTA_ISSUER: issuerUrl, API_URL: apiUrl }))
    const sendDocument = await createSendDocument(settings, { clock })
    const retry = createRetry({ clock, random: () => 0, giveUpAfterMs: 600_000, signal, report })
    await importBooks({
      send: withRetry(sendDocument, retry),
      source,
      format,
      rejects,
      fromLine,
      maxInFlight,
      stats,
      abortController,
    })
    return { stats, rejectsPath, rejectedRows: readRejects(rejectsPath, format), messages }
  } finally {
    source.close()
  }
}

/** Reads a rejects file, in the order of the file. */
function readRejects(path: string, format: FileFormat): readonly RejectedLine[] {
  if (!existsSync(path)) return []
  const text = readFileSync(path, 'utf8')
  const rows: RejectedLine[] =
    format === 'csv'
      ? parse(text, { columns: true })
      : text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
  return rows.map(({ line, reason }) => ({ line: String(line), reason }))
}

/** Fetches the titles of all books by an author, sorted by id. */
export async function fetchTitlesByAuthor(service: Service, author: string): Promise<readonly string[]> {
  const query =
    'query ($author: String, $after: ID) { books(filter: { author: $author }, first: 100, after: $after) { id title } }'
  const token = await service.tokenFor(READ_SCOPE)
  const titles: string[] = []
  let after: string | undefined
  for (;;) {
    const { json } = await service.graphql(query, token, { author, after })
    const books = Object(json.data?.books) as { id: string; title: string }[]
    titles.push(...books.map(({ title }) => title))
    if (books.length < 100) return titles
    after = books.at(-1)?.id
  }
}
