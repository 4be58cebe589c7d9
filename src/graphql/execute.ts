import type { IncomingHttpHeaders } from 'node:http'
import {
  type GraphQLRequest as ApolloRequest,
  type ApolloServer,
  type BaseContext,
  HeaderMap,
} from '@apollo/server'
import type { DocumentNode, GraphQLError, GraphQLFormattedError } from 'graphql'
import { badRequest } from '../errors/api-error.ts'
import { type GraphQLContentType, negotiateContentType } from '../lib/graphql-content-type.ts'
import type { HttpRequest, HttpResponse } from '../lib/http-messages.ts'
import { isPlainJson, toPlainRequest } from './apollo-fast-paths.ts'
import type { CheckDocument } from './document-limits.ts'
import {
  type GraphQLParams,
  type GraphQLRequest,
  parseJsonBody,
  parseSearchParams,
} from './graphql-params.ts'
import type { ResolveDocument } from './trusted-documents.ts'

/** Request headers that a browser does not send cross-site without a preflight (Apollo Server's CSRF prevention). */
export const CSRF_PREVENTION_HEADERS = [
  'authorization',
  'x-apollo-operation-name',
  'apollo-require-preflight',
]
const APOLLO_HEADERS = ['content-type', ...CSRF_PREVENTION_HEADERS]

const NOT_ACCEPTABLE = 'Accept must allow application/graphql-response+json or application/json.'

/** The result of a GraphQL request, and what an HTTP response adds to it. */
export type GraphQLResult = {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly errors?: readonly GraphQLFormattedError[] | undefined
  readonly data?: Readonly<Record<string, unknown>> | null | undefined
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/** Executes a GraphQL request: parsing, validation, authorization, resolvers. Its errors are in the result. */
export type Execute<Context> = (request: GraphQLRequest, context: Context) => Promise<GraphQLResult>

type ExecuteOptions<Context extends BaseContext> = {
  readonly server: ApolloServer<Context>
  /** Returns the id by which Apollo Server's caches find a text. Texts without an id are sent to Apollo Server. */
  readonly findQueryId?: (text: string) => string | undefined
}

/** Creates the entry point of GraphQL for requests within the document limits, which HTTP and REST share. */
export function createExecute<Context extends BaseContext>({
  server,
  findQueryId,
}: ExecuteOptions<Context>): Execute<Context> {
  return async function execute(request, contextValue) {
    const { http, body } = await server.executeOperation(toApolloRequest(request), { contextValue })
    if (body.kind !== 'single') throw new Error('Incremental delivery is not supported.')
    const { errors, data, extensions } = body.singleResult
    return { status: http.status ?? 200, headers: http.headers, errors, data, extensions }
  }

  function toApolloRequest({ query, operationName, variables }: GraphQLRequest): ApolloRequest {
    const id = findQueryId?.(query)
    const request: ApolloRequest =
      id === undefined ? { query } : { extensions: { persistedQuery: { version: 1, sha256Hash: id } } }
    if (operationName !== undefined) request.operationName = operationName
    if (variables !== undefined) request.variables = variables
    return request
  }
}

/** Executes a GraphQL request that came by HTTP, by POST or GET. */
export type ExecuteHttp<Context> = (request: HttpRequest, context: Context) => Promise<HttpResponse>

/** The rejection of a request before it is executed. */
export type Rejection = {
  /** The error to throw for Apollo Server. Its extensions have the status and the headers of the response. */
  readonly error: GraphQLError
  /** The errors of the response. */
  readonly errors: readonly GraphQLFormattedError[]
}

/**
 * Returns the rejection of an anonymous request whose operation requires scopes, as authorization would reject it after
 * validation; undefined for any other request. Not checked: that the document is valid.
 */
export type RejectAnonymous<Context> = (
  method: string,
  params: GraphQLParams,
  document: DocumentNode,
  context: Context,
) => Rejection | undefined

/**
 * Returns the rejection of a request whose operation is valid, and was denied to some caller before, if the scopes of this
 * one do not suffice: authorization in Apollo Server would reject it so at twice the cost.
 */
export type RejectRepeated<Context> = (
  params: GraphQLParams,
  document: DocumentNode,
  context: Context,
) => Rejection | undefined

type ExecuteHttpOptions<Context extends BaseContext> = Omit<ExecuteOptions<Context>, 'findQueryId'> & {
  readonly execute: Execute<Context>
  readonly checkDocument: CheckDocument
  readonly resolveDocument: ResolveDocument
  readonly rejectAnonymous: RejectAnonymous<Context>
  readonly rejectRepeated: RejectRepeated<Context>
  readonly maxJsonDepth: number
}

/**
 * Creates the HTTP side of GraphQL. Plain JSON requests are executed directly; Apollo Server handles all others, with
 * its CSRF prevention and errors for malformed requests.
 */
export function createExecuteHttp<Context extends BaseContext>({
  server,
  execute,
  checkDocument,
  resolveDocument,
  rejectAnonymous,
  rejectRepeated,
  maxJsonDepth,
}: ExecuteHttpOptions<Context>): ExecuteHttp<Context> {
  return async function executeHttp(request, context) {
    const contentType = negotiateContentType(request.headers.accept)
    // Apollo Server would answer 406 after the execution, when a mutation has written.
    if (!contentType) throw badRequest(NOT_ACCEPTABLE, 406)
    const body = parseJsonBody(request.body, maxJsonDepth)
    const sent: GraphQLParams =
      request.method === 'GET' ? parseSearchParams(request.search, maxJsonDepth) : Object(body)
    // First of all, because the time of every other step grows with the document.
    const sentDocument = checkDocument(sent, sent.query)
    const resolvedText = resolveDocument(sent)
    const text = resolvedText ?? sent.query
    const document = resolvedText === undefined ? sentDocument : checkDocument(sent, resolvedText)
    const rejection = document && rejectAnonymous(request.method, sent, document, context)
    const canSkipExtensions = resolvedText !== undefined || !('extensions' in sent)
    const plainRequest = canSkipExtensions && isPlainJson(request) ? toPlainRequest(text, sent) : undefined
    if (plainRequest) {
      const rejected = rejection ?? (document && rejectRepeated(sent, document, context))
      return toHttpResponse(rejected ? toResult(rejected) : await execute(plainRequest, context), contentType)
    }
    const response = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method,
        headers: selectApolloHeaders(request.headers, contentType),
        ...(resolvedText === undefined
          ? { search: request.search, body }
          : replaceDocument(request.search, body, resolvedText)),
      },
      // Called after the CSRF prevention, and before the parameters and the document are validated.
      context: async () => {
        if (rejection) throw rejection.error
        return context
      },
    })
    if (response.body.kind !== 'complete') throw new Error('Incremental delivery is not supported.')
    const headers = { 'cache-control': 'no-store', ...Object.fromEntries(response.headers) }
    return { status: response.status ?? 200, headers, body: response.body.string }
  }
}

