// Shortcuts through Apollo Server. Each gives the same responses as the ordinary path, which tests compare.
//
// - Query ids: Apollo Server hashes the text of every query with SHA-256, a twentieth of the cost of a request. A query that
//   is sent by its persisted-query hash is looked up instead, so cached documents are sent by a private id.
// - Plain JSON: `executeHTTPGraphQLRequest` parses each media type of Content-Type and Accept several times. For a plain
//   JSON body `executeOperation` runs the same pipeline without it.
import type { HttpRequest } from '../lib/http-messages.ts'
import type { DocumentCache } from './document-cache.ts'
import type { GraphQLParams } from './graphql-params.ts'
import { createTextCache } from './text-cache.ts'

/** Total characters of the persisted queries that clients have registered. */
const MAX_REGISTERED_CHARACTERS = 4_000_000

/** Returns the hash or id in a key of Apollo Server's caches, which begins with `apq:` or the hash of the schema. */
export const readId = (key: string) => key.slice(key.indexOf(':') + 1)

/** Returns the text that a client has registered under this SHA-256. */
export type FindRegistered = (sha256: string) => string | undefined

/**
 * Creates the persisted-query cache of Apollo Server. It finds texts only by the ids of the document cache; `findRegistered`
 * finds those that clients have registered.
 */
export function createQueryCache(documents: DocumentCache) {
  const registered = createTextCache<string>(MAX_REGISTERED_CHARACTERS, {
    countCharacters: (text) => text.length,
  })
  const findRegistered: FindRegistered = (sha256) => registered.get(sha256)
  return {
    findRegistered,
    cache: {
      get: async (key: string) => documents.findById(readId(key))?.text,
      async set(key: string, text: string) {
        registered.set(readId(key), text)
      },
      delete: async (key: string) => registered.delete(readId(key)),
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
