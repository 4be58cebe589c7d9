import { GraphQLError, type GraphQLSchema, Lexer, parse, Source, TokenKind } from 'graphql'
import { LRUCache } from 'lru-cache'
import { badRequest, limitExceeded } from '../errors/api-error.ts'
import { getProvidedValue, type RawVariables } from '../scopes/index.ts'
import { type DocumentSize, evaluateCost, measureDocument } from './document-size.ts'
import { ENTRY_OVERHEAD_CHARACTERS } from './document-store.ts'

export type DocumentLimits = {
  readonly maxTokens: number
  readonly maxDepth: number
  readonly maxAliases: number
  readonly maxRootFields: number
  readonly maxDirectives: number
  readonly maxCost: number
}

/** What a request says, before anything of it is believed. */
export type UnvalidatedGraphQLRequest = {
  readonly query?: unknown
  readonly operationName?: unknown
  readonly variables?: unknown
}

/** Characters of known documents that are kept. */
const KEPT = 4_000_000

/**
 * Refuses a document that asks for too much, before it is validated or planned: both cost more than it does.
 * What it lets through it remembers by its text. A syntax error passes: Apollo Server has the words for it.
 * @returns what to check a request with, and its document where it came by another name
 * @throws Refusal `LIMIT_EXCEEDED`
 */
export function createCheckDocument(schema: GraphQLSchema, limits: DocumentLimits, defaultPageSize: number) {
  const known = new LRUCache<string, DocumentSize>({
    maxSize: KEPT,
    sizeCalculation: (_, query) => query.length + ENTRY_OVERHEAD_CHARACTERS,
  })

  return function checkDocument(
    { query: sent, operationName, variables }: UnvalidatedGraphQLRequest,
    query = sent,
  ): void {
    if (typeof query !== 'string') return
    let size = known.get(query)
    if (!size) {
      size = read(query)
      if (!size) return
      known.set(query, size)
    }
    for (const { name, cost, variableDefaults } of size.operations)
      if (typeof operationName !== 'string' || operationName === name) {
        const pageOf = (variable: string) =>
          pageSize(variable, Object(variables), variableDefaults) ?? defaultPageSize
        atMost(
          'COST_LIMIT',
          limits.maxCost,
          evaluateCost(cost, pageOf),
          'fields to answer, pages counted in full',
        )
      }
  }

  function read(query: string): DocumentSize | undefined {
    const size = sizeOf(query)
    if (!size) return undefined
    for (const { depth, rootFieldCount } of size.operations) {
      atMost('DEPTH_LIMIT', limits.maxDepth, depth, 'selections in each other')
      atMost('ROOT_FIELD_LIMIT', limits.maxRootFields, rootFieldCount, 'fields at the root')
    }
    atMost('ALIAS_LIMIT', limits.maxAliases, size.aliasCount, 'aliases')
    atMost('DIRECTIVE_LIMIT', limits.maxDirectives, size.directiveCount, 'directives')
    // Validation would say so too, with an error or more for each.
    if (size.duplicateDirective !== undefined)
      throw badRequest(`@${size.duplicateDirective} may stand only once in one place of the document.`)
    return size
  }

  function sizeOf(query: string): DocumentSize | undefined {
    try {
      const document = parse(query, { noLocation: true, maxTokens: limits.maxTokens })
      return measureDocument(schema, document, defaultPageSize)
    } catch (error) {
      // The parser calls itself for each level, and ran out of stack.
      if (!(error instanceof GraphQLError)) throw limitExceeded('The document is nested too deeply.')
      // Of a document with too many tokens it says no more than of one that is wrong.
      if (countTokens(query, limits.maxTokens) > limits.maxTokens)
        throw limitExceeded(`The document has more than ${limits.maxTokens} tokens (TOKEN_LIMIT).`)
      return undefined
    }
  }
}

/** Undefined when nobody says, or what is said is no size and will be refused as that. */
function pageSize(
  variable: string,
  sent: RawVariables,
  defaults: ReadonlyMap<string, unknown>,
): number | undefined {
  const value = getProvidedValue(variable, defaults.get(variable), sent)
  return typeof value === 'number' && value > 0 ? value : undefined
}

function atMost(setting: string, limit: number, size: number, what: string): void {
  if (size > limit)
    throw limitExceeded(`The document has ${size} ${what}; ${limit} are the most (${setting}).`)
}

/** Counts no further than one over the limit; a character that GraphQL does not know ends the count. */
function countTokens(query: string, limit: number): number {
  const lexer = new Lexer(new Source(query))
  try {
    for (let count = 0; ; count += 1)
      if (count > limit || lexer.advance().kind === TokenKind.EOF) return count
  } catch {
    return 0
  }
}
