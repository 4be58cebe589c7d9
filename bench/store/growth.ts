import {
  type CatalogueBook,
  catalogueBook,
  FIRST_FREE_ID,
} from '../../test/support/database/book-catalogue.ts'
import { insertBooks } from '../../test/support/database/insert-books.ts'
import { createGraphqlClient, readData } from '../../test/support/graphql-client.ts'
import { createSeededRandom, type SeededRandom } from '../../test/support/seeded-random.ts'
import { type BenchFixture, DATABASE_KINDS, type DatabaseKind } from '../support/bench-fixture.ts'
import { markdownTable } from '../support/report.ts'
import { quantile } from '../support/statistics.ts'
import type { StoreOptions } from './run.ts'

const SIZES = [10, 10_000, 1_000_000]
const WARM_UP_ROUNDS = 300
const MAX_RATIO = 1.5
/** Small enough that a page is full among ten books. */
const PAGE_SIZE = 4
/** This author, and a word in the titles, are as rare at every size, and fill a page at every size. */
const AUTHOR = 'Daphne du Maurier'
const AUTHOR_EVERY = 500
const FIELDS = 'id title author cost numPages'
const CONNECTION = `edges { cursor node { ${FIELDS} } } pageInfo { hasNextPage hasPreviousPage endCursor }`

interface GrowthRow {
  readonly name: string
  /** Takes `$id`. */
  readonly query: string
  /** Chooses an id near the middle by default. */
  readonly chooseId?: (size: number, random: SeededRandom) => number
  /** A full page by default. */
  readonly bookCount?: number
  /** Searches titles. The goal does not apply: PostgreSQL's index of words is not in the order of the pages. */
  readonly isSearch?: boolean
}

const chooseMiddleId = (size: number, random: SeededRandom) =>
  size / 2 + (size > 10 ? random.integerBelow(size / 4) - size / 8 : 0)
const pageQuery = (filter: string) =>
  `query ($id: ID!) { books(first: ${PAGE_SIZE}, after: $id, filter: ${filter}) { ${FIELDS} } }`

const ROWS: readonly GrowthRow[] = [
  {
    name: 'book(id)',
    query: `query ($id: ID!) { book(id: $id) { ${FIELDS} } }`,
    chooseId: (size, random) => 1 + random.integerBelow(size),
    bookCount: 1,
  },
  { name: 'books, from the middle', query: pageQuery('{}') },
  {
    name: 'booksConnection, last before the middle',
    query: `query ($id: ID!) { booksConnection(last: ${PAGE_SIZE}, before: $id) { ${CONNECTION} } }`,
  },
  { name: 'by author', query: pageQuery(`{ author: "${AUTHOR}" }`) },
  { name: 'by a rare word', query: pageQuery('{ title: "rebec" }'), isSearch: true },
  { name: 'by a word that none has', query: pageQuery('{ title: "nothing" }'), isSearch: true, bookCount: 0 },
  { name: 'by a word that all have', query: pageQuery('{ title: "the" }'), isSearch: true },
  {
    name: 'by a rare word and one that all have',
    query: pageQuery('{ title: "the rebecca" }'),
    isSearch: true,
  },
  { name: 'by author and word', query: pageQuery(`{ author: "${AUTHOR}", title: "rebec" }`), isSearch: true },
]

/** Sends the same queries to databases of ten, ten thousand and a million books, in turn. */
export async function benchGrowth(
  fixture: BenchFixture,
  { count = 3_000, seed }: StoreOptions,
): Promise<boolean> {
  const random = createSeededRandom(seed)
  let isMet = true
  console.log(
    `p99 in ms through HTTP, ${count} requests each, in turn; pages of ${PAGE_SIZE} books; seed ${seed}.`,
  )
  for (const kind of DATABASE_KINDS) {
    const apis: SizedApi[] = []
    for (const size of SIZES) apis.push(await startSizedApi(fixture, kind, size))
    const rows = []
    for (const row of ROWS) {
      const latencies = await measureRow(row, apis, count, random)
      const [ten = [], tenThousand = [], million = []] = latencies
      const ratio = (share: number) => quantile(million, share) / quantile(ten, share)
      rows.push({
        [kind]: row.name,
        '10 books': quantile(ten, 0.99).toFixed(2),
        '10,000 books': quantile(tenThousand, 0.99).toFixed(2),
        '1,000,000 books': quantile(million, 0.99).toFixed(2),
        ratio: ratio(0.99).toFixed(2),
        'p50 ratio': ratio(0.5).toFixed(2),
      })
      isMet &&= row.isSearch === true || ratio(0.99) <= MAX_RATIO
    }
    console.log(`\n${markdownTable(rows)}`)
    await Promise.all(apis.map(({ api }) => api.stop()))
  }
  return isMet
}

type SizedApi = Awaited<ReturnType<typeof startSizedApi>>

async function startSizedApi(fixture: BenchFixture, kind: DatabaseKind, size: number) {
  const url = await fixture.createDatabase(kind)
  await insertBooks(url, size - FIRST_FREE_ID + 1, growthBook)
  const api = await fixture.startApi({ DATABASE_URL: url })
  return { size, api, client: createGraphqlClient(api.url, fixture.token, 1) }
}

function growthBook(index: number): CatalogueBook {
  const book = catalogueBook(index)
  if (index > PAGE_SIZE && index % AUTHOR_EVERY !== 0) return book
  return { ...book, author: AUTHOR, title: `${book.title} Rebecca` }
}

/** Returns milliseconds by size. @throws Error at an answer with another number of books */
async function measureRow(row: GrowthRow, apis: readonly SizedApi[], rounds: number, random: SeededRandom) {
  const { query, chooseId = chooseMiddleId, bookCount = PAGE_SIZE } = row
  const latencies = apis.map((): number[] => [])
  for (let turn = 0; turn < (WARM_UP_ROUNDS + rounds) * apis.length; turn += 1) {
    const index = turn % apis.length
    const { size, client } = apis[index] as SizedApi
    const start = performance.now()
    const reply = await client.send(query, { id: String(chooseId(size, random)) })
    const latencyMs = performance.now() - start
    const [found] = Object.values(readData(reply))
    const books = Array.isArray(found) ? found : ((found as { edges?: unknown[] } | null)?.edges ?? [found])
    if (books.length !== bookCount || books[0] === null)
      throw new Error(`${row.name}, ${size} books: ${reply.text}`)
    if (turn >= WARM_UP_ROUNDS * apis.length) latencies[index]?.push(latencyMs)
  }
  return latencies
}
