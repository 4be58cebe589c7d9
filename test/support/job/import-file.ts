import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { Format } from '../../../src/clients/job/file-format.ts'
import { importBooks } from '../../../src/clients/job/import-books.ts'
import { openSource } from '../../../src/clients/job/import-source.ts'
import { startTally, type Tally } from '../../../src/clients/job/import-stats.ts'
import { createRejects } from '../../../src/clients/job/rejects-file.ts'
import { createPace, patient } from '../../../src/clients/job/retry.ts'
import { openSession } from '../../../src/clients/job/session.ts'
import { readConfig } from '../../../src/config/config.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { temporaryFolder } from '../cli-process.ts'
import { READ, type Service } from '../service.ts'
import type { testClock } from '../test-clock.ts'

type Rejected = { readonly line: string; readonly reason: string }
export type Imported = {
  readonly done: boolean
  readonly tally: Tally
  readonly rejects: string
  readonly rejected: readonly Rejected[]
  readonly told: readonly string[]
}

export const HEADER = 'title,author,cost,num_pages\n'
/** Good rows, with the same author. */
export const rows = (count: number, author: string, from = 0) =>
  Array.from({ length: count }, (_, i) => `book ${from + i},${author},1.50,10\n`).join('')

/** A file in a folder of its own. */
export function fileOf(content: string | Buffer, name: string): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, content)
  return path
}

type Place = { readonly issuer: string; readonly api: string }

/**
 * Imports a file in this process, with all the parts that the command has.
 * @param clock passes as long as is waited, when it is given
 */
export async function importing(
  { issuer, api }: Place,
  file: string,
  options: { fromLine?: number; inFlight?: number; clock?: ReturnType<typeof testClock> } = {},
): Promise<Imported> {
  const { fromLine = 1, inFlight = 4, clock } = options
  const format: Format = file.endsWith('.csv') ? 'csv' : 'jsonl'
  const stop = new AbortController()
  const told: string[] = []
  const tell = (words: string) => {
    told.push(words)
    if (words.includes('Trying again')) setImmediate(() => clock?.pass(60_000))
  }
  const path = `${file}.rejects.${format}`
  const rejects = await createRejects(path, format, false)
  const source = await openSource(file, undefined, stop.signal)
  const time = clock ?? systemClock
  const pace = createPace({ clock: time, random: () => 0, patience: 600_000, stop: stop.signal, tell })
  const session = await openSession(readConfig({ OKTA_ISSUER: issuer, API_URL: api }), { clock: time })
  const tally = startTally()
  try {
    const ask = patient(session, pace)
    const done = await importBooks({ ask, source, format, rejects, fromLine, inFlight, tally, stop, tell })
    return { done, tally, rejects: path, rejected: rejectedIn(path, format), told }
  } finally {
    rejects.close()
    await source.close()
  }
}

/** What a file of rejected rows says, in the order of the lines. */
function rejectedIn(path: string, format: Format): readonly Rejected[] {
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
export async function titlesBy(service: Service, author: string): Promise<readonly string[]> {
  const token = await service.token(READ)
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
