import type { IncomingHttpHeaders } from 'node:http'
import {
  type GraphQLRequest as ApolloRequest,
  type ApolloServer,
  type BaseContext,
  type ContextThunk,
  type GraphQLResponse,
  HeaderMap,
  type HTTPGraphQLRequest,
} from '@apollo/server'
import { badRequest } from '../errors/api-error.ts'
import { type HttpRequest, type HttpResponse, JSON_CONTENT_TYPE } from '../lib/http-messages.ts'
import type { UnvalidatedGraphQLRequest } from './document-limits.ts'
import type { ResolveTrustedDocument } from './trusted-documents.ts'

/** Headers that a browser sends at no other site's bidding: a request that has one is not forged. */
export const CSRF_PREVENTION_HEADERS = [
  'authorization',
  'x-apollo-operation-name',
  'apollo-require-preflight',
]
const PLAIN_JSON = 'application/json'
const NOTHING_ELSE: ReadonlySet<string> = new Set([PLAIN_JSON, '*/*'])
const READ_BY_APOLLO = ['accept', 'content-type', ...CSRF_PREVENTION_HEADERS]

type Request = Parameters<ResolveTrustedDocument>[0]
export type CheckDocument = (request: UnvalidatedGraphQLRequest, resolvedText?: string) => void

type Parts<Known extends BaseContext> = {
  readonly server: ApolloServer<Known>
  readonly checkDocument: CheckDocument
  readonly trust: ResolveTrustedDocument
  /** Names of the headers that Apollo Server is shown; the usual ones if left out. */
  readonly read?: readonly string[]
  /** A name by which Apollo Server's cache of persisted queries has a text; left out: it has none. */
  readonly nameOf?: (text: string) => string
}

/** The road from a request to a started Apollo Server and back, whatever schema it has. */
export function createExecuteRequest<Known extends BaseContext>({
  server,
  checkDocument,
  trust: resolveTrustedDocument,
  read: headerNames = READ_BY_APOLLO,
  nameOf: assignQueryId,
}: Parts<Known>) {
  const others = headerNames.filter((name) => !READ_BY_APOLLO.includes(name))
  return async function run(
    { method, headers, search, body }: HttpRequest,
    context: ContextThunk<Known>,
  ): Promise<HttpResponse> {
    const parsed = parseBody(body)
    const request: Request = method === 'GET' ? fromSearch(search) : Object(parsed)
    checkHash(request)
    const text = resolveTrustedDocument(request)
    checkDocument(request, text)
    // The same pipeline, without the reading of HTTP in front.
    const isPlain =
      text === undefined && isPlainJson(method, headers) && !others.some((name) => headers[name])
    const plain = isPlain ? plainRequest(parsed, assignQueryId) : undefined
    // Where there is no context, Apollo Server has its own words for it on the other road.
    const contextValue = plain && (await context().catch(() => undefined))
    if (contextValue) return answerOf(await server.executeOperation(plain, { contextValue }))
    const answer = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: sentAs(text, method, shown(headers, headerNames), search, parsed),
      context,
    })
    if (answer.body.kind !== 'complete') throw new Error('an answer in parts was not asked for')
    const sent: Record<string, string> = { 'cache-control': 'no-store' }
    for (const [name, value] of answer.headers) sent[name] = value
    return { status: answer.status ?? 200, headers: sent, body: answer.body.string }
  }
}

/** Apollo Server makes text of whatever stands in a hash's place, and fails where it cannot. */
function checkHash({ extensions }: Request): void {
  if (!extensions) return
  const { sha256Hash } = Object(Object(extensions).persistedQuery) as { sha256Hash?: unknown }
  if (sha256Hash !== undefined && typeof sha256Hash !== 'string') throw badRequest('A sha256Hash is text.')
}

/**
 * Where Apollo Server's reading of HTTP has nothing to refuse, and nothing to choose: JSON that no form of another site
 * can send, which wants JSON. It reads each media type anew, several times for each request.
 */
const isPlainJson = (method: string, { 'content-type': type, accept }: IncomingHttpHeaders) =>
  method === 'POST' && type === PLAIN_JSON && (accept === undefined || NOTHING_ELSE.has(accept))

/** @returns undefined where Apollo Server may have something to say of its shape; whatever else is in it is left out */
function plainRequest(parsed: unknown, nameOf?: (text: string) => string): ApolloRequest | undefined {
  if (!isRecord(parsed) || 'extensions' in parsed) return undefined
  const { query, operationName, variables } = parsed
  if (typeof query !== 'string' || query === '') return undefined
  if (operationName !== undefined && typeof operationName !== 'string') return undefined
  if (variables !== undefined && !isRecord(variables)) return undefined
  const request: ApolloRequest = nameOf
    ? { extensions: { persistedQuery: { version: 1, sha256Hash: nameOf(query) } } }
    : { query }
  if (operationName !== undefined) request.operationName = operationName
  if (variables !== undefined) request.variables = variables
  return request
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** As Apollo Server writes an answer: errors in front, and a line's end behind. */
function answerOf({ http, body }: GraphQLResponse): HttpResponse {
  if (body.kind !== 'single') throw new Error('an answer in parts was not asked for')
  const { errors, data, extensions } = body.singleResult
  const headers: Record<string, string> = { 'cache-control': 'no-store', 'content-type': JSON_CONTENT_TYPE }
  for (const [name, value] of http.headers) headers[name] = value
  return { status: http.status ?? 200, headers, body: `${JSON.stringify({ errors, data, extensions })}\n` }
}

/** The headers that Apollo Server is shown. */
function shown(headers: IncomingHttpHeaders, read: readonly string[]): HeaderMap {
  const map = new HeaderMap()
  for (const name of read) {
    const value = headers[name]
    if (typeof value === 'string') map.set(name, value)
  }
  return map
}

/** What Apollo Server is given: the request as it came, or with the document that it named. */
function sentAs(
  text: string | undefined,
  method: string,
  headers: HeaderMap,
  search: string,
  parsed: unknown,
): HTTPGraphQLRequest {
  if (text === undefined) return { method, headers, search, body: parsed }
  const { documentId: _, extensions: __, ...body } = Object(parsed)
  const parameters = new URLSearchParams(search)
  for (const name of ['documentId', 'extensions']) parameters.delete(name)
  // Whichever of the two Apollo Server reads; the other one is not looked at.
  parameters.set('query', text)
  return { method, headers, search: `?${parameters}`, body: { ...body, query: text } }
}

function fromSearch(search: string): Request {
  const parameters = new URLSearchParams(search)
  const json = (name: string): unknown => {
    try {
      return JSON.parse(parameters.get(name) ?? '{}')
    } catch {
      // Apollo Server says so.
      return undefined
    }
  }
  const operationName = parameters.get('operationName') ?? undefined
  const variables = json('variables')
  return {
    query: parameters.get('query'),
    operationName,
    variables,
    documentId: parameters.get('documentId'),
    extensions: json('extensions'),
  }
}

function parseBody(body: string | undefined): unknown {
  if (body === undefined || body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    throw badRequest('The body is not JSON.')
  }
}
