import type { ApiProcess, StartApi } from '../api-process.ts'
import { createGraphqlClient, type GraphqlClient, readData } from '../graphql-client.ts'
import type { SeededRandom } from '../seeded-random.ts'
import { catalogueBook } from './book-catalogue.ts'

const IN_FLIGHT = 4
const BATCH_SIZE = 100
/** Upper bound of the batches that are acknowledged between two kills. */
const MAX_BATCHES = 20
const PAGE_SIZE = 1_000
const ADD_BOOKS = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'
const LIST = `query ($after: ID) { books(first: ${PAGE_SIZE}, after: $after) { id title } }`

export interface ServerKillsOptions {
  readonly start: StartApi
  readonly settings: Record<string, string>
  readonly token: string
  readonly kills: number
  readonly random: SeededRandom
  /** Delays a kill, so that it hits a request at a random point. */
  readonly delay: (random: SeededRandom) => Promise<unknown>
}

export interface ServerKillsResult {
  readonly kills: number
  readonly acknowledged: number
  /** Batches that were sent again because their response was lost. */
  readonly resent: number
  /** Acknowledged books that are missing or differ. */
  readonly lost: number
  /** Books that were stored more than once. */
  readonly duplicates: number
}

/**
 * Adds batches of books, each with its idempotency keys and again until it is acknowledged, while the server is killed at
 * random points. The books have no ids of their own, so that a book written twice is stored twice.
 */
export async function addBooksDuringKills(options: ServerKillsOptions): Promise<ServerKillsResult> {
  const { kills, random } = options
  const server = new KilledServer(options)
  const acknowledged = new Map<string, string>()
  let [killed, batches, nextIndex, resent] = [0, 0, 0, 0]
  let killAt = 1 + random.integerBelow(MAX_BATCHES)

  async function addBatches(): Promise<void> {
    while (killed < kills) {
      const from = nextIndex
      nextIndex += BATCH_SIZE
      while (!(await addBatch(await server.client(), from, acknowledged))) resent += 1
      batches += 1
      if (batches < killAt || killed === kills) continue
      killed += 1
      killAt = batches + 1 + random.integerBelow(MAX_BATCHES)
      server.kill()
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, addBatches))
  await server.settle()
  const stored = await listBooks(await server.client())
  await server.stop()
  const titles = new Map(stored.map(({ id, title }) => [id, title]))
  return {
    kills: killed,
    acknowledged: acknowledged.size,
    resent,
    lost: [...acknowledged].filter(([id, title]) => titles.get(id) !== title).length,
    duplicates: stored.length - new Set(stored.map(({ title }) => title)).size,
  }
}

/** A server that is started again after each kill; requests wait for the next start. */
class KilledServer {
  readonly #options: ServerKillsOptions
  #running: Promise<{ readonly api: ApiProcess; readonly client: GraphqlClient }>
  #kills: Promise<void> = Promise.resolve()

  constructor(options: ServerKillsOptions) {
    this.#options = options
    this.#running = this.#start()
  }

  async client(): Promise<GraphqlClient> {
    return (await this.#running).client
  }

  kill(): void {
    this.#kills = this.#kills.then(async () => {
      const { api } = await this.#running
      await this.#options.delay(this.#options.random)
      api.child.kill('SIGKILL')
      this.#running = api.exited.then(() => this.#start())
    })
  }

  /** Resolves after the last kill. */
  async settle(): Promise<void> {
    await this.#kills
  }

  async stop(): Promise<void> {
    const { api } = await this.#running
    api.child.kill('SIGTERM')
    await api.exited
  }

  async #start() {
    const { start, settings, token } = this.#options
    const api = await start({ ...settings, PAGE_LIMIT: String(PAGE_SIZE), COST_LIMIT: '100000' })
    return { api, client: createGraphqlClient(api.url, token, IN_FLIGHT) }
  }
}

/** @returns false when there was no response, or 503 */
async function addBatch(client: GraphqlClient, from: number, acknowledged: Map<string, string>) {
  const inputs = Array.from({ length: BATCH_SIZE }, (_, index) => {
    const { title, author } = catalogueBook(from + index)
    return { title, author, cost: 1, numPages: 1, idempotencyKey: String(from + index) }
  })
  const reply = await client.send(ADD_BOOKS, { inputs })
  if (reply.status === 0 || reply.status === 503) return false
  const { addBooks } = readData(reply) as { addBooks: { id: string }[] }
  for (const [index, { id }] of addBooks.entries()) acknowledged.set(id, inputs[index]?.title ?? '')
  return true
}

async function listBooks(client: GraphqlClient) {
  const stored: { readonly id: string; readonly title: string }[] = []
  for (;;) {
    const { books } = readData(await client.send(LIST, { after: stored.at(-1)?.id })) as {
      books: typeof stored
    }
    stored.push(...books)
    if (books.length < PAGE_SIZE) return stored
  }
}
