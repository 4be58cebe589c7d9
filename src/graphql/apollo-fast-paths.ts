// Shortcuts through Apollo Server. Each gives the same responses as the ordinary path, which tests compare.
//
// - Query ids: for a query sent as text Apollo Server computes its SHA-256 on every request, a twentieth of the cost of a
//   request. A query that is sent by its persisted-query hash is looked up instead; so known texts get a private id.
// - Plain JSON: `executeHTTPGraphQLRequest` parses each media type of Content-Type and Accept several times. For a plain
//   JSON body `executeOperation` runs the same pipeline without it.
import { randomUUID } from 'node:crypto'
import type { HttpRequest } from '../lib/http-messages.ts'
import type { GraphQLParams } from './graphql-params.ts'
import { createTextCache } from './text-cache.ts'

/** Total characters of the texts that have an id. */
const MAX_IDENTIFIED_CHARACTERS = 1_000_000
/** Total characters of the persisted queries that clients have registered. */
const MAX_REGISTERED_CHARACTERS = 4_000_000
const APOLLO_KEY_PREFIX = 'apq:'

export type QueryIds = ReturnType<typeof createQueryIds>

/**
 * Creates the persisted-query cache. Ids contain a random UUID, so that no client can run another client's query by
 * guessing its id. The cache finds texts by their ids alone; texts that clients register are found by `findRegistered`.
 */
export function createQueryIds() {
  const prefix = randomUUID()
  let count = 0
  const textById = new Map<string, string>()
  const idByText = createTextCache<string>(MAX_IDENTIFIED_CHARACTERS, { dispose: release })
  const registered = createTextCache<string>(MAX_REGISTERED_CHARACTERS, {
    countCharacters: (text) => text.length,
  })

  /** Drops an evicted id after the requests of this turn have used it, unless its text got the same id again. */
  function release(id: string, text: string): void {
    setImmediate(() => idByText.peek(text) === id || textById.delete(id))
  }

  /** Returns the id under which the cache finds this text; it is valid in this turn of the event loop. */
  function assignQueryId(text: string): string {
    const known = idByText.get(text)
    if (known !== undefined) return known
    count += 1
    const id = `${prefix} ${count}`
    textById.set(id, text)
    idByText.set(text, id)
    if (!idByText.has(text)) release(id, text)
    return id
  }

  return {
    assignQueryId,
    /** Returns the text that a client has registered under this SHA-256. */
    findRegistered: (sha256: string) => registered.get(APOLLO_KEY_PREFIX + sha256),
    cache: {
      get: async (key: string) => textById.get(key.slice(APOLLO_KEY_PREFIX.length)),
      async set(key: string, text: string) {
        registered.set(key, text)
      },
      delete: async (key: string) => registered.delete(key),
    },
  }
}

/** Tests for a request with a plain JSON body. Browsers send this Content-Type cross-site only after a preflight. */
export const isPlainJson = ({ method, headers }: HttpRequest): boolean =>
  method === 'POST' && headers['content-type'] === 'application/json'

/** Returns the request for `executeOperation`, or undefined if Apollo Server's HTTP layer would reject a parameter. */
export function toPlainRequest(query: unknown, { operationName, variables }: GraphQLParams) {
  if (typeof query !== 'string' || query === '') return undefined
  if (operationName !== undefined && typeof operationName !== 'string') return undefined
  if (variables !== undefined && !isRecord(variables)) return undefined
  return { query, operationName, variables }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
