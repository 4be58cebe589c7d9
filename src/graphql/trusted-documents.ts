import { createHash } from 'node:crypto'
import { printExecutableGraphQLDocument } from '@graphql-tools/documents'
import { parse } from 'graphql'
import { LRUCache } from 'lru-cache'
import { badRequest, persistedQueryNotFound, untrustedDocument } from '../errors/api-error.ts'
import type { UnvalidatedGraphQLRequest } from './document-limits.ts'

export type TrustedDocumentOptions = {
  readonly mode: 'only' | 'prefer' | 'off'
  readonly documents: readonly string[]
}

/** What names a document: GraphQL over HTTP's `documentId` (Appendix A), or Apollo's `extensions.persistedQuery`. */
type Named = UnvalidatedGraphQLRequest & { readonly documentId?: unknown; readonly extensions?: unknown }

/**
 * @returns the document that is named and known, to be run in its place; undefined when the request is to go on as it is
 * @throws Refusal `UNTRUSTED_DOCUMENT`, `PERSISTED_QUERY_NOT_FOUND`
 */
export type ResolveTrustedDocument = (request: Named) => string | undefined

/** Characters of texts that are remembered as trusted, as clients spell them. */
const KEPT = 1_000_000

/**
 * Documents that are known beforehand. A document may come as its text, however it is spaced and whatever comments are
 * in it, or by the SHA-256 of the text that the manifest has. What is not checked here: whether it fits the schema, and
 * who may run it; that is looked at for these as for any other.
 */
export function createResolveTrustedDocument({
  mode,
  documents,
}: TrustedDocumentOptions): ResolveTrustedDocument {
  // Apollo Server looks at hashes by itself.
  if (mode === 'off') return () => undefined
  const byHash = new Map(documents.map((text) => [sha256(text), text]))
  const known = new Set(documents.map(canonical))
  const spelled = new LRUCache<string, true>({ maxSize: KEPT, sizeCalculation: (_, text) => text.length + 1 })

  function isKnown(text: string): boolean {
    if (spelled.has(text)) return true
    const spelling = canonical(text)
    const is = spelling !== undefined && known.has(spelling)
    if (is) spelled.set(text, true)
    return is
  }

  return function trust(request) {
    const { query } = request
    checkHash(request)
    if (typeof query === 'string') {
      if (mode === 'only' && !isKnown(query)) throw untrustedDocument()
      return undefined
    }
    const { id, apollo } = nameIn(request)
    if (id === undefined) return undefined
    const text = byHash.get(id)
    // What Apollo Server may have been taught at run time is its own matter, unless only what is known may run.
    if (text === undefined && (mode === 'only' || !apollo)) throw persistedQueryNotFound()
    return text
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Said before a document is looked up by its hash: Apollo Server, which says so too, is not shown the hash then. */
function checkHash({ query, extensions }: Named): void {
  const persisted: unknown = Object(extensions).persistedQuery
  if (typeof persisted !== 'object' || persisted === null) return
  const { version, sha256Hash } = persisted as { version?: unknown; sha256Hash?: unknown }
  if (version !== 1) throw badRequest('The version of persistedQuery must be 1.')
  if (typeof query === 'string' && sha256Hash !== sha256(query))
    throw badRequest('The sha256Hash is not that of this query.')
}

function nameIn({ documentId, extensions }: Named): { id?: string; apollo: boolean } {
  if (typeof documentId === 'string') return { id: documentId.replace(/^sha256:/, ''), apollo: false }
  const hash: unknown = Object(Object(extensions).persistedQuery).sha256Hash
  return typeof hash === 'string' ? { id: hash, apollo: true } : { apollo: true }
}

/** One spelling for all that mean the same: spacing, comments and the order of what has none. Undefined for what is no document. */
function canonical(text: string): string | undefined {
  try {
    return printExecutableGraphQLDocument(parse(text, { noLocation: true }))
  } catch {
    return undefined
  }
}
