import {
  type CatalogueBook,
  catalogueBook,
  FIRST_FREE_ID,
} from '../../test/support/database/book-catalogue.ts'
import { insertBooks } from '../../test/support/database/insert-books.ts'
import { createGraphqlClient, type GraphqlClient, readData } from '../../test/support/graphql-client.ts'
import { createSeededRandom, type SeededRandom } from '../../test/support/seeded-random.ts'
import { markdownTable } from '../support/report.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { quantile } from '../support/statistics.ts'
import { DATABASE_KINDS, type DatabaseKind, type StoreFixture, type StoreOptions } from './fixture.ts'

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
  readonly query: string
  readonly variables: (size: number, random: SeededRandom) => Readonly<Record<string, unknown>>
  /** A full page by default. */
  readonly bookCount?: number
  /** Searches titles. The goal does not apply: PostgreSQL's index of words is not in the order of the pages. */
  readonly isSearch?: boolean
}

/** Returns an id near the middle, with pages on both sides. */
const middleId = (size: number, random: SeededRandom) =>
  String(size / 2 + (size > 10 ? random.integerBelow(size / 4) - size / 8 : 0))

const pageRow = (name: string, filter: string, isSearch = false, bookCount = PAGE_SIZE): GrowthRow => ({
  name,
  query: `query ($after: ID) { books(first: ${PAGE_SIZE}, after: $after, filter: ${filter}) { ${FIELDS} } }`,
  variables: (size, random) => ({ after: middleId(size, random) }),
  isSearch,
  bookCount,
})

const ROWS: readonly GrowthRow[] = [
  {
    name: 'book(id)',
    query: `query ($id: ID!) { book(id: $id) { ${FIELDS} } }`,
    variables: (size, random) => ({ id: String(1 + random.integerBelow(size)) }),
    bookCount: 1,
  },
  pageRow('books, from the middle', '{}'),
  {
    name: 'booksConnection, last before the middle',
    query: `query ($before: ID) { booksConnection(last: ${PAGE_SIZE}, before: $before) { ${CONNECTION} } }`,
    variables: (size, random) => ({ before: middleId(size, random) }),
  },
  pageRow('by author', `{ author: "${AUTHOR}" }`),
  pageRow('by a rare word', '{ title: "rebec" }', true),
  pageRow('by a word that none has', '{ title: "nothing" }', true, 0),
  pageRow('by a word that all have', '{ title: "the" }', true),
  pageRow('by a rare word and one that all have', '{ title: "the rebecca" }', true),
  pageRow('by author and word', `{ author: "${AUTHOR}", title: "rebec" }`, true),
]

interface SizedApi {
  readonly size: number
  readonly api: ServerProcess
  readonly client: GraphqlClient
}

/** Sends the same queries to databases of ten, ten thousand and a million books, in turn. */
export async function benchGrowth(
  fixture: StoreFixture,
  { count = 3_000, seed }: StoreOptions,
): Promise<boolean> {
  const random = createSeededRandom(seed)
  let isMet = true
  console.log(
    `p99 in ms through HTTP, ${count} requests each, the three sizes in turn; pages of ${PAGE_SIZE} books; seed ${seed}.`,
  )
  for (const kind of DATABASE_KINDS) {
    const rows = []
    const apis: SizedApi[] = []
    for (const size of SIZES) apis.push(await startSizedApi(fixture, kind, size))
    for (const row of ROWS) {
      const latencies = await measureRow(row, apis, count, random)
      const [smallest = [], , largest = []] = latencies
      const ratio = (share: number) => quantile(largest, share) / quantile(smallest, share)
      const p99 = latencies.map((values, index) => [
        `${SIZES[index]?.toLocaleString('en-US')} books`,
        quantile(values, 0.99).toFixed(2),
      ])
      rows.push({
        [kind]: row.name,
        ...Object.fromEntries(p99),
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

async function startSizedApi(fixture: StoreFixture, kind: DatabaseKind, size: number): Promise<SizedApi> {
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

/** Returns milliseconds by size. */
async function measureRow(row: GrowthRow, apis: readonly SizedApi[], rounds: number, random: SeededRandom) {
  const latencies = apis.map((): number[] => [])
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round += 1)
    for (const turn of apis.keys()) {
      const index = (turn + round) % apis.length
      const { size, client } = apis[index] as SizedApi
      const start = performance.now()
      const reply = await client.send(row.query, row.variables(size, random))
      const latencyMs = performance.now() - start
      const [found] = Object.values(readData(reply))
      const books = Array.isArray(found) ? found : ((found as { edges?: unknown[] } | null)?.edges ?? [found])
      if (books.length !== (row.bookCount ?? PAGE_SIZE) || books[0] === null)
        throw new Error(`${row.name}, ${size} books: ${reply.text}`)
      if (round >= WARM_UP_ROUNDS) latencies[index]?.push(latencyMs)
    }
  return latencies
}
