import { hash } from 'node:crypto'
import { printExecutableGraphQLDocument } from '@graphql-tools/documents'
import { Lexer, parse, Source, TokenKind } from 'graphql'
import { badRequest, persistedQueryNotFound, untrustedDocument } from '../errors/api-error.ts'
import type { FindRegistered } from './apollo-fast-paths.ts'
import type { GraphQLParams } from './graphql-params.ts'
import { createTextCache } from './text-cache.ts'

export type TrustedDocumentOptions = {
  readonly mode: 'only' | 'prefer' | 'off'
  /** Texts of the trusted documents. */
  readonly documents: readonly string[]
}

/**
 * Resolves the document of a request that names it by its hash: GraphQL over HTTP's `documentId` (appendix A) or Apollo's
 * `extensions.persistedQuery`.
 * @returns the document's text; undefined if the request has its own text, or names no document, or one that is unknown
 *   and may have to be registered first
 * @throws ApiError `UNTRUSTED_DOCUMENT`, `PERSISTED_QUERY_NOT_FOUND`, `BAD_REQUEST`
 */
export type ResolveDocument = (params: GraphQLParams) => string | undefined

/** Total characters of the spellings of trusted documents that are remembered. */
const MAX_SPELLING_CHARACTERS = 1_000_000

/**
 * Creates the resolver of documents. A trusted document may be sent as text, with any whitespace and comments, or by the
 * SHA-256 of its text in the manifest. Validation and authorization are not done here: they are the same for all documents.
 */
export function createResolveDocument(
  { mode, documents }: TrustedDocumentOptions,
  findRegistered: FindRegistered,
): ResolveDocument {
  const textByHash = new Map(mode === 'off' ? [] : documents.map((text) => [hash('sha256', text), text]))
  const trusted = new Set(mode === 'only' ? documents.map(normalize) : [])
  const trustedTokens = new Set(mode === 'only' ? documents.map(sortTokens) : [])
  const spellings = createTextCache<true>(MAX_SPELLING_CHARACTERS)

  function isTrusted(text: string): boolean {
    if (spellings.has(text)) return true
    // First, in linear time: the cost of printing grows with the cube of the depth.
    if (!trustedTokens.has(sortTokens(text))) return false
    const normalized = normalize(text)
    if (normalized === undefined || !trusted.has(normalized)) return false
    spellings.set(text, true)
    return true
  }

  return function resolveDocument(params) {
    const { query, documentId } = params
    const sentHash = parsePersistedQueryHash(params)
    if (typeof query === 'string') {
      if (mode === 'only' && !isTrusted(query)) throw untrustedDocument()
      return undefined
    }
    if (mode !== 'off' && typeof documentId === 'string') {
      const text = textByHash.get(documentId.replace(/^sha256:/, ''))
      if (text === undefined) throw persistedQueryNotFound()
      return text
    }
    if (sentHash === undefined) return undefined
    const text = textByHash.get(sentHash)
    if (text === undefined && mode === 'only') throw persistedQueryNotFound()
    return text ?? findRegistered(sentHash)
  }
}

/**
 * Returns the hash of `extensions.persistedQuery`, after checking that it is the hash of the query, if there is one.
 * @throws ApiError `BAD_REQUEST`
 */
function parsePersistedQueryHash({ query, extensions }: GraphQLParams): string | undefined {
  if (!extensions) return undefined
  const persistedQuery: unknown = Object(extensions).persistedQuery
  if (typeof persistedQuery !== 'object' || persistedQuery === null) return undefined
  const { version, sha256Hash } = persistedQuery as { version?: unknown; sha256Hash?: unknown }
  if (version !== 1) throw badRequest('persistedQuery.version must be 1.')
  if (sha256Hash !== undefined && typeof sha256Hash !== 'string')
    throw badRequest('persistedQuery.sha256Hash must be a string.')
  if (typeof query === 'string' && sha256Hash !== hash('sha256', query))
    throw badRequest('persistedQuery.sha256Hash is not the SHA-256 of the query.')
  return sha256Hash
}

/** Returns one spelling for all texts of the same document, or undefined if the text is not a document. */
function normalize(text: string): string | undefined {
  try {
    return printExecutableGraphQLDocument(parse(text, { noLocation: true }))
  } catch {
    return undefined
  }
}

/** Returns one string for all texts with the same tokens in any order; `query` is left out, since it may be omitted. */
function sortTokens(text: string): string | undefined {
  const lexer = new Lexer(new Source(text))
  const tokens: string[] = []
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance())
      if (token.value !== 'query') tokens.push(token.value ?? token.kind)
  } catch {
    return undefined
  }
  return tokens.sort().join(' ')
}
