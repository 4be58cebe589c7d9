import { setTimeout as sleep } from 'node:timers/promises'
import { type CatalogueBook, catalogueBook } from '../../test/support/database/book-catalogue.ts'
import { insertBooks } from '../../test/support/database/insert-books.ts'
import { createGraphqlClient } from '../../test/support/graphql-client.ts'
import { type BenchFixture, DATABASE_KINDS, type DatabaseKind } from '../support/bench-fixture.ts'
import { log } from '../support/report.ts'
import type { ServerProcess } from '../support/server-process.ts'
import {
  DISTURBED_MS,
  type Disturbance,
  formatStatuses,
  type IsolationOptions,
  sendRepeatedly,
  UNDISTURBED_MS,
} from './disturbance.ts'
import { measurePhases } from './measure.ts'

const MAX_ALIASES = 20
/** The clients of each of the two queries. */
const CLIENTS = 2

const countQuery = (aliases: number, title: string) =>
  `{ ${Array.from({ length: aliases }, (_, i) => `a${i}: booksConnection(first: 1, filter: {title: "${title}"}) { totalCount }`).join(' ')} }`
const RARE_QUERY =
  '{ booksConnection(first: 1, filter: {title: "uniq n49"}) { totalCount edges { cursor } } }'

/** Searches for words that all titles contain, and counts the results. */
export async function measureSearch(
  fixture: BenchFixture,
  { count = 1_000_000 }: IsolationOptions,
): Promise<readonly Disturbance[]> {
  const results: Disturbance[] = []
  for (const kind of DATABASE_KINDS) results.push(await searchDatabase(fixture, kind, count))
  return results
}

async function searchDatabase(fixture: BenchFixture, kind: DatabaseKind, count: number) {
  const url = await fixture.createDatabase(kind)
  log(`inserting ${count} books into ${kind}`)
  await insertBooks(url, count, bookWithCommonWords)
  const server = await fixture.startApi({ DATABASE_URL: url })
  const { token } = fixture
  try {
    const aliases = await findMaxAliases(server, token)
    const stopping = new AbortController()
    const send = (query: string) => sendRepeatedly(server, token, query, CLIENTS, stopping.signal)
    let searches: Promise<readonly (readonly number[])[]> = Promise.resolve([])
    const phases = await measurePhases(server, token, {
      before: () => sleep(UNDISTURBED_MS),
      async during() {
        searches = Promise.all([send(countQuery(aliases, 't uniq')), send(RARE_QUERY)])
        await sleep(DISTURBED_MS)
        stopping.abort()
      },
    })
    const [counts = [], rare = []] = await searches
    return {
      title: `search among ${count} books, ${kind}`,
      phases,
      outcome: `${aliases} counts: ${formatStatuses(counts)}; “uniq n49”: ${formatStatuses(rare)}`,
    }
  } finally {
    await server.stop()
  }
}

function bookWithCommonWords(index: number): CatalogueBook {
  return { ...catalogueBook(index), title: `t uniq n${index}` }
}

/** Finds the largest number of counts that the document limits allow, with a search that finds nothing. */
async function findMaxAliases({ url }: ServerProcess, token: string): Promise<number> {
  const client = createGraphqlClient(url, token, 1)
  let aliases = MAX_ALIASES
  while ((await client.send(countQuery(aliases, 'zz zzz'))).status === 413) aliases -= 1
  client.close()
  return aliases
}
