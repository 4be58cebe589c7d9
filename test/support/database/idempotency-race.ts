import type { StartApi } from '../api-process.ts'
import { createGraphqlClient, type GraphqlClient, type GraphqlReply, readData } from '../graphql-client.ts'
import { createSeededRandom } from '../seeded-random.ts'

/** Ten copies with the default pool of ten connections each would use up PostgreSQL's limit of 100. */
const POOL_SIZE = '4'
const ADD_BOOK = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
const ADD_BOOKS = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'

export interface IdempotencyRaceOptions {
  readonly start: StartApi
  readonly settings: Record<string, string>
  readonly token: string
  readonly copies: number
  readonly races: number
  readonly seed: number
}

/** The `Idempotency-Key` header of a request, or the `idempotencyKey` of one book. */
export const KEY_KINDS = ['request', 'book'] as const
export type KeyKind = (typeof KEY_KINDS)[number]

export interface IdempotencyRaceResult {
  readonly races: number
  /** Response counts by status. */
  readonly statuses: Readonly<Record<string, number>>
  /** Responses that are neither 200 nor IDEMPOTENCY_IN_FLIGHT with Retry-After. */
  readonly unexpected: readonly string[]
  /** Races whose responses name different books. */
  readonly disagreements: number
  /** Stored books beyond one per race. */
  readonly duplicates: number
}

/** Starts copies of the API at once on one empty database, and sends the same write with the same key to all of them. */
export async function runIdempotencyRaces(
  options: IdempotencyRaceOptions,
): Promise<Readonly<Record<KeyKind, IdempotencyRaceResult>>> {
  const settings = { DATABASE_POOL: POOL_SIZE, ...options.settings }
  const copies = await Promise.all(Array.from({ length: options.copies }, () => options.start(settings)))
  const clients = copies.map(({ url }) => createGraphqlClient(url, options.token, 1))
  const request = await raceFor('request', options, clients)
  const book = await raceFor('book', options, clients)
  for (const { child } of copies) child.kill('SIGTERM')
  await Promise.all(copies.map(({ exited }) => exited))
  return { request, book }
}

async function raceFor(
  kind: KeyKind,
  { races, seed }: IdempotencyRaceOptions,
  clients: readonly GraphqlClient[],
): Promise<IdempotencyRaceResult> {
  const random = createSeededRandom(seed)
  const booksBefore = await countBooks(clients)
  const statuses: Record<string, number> = {}
  const unexpected: string[] = []
  let disagreements = 0

  function record({ status, headers, text }: GraphqlReply): void {
    statuses[status] = (statuses[status] ?? 0) + 1
    const isInFlight =
      status === 409 && text.includes('IDEMPOTENCY_IN_FLIGHT') && headers['retry-after'] !== undefined
    if (status !== 200 && !isInFlight) unexpected.push(`${status} ${text}`)
  }

  for (let race = 0; race < races; race += 1) {
    const shuffled = clients
      .map((client) => ({ client, order: random.integerBelow(1_000) }))
      .sort((a, b) => a.order - b.order)
    const ids = await Promise.all(shuffled.map(({ client }) => addUntilStored(client, kind, race, record)))
    if (new Set(ids).size !== 1 || ids[0] === undefined) disagreements += 1
  }
  const duplicates = (await countBooks(clients)) - booksBefore - races
  return { races, statuses, unexpected, disagreements, duplicates }
}

/**
 * Sends the same request until no other one with its key is in flight, however long the database takes.
 * @returns the book's id, or undefined if the response is an error
 */
async function addUntilStored(
  client: GraphqlClient,
  kind: KeyKind,
  race: number,
  record: (reply: GraphqlReply) => void,
): Promise<string | undefined> {
  const input = { title: `${kind} ${race}`, author: 'a', cost: 1, numPages: 1 }
  const key = `${kind}-${race}`
  for (;;) {
    const reply =
      kind === 'request'
        ? await client.send(ADD_BOOK, { input }, { 'idempotency-key': key })
        : await client.send(ADD_BOOKS, { inputs: [{ ...input, idempotencyKey: key }] })
    record(reply)
    if (reply.status === 409) continue
    if (reply.status !== 200) return undefined
    const [book] = Object.values(readData(reply)).flat() as { id: string }[]
    return String(book?.id)
  }
}

async function countBooks([client]: readonly GraphqlClient[]): Promise<number> {
  if (!client) throw new RangeError('copies must be at least 1')
  const reply = await client.send('{ booksConnection(first: 1) { totalCount } }')
  return (readData(reply).booksConnection as { totalCount: number }).totalCount
}
