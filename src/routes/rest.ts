import { badRequest, notFound } from '../errors/api-error.ts'
import { API_ERROR_STATUSES, type InputIssue } from '../errors/error-details.ts'
import type { Context } from '../graphql/context.ts'
import type { Execute, GraphQLResult } from '../graphql/execute.ts'
import { toGraphQLErrors } from '../graphql/format-error.ts'
import { createJsonResponse, type HttpRequest, type HttpResponse } from '../lib/http-messages.ts'
import type { AuthenticatedRoute } from './authenticate-request.ts'

/** A REST endpoint: a GraphQL document, its variables, and the response made of its data. */
type RestEndpoint = {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly query: string
  readonly parseVariables: (request: HttpRequest) => Record<string, unknown>
  readonly toResponse: (
    data: Readonly<Record<string, unknown>>,
    apiUrl: string,
    search: string,
  ) => HttpResponse
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
    parseVariables({ search }) {
      const { first, ...others } = parseSearch(search)
      if (first === undefined) return others
      // Text that is not a number is passed on, so that GraphQL rejects it.
      const count = Number(first)
      return { ...others, first: Number.isFinite(count) ? count : first }
    },
    toResponse({ books }, apiUrl, search) {
      const { edges, pageInfo } = books as RestPage
      const headers = pageInfo.hasNextPage ? { link: formatNextLink(apiUrl, search, pageInfo.endCursor) } : {}
      const list = edges.map(({ node }) => withNumericId(node))
      return createJsonResponse(200, list, headers)
    },
  },
  {
    method: 'GET',
    url: '/books/:id',
    query: `query Book($id: ID!) { book(id: $id) { ${BOOK_FIELDS} } }`,
    parseVariables: ({ params }) => ({ id: params.id }),
    toResponse({ book }) {
      if (book) return createJsonResponse(200, withNumericId(book as RestBook))
      return createJsonResponse(404, { errors: toGraphQLErrors(notFound('There is no book with this id.')) })
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
    parseVariables: ({ body }) => parseJsonObject(body),
    toResponse({ addBook }, apiUrl) {
      const book = withNumericId(addBook as RestBook)
      return createJsonResponse(201, book, { location: `${getBooksPath(apiUrl)}/${book.id}` })
    },
  },
]

/**
 * Returns the REST routes of the original Python service. Each is a stored GraphQL document, executed like any other:
 * scopes, limits and input are checked in the same place.
 * @param getApiUrl returns the API's public URL, which may have a path
 */
export const createRestRoutes = (execute: Execute<Context>, getApiUrl: () => string): AuthenticatedRoute[] =>
  ENDPOINTS.map(({ method, url, query, parseVariables, toResponse }) => {
    const variableNames = new Set([...query.matchAll(/\$(\w+)/g)].map(([, name]) => name))
    async function handler(request: HttpRequest, context: Context): Promise<HttpResponse> {
      const variables = parseVariables(request)
      const unknown = Object.keys(variables).find((name) => !variableNames.has(name))
      if (unknown !== undefined)
        throw badRequest(
          `Unknown parameter "${unknown}". Allowed parameters: ${[...variableNames].join(', ')}.`,
        )
      const result = await execute({ query, variables }, context)
      if (result.errors || !result.data) return toErrorResponse(result)
      return toResponse(result.data, getApiUrl(), request.search)
    }
    return { method, url, handler }
  })

function parseSearch(search: string): Record<string, string> {
  const parameters = new URLSearchParams(search)
  for (const name of parameters.keys())
    if (parameters.getAll(name).length > 1) throw badRequest(`"${name}" must be given once.`)
  return Object.fromEntries(parameters)
}

function parseJsonObject(body: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body ?? '')
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // Rejected below.
  }
  throw badRequest('The body must be a JSON object.')
}

const getBooksPath = (apiUrl: string) => new URL(`${apiUrl}/books`).pathname

/** Formats the link to the page after a cursor, with the other parameters of this page (RFC 8288 §3). */
function formatNextLink(apiUrl: string, search: string, cursor: string | null): string {
  const parameters = new URLSearchParams(search)
  parameters.set('after', String(cursor))
  return `<${getBooksPath(apiUrl)}?${parameters}>; rel="next"`
}

const withNumericId = <Book extends RestBook>(book: Book) => ({ ...book, id: Number(book.id) })

/** Returns the response to a failed operation. Its status is that of the first error's code where GraphQL responds with 200. */
export function toErrorResponse({ status, headers, errors = [] }: GraphQLResult): HttpResponse {
  const statuses: Readonly<Record<string, number>> = API_ERROR_STATUSES
  const code = String(errors[0]?.extensions?.code)
  return createJsonResponse(
    status === 200 ? (statuses[code] ?? 500) : status,
    { errors: errors.map(toRestError) },
    Object.fromEntries(headers),
  )
}

/** Renames the arguments of an input error: `num_pages` in place of `input.numPages`. */
function toRestError({ message, path, extensions = {} }: NonNullable<GraphQLResult['errors']>[number]) {
  if (!extensions.faults) return { message, path, extensions }
  const issues = (extensions.faults as InputIssue[]).map((issue) => ({
    ...issue,
    argument: toRestName(issue.argument),
  }))
  return {
    message: issues.map(({ argument, message: text }) => `${argument}: ${text}`).join(' '),
    extensions: { ...extensions, argument: issues[0]?.argument, faults: issues },
  }
}

const toRestName = (argument: string) =>
  argument.replace(/^input\./, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
