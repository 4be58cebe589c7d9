import { createSeededRandom } from '../../test/support/seeded-random.ts'
import { ADD, type Ask, createAsk, dataOf, type Reply } from './client.ts'
import { type Copy, type StartCopy, startCopy, stopCopy } from './program.ts'
import type { BenchOptions } from './run.ts'
import type { Stage } from './stage.ts'

const COPIES = 10
const RACES = 1_000
/** Ten copies with ten connections each would have all that PostgreSQL gives. */
const CONNECTIONS = '4'
/** How often one request is sent again before it counts as one that gets no answer. */
const MOST_AGAIN = 100

const ONE = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'

export type RaceRun = {
  readonly start: StartCopy
  readonly settings: Record<string, string>
  readonly token: string
  readonly copies: number
  readonly races: number
  readonly seed: number
}

/** Whose key it was: the request's, or its one book's own. */
export type RaceKind = 'request' | 'book'
const RACE_KINDS: readonly RaceKind[] = ['request', 'book']

export type Raced = {
  readonly races: number
  /** Answers by their status. */
  readonly statuses: Readonly<Record<string, number>>
  /** Answers that are neither a book nor "in flight" with Retry-After. */
  readonly strange: readonly string[]
  /** Races that not all answers of named the same book, at last. */
  readonly apart: number
  /** How many books there are more than races. */
  readonly doubles: number
}

/** Starts copies at once on one database that is empty, and has them all asked the same thing, again and again. */
export async function race(run: RaceRun): Promise<Readonly<Record<RaceKind, Raced>>> {
  const settings = { DATABASE_POOL: CONNECTIONS, ...run.settings }
  const copies = await Promise.all(Array.from({ length: run.copies }, () => run.start(settings)))
  const asks = copies.map(({ url }) => createAsk(url, run.token, 1))
  const raced = { request: await raceFor('request', run, asks), book: await raceFor('book', run, asks) }
  await Promise.all(copies.map((copy: Copy) => stopCopy(copy)))
  return raced
}

async function raceFor(kind: RaceKind, { races, seed }: RaceRun, asks: readonly Ask[]): Promise<Raced> {
  const chance = createSeededRandom(seed)
  const before = await countBooks(asks)
  const statuses: Record<string, number> = {}
  const strange: string[] = []
  let apart = 0
  for (let number = 0; number < races; number += 1) {
    // Nobody is always the first.
    const order = asks.map((ask) => ({ ask, at: chance.integerBelow(1_000) })).sort((a, b) => a.at - b.at)
    const ids = await Promise.all(
      order.map(({ ask }) => untilBook(ask, kind, number, (reply) => note(reply, statuses, strange))),
    )
    if (new Set(ids).size !== 1 || ids[0] === undefined) apart += 1
  }
  return { races, statuses, strange, apart, doubles: (await countBooks(asks)) - before - races }
}

/** Sends one request until it has its book. @returns the book's id */
async function untilBook(ask: Ask, kind: RaceKind, number: number, noted: (reply: Reply) => void) {
  const input = { title: `${kind} ${number}`, author: 'a', cost: 1, numPages: 1 }
  const key = `${kind}-${number}`
  for (let sent = 0; sent < MOST_AGAIN; sent += 1) {
    const reply = await (kind === 'request'
      ? ask(ONE, { input }, { 'idempotency-key': key })
      : ask(ADD, { inputs: [{ ...input, idempotencyKey: key }] }))
    noted(reply)
    if (reply.status === 200) return idIn(dataOf(reply))
  }
  return undefined
}

function idIn(data: Record<string, unknown>): string {
  const [book] = Object.values(data).flat() as { id: string }[]
  return String(book?.id)
}

function note({ status, headers, text }: Reply, statuses: Record<string, number>, strange: string[]): void {
  statuses[status] = (statuses[status] ?? 0) + 1
  const inFlight =
    status === 409 && text.includes('IDEMPOTENCY_IN_FLIGHT') && headers['retry-after'] !== undefined
  if (status !== 200 && !inFlight) strange.push(`${status} ${text}`)
}

async function countBooks([ask]: readonly Ask[]): Promise<number> {
  if (!ask) throw new Error('nobody to ask')
  const { booksConnection } = dataOf(await ask('{ booksConnection(first: 1) { totalCount } }'))
  return (booksConnection as { totalCount: number }).totalCount
}

/** Ten copies start at once on one new database, and race for a thousand keys. */
export async function benchRace(stage: Stage, { count = RACES, seed }: BenchOptions): Promise<boolean> {
  const settings = { OKTA_ISSUER: stage.issuer, DATABASE_URL: await stage.newDatabase('PostgreSQL') }
  const raced = await race({
    start: startCopy,
    settings,
    token: stage.token,
    copies: COPIES,
    races: count,
    seed,
  })
  console.log(`${COPIES} copies that started at once on one empty PostgreSQL database; seed ${seed}.\n`)
  console.log(
    '| whose key | races | answers by status | strange | books apart | doubles |\n| --- | ---: | --- | ---: | ---: | ---: |',
  )
  for (const kind of RACE_KINDS) {
    const { races, statuses, strange, apart, doubles } = raced[kind]
    const told = Object.entries(statuses).map(([status, times]) => `${status}: ${times}`)
    console.log(`| the ${kind}’s | ${[races, told.join(', '), strange.length, apart, doubles].join(' | ')} |`)
    for (const one of strange.slice(0, 3)) console.error(one)
  }
  return RACE_KINDS.every((kind) => {
    const { strange, apart, doubles } = raced[kind]
    return strange.length + apart + doubles === 0
  })
}
