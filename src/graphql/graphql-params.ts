import { badRequest } from '../errors/api-error.ts'

/** The parameters of a GraphQL request as the client sent them, not validated (GraphQL over HTTP, "Request Parameters"). */
export type GraphQLParams = {
  readonly query?: unknown
  readonly operationName?: unknown
  readonly variables?: unknown
  readonly extensions?: unknown
  /** Names a trusted document (GraphQL over HTTP, appendix A). */
  readonly documentId?: unknown
}

/** A GraphQL request with a document, whose parameters have the right types. */
export type GraphQLRequest = {
  readonly query: string
  readonly operationName?: string | undefined
  readonly variables?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Parses a JSON body.
 * @returns undefined for an empty body
 * @throws ApiError `BAD_REQUEST` for invalid JSON and for JSON that is nested too deeply
 */
export function parseJsonBody(body: string | undefined, maxDepth: number): unknown {
  if (body === undefined || body === '') return undefined
  const value = parseJson(body)
  if (value === undefined) throw badRequest('The body is not valid JSON.')
  return checkDepth(value, maxDepth, 'The body')
}

/**
 * Reads the parameters of a GET request from its query string. Invalid JSON is left for Apollo Server to reject.
 * @throws ApiError `BAD_REQUEST` for JSON that is nested too deeply
 */
export function parseSearchParams(search: string, maxDepth: number): GraphQLParams {
  const parameters = new URLSearchParams(search)
  return {
    query: parameters.get('query'),
    operationName: parameters.get('operationName') ?? undefined,
    variables: checkDepth(parseJson(parameters.get('variables')), maxDepth, '`variables`'),
    documentId: parameters.get('documentId'),
    extensions: checkDepth(parseJson(parameters.get('extensions')), maxDepth, '`extensions`'),
  }
}

/** Parses JSON. Returns undefined, which JSON cannot express, for invalid JSON. */
function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '{}')
  } catch {
    return undefined
  }
}

/** Returns the value. Code that walks it later is recursive: a deep value would overflow the stack there. */
function checkDepth(value: unknown, maxDepth: number, name: string): unknown {
  if (isDeeperThan(maxDepth, value))
    throw badRequest(`${name} must have at most ${maxDepth} levels of nested JSON (JSON_DEPTH_LIMIT).`)
  return value
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) return value.some((item) => isDeeperThan(levels - 1, item))
  // Object.values() takes twice as long for the small objects of most bodies.
  for (const key in value)
    if (isDeeperThan(levels - 1, (value as Readonly<Record<string, unknown>>)[key])) return true
  return false
}
