import { badRequest, notFound } from '../errors/api-error.ts'
import { parsePageInput } from '../graphql/book-input.ts'
import type { Context } from '../graphql/context.ts'
import type { DescribeDocument, DocumentDescription } from '../graphql/describe-document.ts'
import type { Execute } from '../graphql/execute.ts'
import { parseJsonBody } from '../graphql/graphql-params.ts'
import { createJsonResponse, type HttpRequest, type HttpResponse } from '../lib/http-messages.ts'
import type { AuthenticatedRoute } from './authenticate-request.ts'
import { createRestErrorResponse, type RestError } from './rest-error.ts'

/** A REST endpoint: a GraphQL document, and the response made of its data. */
type RestEndpoint = {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** Its variables are the parameters of the path and of the query string, or the members of the body. */
  readonly query: string
  readonly toResponse: (result: RestResult) => HttpResponse
}

export type DescribedEndpoint = RestEndpoint & DocumentDescription

type RestResult = {
  readonly data: Readonly<Record<string, unknown>>
  readonly apiUrl: string
  readonly search: string
}

type RestBook = { readonly id: string }

type RestPage = {
  readonly edges: readonly { readonly node: RestBook }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

const BOOK_FIELDS = 'id title author cost num_pages: numPages'

// The documents translate to snake case: aliases name the fields of responses, variables those of requests.
const ENDPOINTS: readonly RestEndpoint[] = [
  {
    method: 'GET',
    url: '/books',
    query: `query Books($first: Int, $after: ID, $author: String, $title: String) {
      books: booksConnection(first: $first, after: $after, filter: { author: $author, title: $title }) {
        edges { node { ${BOOK_FIELDS} } }
        pageInfo { hasNextPage endCursor }
      }
    }`,
    toResponse({ data, apiUrl, search }) {
      const { edges, pageInfo } = data.books as RestPage
      const headers = pageInfo.hasNextPage ? { link: formatNextLink(apiUrl, search, pageInfo.endCursor) } : {}
      const list = edges.map(({ node }) => withNumericId(node))
      return createJsonResponse(200, list, headers)
    },
  },
  {
    method: 'GET',
    url: '/books/:id',
    query: `query Book($id: ID!) { book(id: $id) { ${BOOK_FIELDS} } }`,
    toResponse({ data: { book } }) {
      if (!book) throw notFound('There is no book with this id.')
      return createJsonResponse(200, withNumericId(book as RestBook))
    },
  },
  {
    method: 'POST',
    url: '/books',
    query: `mutation AddBook($id: ID, $title: String!, $author: String!, $cost: Float!, $num_pages: Int!) {
      addBook(input: { id: $id, title: $title, author: $author, cost: $cost, numPages: $num_pages }) {
        ${BOOK_FIELDS}
      }
    }`,
    toResponse({ data: { addBook }, apiUrl }) {
      const book = withNumericId(addBook as RestBook)
      return createJsonResponse(201, book, { location: `${getBooksPath(apiUrl)}/${book.id}` })
    },
  },
]

/** Returns the endpoints with the descriptions of their documents. */
export const describeEndpoints = (describeDocument: DescribeDocument): readonly DescribedEndpoint[] =>
  ENDPOINTS.map((endpoint) => ({ ...endpoint, ...describeDocument(endpoint.query) }))

/**
 * Returns the REST routes. Each is a stored GraphQL document, executed like any other: scopes, limits and input are
 * checked in the same place.
 * @param getApiUrl returns the API's public URL, which may have a path
 */
export const createRestRoutes = (
  endpoints: readonly DescribedEndpoint[],
  execute: Execute<Context>,
  getApiUrl: () => string,
  maxJsonDepth: number,
): AuthenticatedRoute[] =>
  endpoints.map(({ method, url, query, requiredScopes, variables, toResponse }) => {
    const requiresToken = requiredScopes.length > 0
    async function handler(request: HttpRequest, context: Context): Promise<HttpResponse> {
      // Without a token the operation is rejected before its variables are read, and perhaps before the body has arrived.
      const isRejected = requiresToken && context.caller === undefined
      const values = isRejected ? {} : parseVariables(request, variables, maxJsonDepth)
      // Checked before the limits of documents, whose error names a cost and no parameter.
      if (values.first) parsePageInput({ first: Number(values.first) }, context.limits.maxPageSize)
      const result = await execute({ query, variables: values }, context)
      if (result.data && !result.errors)
        return toResponse({ data: result.data, apiUrl: getApiUrl(), search: request.search })
      const errors = result.errors?.map((error) => describeVariableError(error, variables))
      return createRestErrorResponse({ ...result, errors })
    }
    return { method, url, requiresToken, handler }
  })

type Variables = DocumentDescription['variables']

function parseVariables(
  { method, search, params, body }: HttpRequest,
  variables: Variables,
  maxDepth: number,
) {
  const values = method === 'POST' ? parseJsonObject(body, maxDepth) : parseSearch(search, variables)
  const names = variables.map(({ name }) => name).filter((name) => !(name in params))
  const unknown = Object.keys(values).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw badRequest(`Unknown parameter "${unknown}". Allowed parameters: ${names.join(', ') || 'none'}.`)
  return { ...values, ...params }
}

/** Parses a query string. Text that should be a number and is not is passed on, so that GraphQL rejects it. */
function parseSearch(search: string, variables: Variables): Record<string, unknown> {
  const integers = variables.filter(({ schema }) => schema.type === 'integer').map(({ name }) => name)
  const isInteger = (name: string, text: string) => integers.includes(name) && /^-?\d+$/.test(text)
  const values = new Map<string, unknown>()
  for (const [name, text] of new URLSearchParams(search)) {
    if (values.has(name)) throw badRequest(`"${name}" must be given once.`)
    values.set(name, isInteger(name, text) ? Number(text) : text)
  }
  return Object.fromEntries(values)
}

function parseJsonObject(body: string | undefined, maxDepth: number): Record<string, unknown> {
  const value = parseJsonBody(body, maxDepth)
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw badRequest('The body must be a JSON object.')
}

/** Replaces the message of a variable's error, which is in the terms of GraphQL. */
function describeVariableError(error: RestError, variables: Variables): RestError {
  const argument = /^Variable "\$(\w+)"/.exec(error.message)?.[1]
  const variable = variables.find(({ name }) => name === argument)
  if (!variable) return error
  const { schema, isRequired } = variable
  const article = schema.type === 'integer' ? 'an' : 'a'
  const minimum = schema.minimum === undefined ? '' : ` of at least ${schema.minimum}`
  const message = `${isRequired ? 'is required and ' : ''}must be ${article} ${schema.type}${minimum}.`
  return { ...error, extensions: { ...error.extensions, faults: [{ argument, message }] } }
}

const getBooksPath = (apiUrl: string) => new URL(`${apiUrl}/books`).pathname

/** Formats the link to the page after a cursor, with the other parameters of this page (RFC 8288 §3). */
function formatNextLink(apiUrl: string, search: string, cursor: string | null): string {
  const parameters = new URLSearchParams(search)
  parameters.set('after', String(cursor))
  return `<${getBooksPath(apiUrl)}?${parameters}>; rel="next"`
}

const withNumericId = <Book extends RestBook>(book: Book) => ({ ...book, id: Number(book.id) })
