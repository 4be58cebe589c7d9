import { type Ask, createAsk, dataOf } from './client.ts'
import { csvDifferences } from './csv-costs.ts'
import { startCopy, stopCopy } from './program.ts'
import type { BenchOptions } from './run.ts'
import { KINDS, type Kind, type Stage } from './stage.ts'

const MOST_CENTS = 1_000_000
const BATCH = 1_000
const FIRST_ID = 1_000_000_000
const ADD = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id cost } }'
const LIST = `query ($first: PositiveInt!, $after: ID!) { books(first: $first, after: $after) { id cost } }`

type Priced = { readonly id: string | number; readonly cost: number }

/** The value as people write it, from its digits alone: what goes in and what must come out. */
export const dollarsOf = (cents: number): string => {
  const digits = String(cents).padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Every value from nothing to ten thousand dollars goes in, and comes out by GraphQL, by REST and by the job’s CSV. */
export async function benchCosts(stage: Stage, { count = MOST_CENTS + 1 }: BenchOptions): Promise<boolean> {
  console.log(
    '| database | values | changed when added | in GraphQL’s pages | in REST’s | in CSV |\n| --- | ---: | ---: | ---: | ---: | ---: |',
  )
  let met = true
  for (const kind of KINDS) {
    const changed = await benchOne(stage, kind, count)
    console.log(`| ${[kind, count, ...changed].join(' | ')} |`)
    met = met && changed.every((number) => number === 0)
  }
  return met
}

async function benchOne(stage: Stage, kind: Kind, count: number): Promise<number[]> {
  const copy = await startCopy({
    OKTA_ISSUER: stage.issuer,
    DATABASE_URL: await stage.newDatabase(kind),
    PAGE_LIMIT: String(BATCH),
  })
  const ask = createAsk(copy.url, stage.token, 1)
  const changed = [0, 0, 0]
  for (let from = 0; from < count; from += BATCH) {
    const size = Math.min(BATCH, count - from)
    const answers = [
      await add(ask, from, size),
      await list(ask, from, size),
      await rest(copy.url, stage.token, from, size),
    ]
    for (const [way, books] of answers.entries())
      changed[way] = (changed[way] ?? 0) + differences(books, from, size)
  }
  changed.push(await csvDifferences(stage, copy.url, count, dollarsOf))
  await stopCopy(copy)
  return changed
}

async function add(ask: Ask, from: number, size: number): Promise<Priced[]> {
  const inputs = Array.from({ length: size }, (_, index) => ({
    id: String(FIRST_ID + from + index),
    title: 't',
    author: 'a',
    cost: Number(dollarsOf(from + index)),
    numPages: 1,
  }))
  return dataOf(await ask(ADD, { inputs })).addBooks as Priced[]
}

const list = async (ask: Ask, from: number, size: number) =>
  dataOf(await ask(LIST, { first: size, after: String(FIRST_ID + from - 1) })).books as Priced[]

async function rest(graphql: string, token: string, from: number, size: number): Promise<Priced[]> {
  const url = new URL(`/books?first=${size}&after=${FIRST_ID + from - 1}`, graphql)
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  return (await response.json()) as Priced[]
}

/** How many are not to the letter what went in, or not there. */
function differences(books: readonly Priced[], from: number, size: number): number {
  const differs = (index: number) => {
    const book = books[index]
    return (
      Number(book?.id) !== FIRST_ID + from + index ||
      book?.cost.toFixed(2) !== dollarsOf(from + index) ||
      book.cost !== Number(dollarsOf(from + index))
    )
  }
  return Array.from({ length: size }, (_, index) => index).filter(differs).length
}
