import type { IncomingHttpHeaders } from 'node:http'
import {
  type ApolloServer,
  type BaseContext,
  type ContextThunk,
  HeaderMap,
  type HTTPGraphQLRequest,
} from '@apollo/server'
import type { Answer, Question } from '../exchange.ts'
import { badRequest } from '../refusal.ts'
import type { GraphQLRequest } from './document-limits.ts'
import type { Trust } from './trusted-documents.ts'

/** Headers that a browser sends at no other site's bidding: a request that has one is not forged. */
export const NEVER_BY_ITSELF = ['authorization', 'x-apollo-operation-name', 'apollo-require-preflight']
const JSON_TYPE = 'application/json'
const NOTHING_ELSE: ReadonlySet<string> = new Set([JSON_TYPE, '*/*'])
const READ_BY_APOLLO = ['accept', 'content-type', ...NEVER_BY_ITSELF]

type Request = Parameters<Trust>[0]
export type CheckDocument = (request: GraphQLRequest, text?: string) => void

/**
 * The road from a request to a started Apollo Server and back, whatever schema it has.
 * @param read names of the headers that Apollo Server is shown
 */
export function runner<Known extends BaseContext>(
  server: ApolloServer<Known>,
  checkDocument: CheckDocument,
  trust: Trust,
  read: readonly string[] = READ_BY_APOLLO,
) {
  return async function run(
    { method, headers, search, body }: Question,
    context: ContextThunk<Known>,
  ): Promise<Answer> {
    const parsed = parseBody(body)
    const request: Request = method === 'GET' ? fromSearch(search) : Object(parsed)
    const text = trust(request)
    checkDocument(request, text)
    const answer = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: sentAs(text, method, shown(method, headers, read), search, parsed),
      context,
    })
    if (answer.body.kind !== 'complete') throw new Error('an answer in parts was not asked for')
    const sent: Record<string, string> = { 'cache-control': 'no-store' }
    for (const [name, value] of answer.headers) sent[name] = value
    return { status: answer.status ?? 200, headers: sent, body: answer.body.string }
  }
}

/**
 * The headers that Apollo Server is shown: those that decide something. It reads a media type anew each time. A plain
 * JSON body beside a token is not forged on two counts, of which one is enough; and plain JSON is what it answers with
 * unless something else is asked for.
 */
function shown(method: string, headers: IncomingHttpHeaders, read: readonly string[]): HeaderMap {
  const map = new HeaderMap()
  const isPlain =
    method === 'POST' && headers['content-type'] === JSON_TYPE && headers.authorization !== undefined
  for (const name of read) {
    const value = headers[name]
    if (typeof value !== 'string') continue
    if (name === 'content-type' ? isPlain : name === 'accept' && NOTHING_ELSE.has(value)) continue
    map.set(name, value)
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
