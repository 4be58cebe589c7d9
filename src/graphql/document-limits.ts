import { type DocumentNode, GraphQLError, type GraphQLSchema, Lexer, parse, Source, TokenKind } from 'graphql'
import { badRequest, limitExceeded } from '../errors/api-error.ts'
import { type CachedDocument, createDocumentCache } from './document-cache.ts'
import { type DocumentSize, evaluateCost, measureDocument } from './document-size.ts'
import type { GraphQLParams } from './graphql-params.ts'
import { measureIntrospection } from './introspection-size.ts'
import { readWeights } from './weights.ts'

export type DocumentLimits = {
  readonly maxTokens: number
  readonly maxDepth: number
  readonly maxAliases: number
  readonly maxRootFields: number
  readonly maxDirectives: number
  readonly maxMergePairs: number
  readonly maxCost: number
}

/**
 * Rejects a request whose document exceeds a limit.
 * @param text the document's text, which may not be the one that was sent
 * @returns the parsed document; undefined for a syntax error, or without a text
 * @throws ApiError `LIMIT_EXCEEDED`, or `BAD_REQUEST` for a repeated directive
 */
export type CheckDocument = (params: GraphQLParams, text: unknown) => DocumentNode | undefined

/** Names are repeated in errors, logs and audit events. */
const MAX_NAME_LENGTH = 256

/**
 * Creates the check that runs before a document is validated or planned, which both cost more than the check. A syntax error
 * passes: Apollo Server reports it.
 * @param defaultPageSize the size of a page whose `first` is left out
 * @param documents the cache to which documents within the limits are added
 * @throws ScopeSchemaError for an invalid weight
 */
export function createCheckDocument(
  schema: GraphQLSchema,
  limits: DocumentLimits,
  defaultPageSize: number,
  documents = createDocumentCache(),
): CheckDocument {
  const options = {
    defaultPageSize,
    introspectionSizes: measureIntrospection(schema),
    weights: readWeights(schema),
  }

  return function checkDocument({ operationName, variables }, text) {
    if (typeof operationName === 'string') checkNameLength(operationName.length)
    if (typeof text !== 'string') return undefined
    const checked = documents.find(text) ?? addDocument(text)
    if (!checked) return undefined
    for (const { name, cost, variableDefaults } of checked.size.operations) {
      if (typeof operationName === 'string' && operationName !== name) continue
      const sent: Readonly<Record<string, unknown>> = Object(variables)
      const getVariable = (variable: string) =>
        Object.hasOwn(sent, variable) ? sent[variable] : variableDefaults.get(variable)
      const sum = Math.ceil(evaluateCost(cost, getVariable))
      if (sum > limits.maxCost)
        throw limitExceeded(`The document costs ${sum}; at most ${limits.maxCost} is allowed (COST_LIMIT).`)
    }
    return checked.document
  }

  /** Parses, measures and caches a document. Returns undefined for a syntax error. */
  function addDocument(text: string): CachedDocument | undefined {
    if (countLines(text, limits.maxTokens) > limits.maxTokens)
      throw limitExceeded(`The document has more than ${limits.maxTokens} lines (TOKEN_LIMIT).`)
    try {
      const document = parse(text, { maxTokens: limits.maxTokens })
      const size = measureDocument(schema, document, options)
      checkSize(size, limits)
      return documents.add(text, document, size)
    } catch (error) {
      // The parser is recursive: this is a stack overflow.
      if (error instanceof RangeError) throw limitExceeded('The document is nested too deeply.')
      if (!(error instanceof GraphQLError)) throw error
      // The parser's error for too many tokens is an ordinary syntax error.
      if (countTokens(text, limits.maxTokens) > limits.maxTokens)
        throw limitExceeded(`The document has more than ${limits.maxTokens} tokens (TOKEN_LIMIT).`)
      return undefined
    }
  }
}

function checkSize(size: DocumentSize, limits: DocumentLimits): void {
  checkNameLength(size.nameLength)
  for (const { depth, rootFieldCount } of size.operations) {
    rejectAbove('DEPTH_LIMIT', limits.maxDepth, depth, 'levels of nested selections')
    rejectAbove('ROOT_FIELD_LIMIT', limits.maxRootFields, rootFieldCount, 'root fields')
  }
  rejectAbove('ALIAS_LIMIT', limits.maxAliases, size.aliasCount, 'aliases')
  rejectAbove('DIRECTIVE_LIMIT', limits.maxDirectives, size.directiveCount, 'directives')
  rejectAbove(
    'MERGE_LIMIT',
    limits.maxMergePairs,
    size.mergePairCount,
    'pairs of fields or fragments to merge',
  )
  // Validation reports this too, with at least one error for each.
  if (size.duplicateDirective !== undefined)
    throw badRequest(`@${size.duplicateDirective} must not be repeated in one location.`)
}

function checkNameLength(length: number): void {
  if (length > MAX_NAME_LENGTH)
    throw limitExceeded(`A name has ${length} characters; at most ${MAX_NAME_LENGTH} are allowed.`)
}

function rejectAbove(setting: string, limit: number, size: number, unit: string): void {
  if (size > limit)
    throw limitExceeded(`The document has ${size} ${unit}; at most ${limit} are allowed (${setting}).`)
}

/** Counts the lines of a document, up to one more than the limit. graphql-js counts them for each location of an error. */
function countLines(text: string, limit: number): number {
  const lineEnd = /\r\n?|\n/g
  let count = 1
  while (count <= limit && lineEnd.test(text)) count += 1
  return count
}

/** Counts the tokens of a document, up to one more than the limit. Returns 0 for an unknown character. */
function countTokens(text: string, limit: number): number {
  const lexer = new Lexer(new Source(text))
  try {
    for (let count = 0; ; count += 1)
      if (count > limit || lexer.advance().kind === TokenKind.EOF) return count
  } catch {
    return 0
  }
}
