import { createSeededRandom, type SeededRandom } from '../../test/support/seeded-random.ts'
import { quantile } from '../http/statistics.ts'
import { bookAt, FIRST_ID, type Row } from './books.ts'
import { type Ask, createAsk, dataOf } from './client.ts'
import { fill } from './fill.ts'
import { startCopy, stopCopy } from './program.ts'
import type { BenchOptions } from './run.ts'
import { KINDS, type Kind, type Stage } from './stage.ts'

const SIZES = [10, 10_000, 1_000_000] as const
const ROUNDS = 3_000
const WARM_UP = 300
const GOAL = 1.5
/** So that a page has as many rows among ten books as among a million. */
const PAGE = 4
const AUTHOR = 'Daphne du Maurier'
/** One book in so many is hers, and has her word in its title. */
const EVERY = 500

const FIELDS = 'id title author cost numPages'
const CONNECTION = `edges { cursor node { ${FIELDS} } } pageInfo { hasNextPage hasPreviousPage endCursor }`

type Question = { readonly query: string; readonly variables: Readonly<Record<string, unknown>> }
type GrowthRow = {
  readonly name: string
  readonly ask: (size: number, chance: SeededRandom) => Question
  /** How many books the answer has, if not a page. */
  readonly holds?: number
  /** Told beside what is promised: the index of words has not the order of the pages. */
  readonly byWords?: true
}

/** An id near the middle, with a page before it and behind it. */
const middle = (size: number, chance: SeededRandom) =>
  String(size / 2 + (size > 10 ? chance.integerBelow(size / 4) - size / 8 : 0))

/** A page behind the middle, where it is no use to begin at the start. */
const page =
  (filter: string) =>
  (size: number, chance: SeededRandom): Question => ({
    query: `query ($after: ID) { books(first: ${PAGE}, after: $after, filter: ${filter}) { ${FIELDS} } }`,
    variables: { after: middle(size, chance) },
  })

const ROWS: readonly GrowthRow[] = [
  {
    name: 'book(id)',
    holds: 1,
    ask: (size, chance) => ({
      query: `query ($id: ID!) { book(id: $id) { ${FIELDS} } }`,
      variables: { id: String(1 + chance.integerBelow(size)) },
    }),
  },
  { name: 'books, from the middle', ask: page('{}') },
  {
    name: 'booksConnection, last before the middle',
    ask: (size, chance) => ({
      query: `query ($before: ID) { booksConnection(last: ${PAGE}, before: $before) { ${CONNECTION} } }`,
      variables: { before: middle(size, chance) },
    }),
  },
  { name: 'by author', ask: page(`{ author: "${AUTHOR}" }`) },
  { name: 'by a rare word', byWords: true, ask: page('{ title: "rebec" }') },
  { name: 'by a word that none has', byWords: true, holds: 0, ask: page('{ title: "nothing" }') },
  { name: 'by a word that all have', byWords: true, ask: page('{ title: "the" }') },
  { name: 'by a rare word and one that all have', byWords: true, ask: page('{ title: "the rebecca" }') },
  { name: 'by author and word', byWords: true, ask: page(`{ author: "${AUTHOR}", title: "rebec" }`) },
]

/** The catalogue, in which one author and one word are rare at every size and fill a page at each. */
function growing(place: number): Row {
  const row = bookAt(place)
  if (place >= PAGE + 1 && place % EVERY !== 0) return row
  return { ...row, author: AUTHOR, title: `${row.title} Rebecca` }
}

type Served = { readonly size: number; readonly ask: Ask; readonly times: number[] }

/** The same questions among ten, ten thousand and a million books: how much longer the answers take. */
export async function benchGrowth(stage: Stage, { count = ROUNDS, seed }: BenchOptions): Promise<boolean> {
  console.log(
    `p99 in ms through HTTP, ${count} requests each, the three sizes in turn; pages of ${PAGE} books; seed ${seed}.\n`,
  )
  console.log(
    '| database | question | 10 | 10,000 | 1,000,000 | ratio | p50 ratio |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |',
  )
  let met = true
  for (const kind of KINDS) met = (await benchOne(stage, kind, count, createSeededRandom(seed))) && met
  return met
}

async function benchOne(stage: Stage, kind: Kind, rounds: number, chance: SeededRandom): Promise<boolean> {
  const copies = []
  const served: Served[] = []
  for (const size of SIZES) {
    const url = await stage.newDatabase(kind)
    await fill(url, size - FIRST_ID + 1, growing)
    const copy = await startCopy({ OKTA_ISSUER: stage.issuer, DATABASE_URL: url })
    copies.push(copy)
    served.push({ size, ask: createAsk(copy.url, stage.token, 1), times: [] })
  }
  let met = true
  for (const row of ROWS) met = (await benchRow(kind, row, served, rounds, chance)) && met
  await Promise.all(copies.map(stopCopy))
  return met
}

async function benchRow(
  kind: Kind,
  row: GrowthRow,
  served: readonly Served[],
  rounds: number,
  chance: SeededRandom,
): Promise<boolean> {
  for (let round = -WARM_UP; round < rounds; round += 1)
    for (const [turn] of served.entries()) {
      const one = served[(turn + round + WARM_UP) % served.length]
      if (one) await asked(one, row, chance, round < 0)
    }
  const [ten = [], , most = []] = served.map(({ times }) => times)
  const ratio = (share: number) => quantile(most, share) / quantile(ten, share)
  const cells = served.map(({ times }) => quantile(times, 0.99).toFixed(2))
  console.log(`| ${[kind, row.name, ...cells, ratio(0.99).toFixed(2), ratio(0.5).toFixed(2)].join(' | ')} |`)
  const met = row.byWords === true || ratio(0.99) <= GOAL
  for (const { times } of served) times.length = 0
  return met
}

async function asked(
  { size, ask, times }: Served,
  row: GrowthRow,
  chance: SeededRandom,
  warmUp: boolean,
): Promise<void> {
  const { query, variables } = row.ask(size, chance)
  const start = performance.now()
  const reply = await ask(query, variables)
  const took = performance.now() - start
  const [found] = Object.values(dataOf(reply))
  const books = Array.isArray(found) ? found : ((found as { edges?: unknown[] } | null)?.edges ?? [found])
  if (books.length !== (row.holds ?? PAGE) || books[0] === null)
    throw new Error(`${row.name}, ${size}: ${reply.text}`)
  if (!warmUp) times.push(took)
}