/** Returns the result that Apollo Server would return for a rejection. */
function toResult({ error, errors }: Rejection): GraphQLResult {
  const { http } = error.extensions as { http: Pick<GraphQLResult, 'status' | 'headers'> }
  return { ...http, errors }
}

/** Serializes a result exactly as Apollo Server does. */
function toHttpResponse(
  { status, headers, errors, data, extensions }: GraphQLResult,
  contentType: GraphQLContentType,
): HttpResponse {
  const fields: Record<string, string> = { 'cache-control': 'no-store', 'content-type': contentType }
  for (const [name, value] of headers) fields[name] = value
  return { status, headers: fields, body: `${JSON.stringify({ errors, data, extensions })}\n` }
}

/** Returns the headers that Apollo Server reads. Its negotiation has the one content type to choose from. */
function selectApolloHeaders(headers: IncomingHttpHeaders, contentType: GraphQLContentType): HeaderMap {
  const map = new HeaderMap([['accept', contentType]])
  for (const name of APOLLO_HEADERS) {
    const value = headers[name]
    if (typeof value === 'string') map.set(name, value)
  }
  return map
}

/** Puts the document's text in place of its id, in the query string and in the body: Apollo Server reads one of them. */
function replaceDocument(search: string, body: unknown, text: string) {
  const { documentId: _, extensions: __, ...rest } = Object(body)
  const parameters = new URLSearchParams(search)
  parameters.delete('documentId')
  parameters.delete('extensions')
  parameters.set('query', text)
  return { search: `?${parameters}`, body: { ...rest, query: text } }
}
