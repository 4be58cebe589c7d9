import { Kind, parse } from 'graphql'
import type { Caller } from '../auth/caller.ts'
import { badRequest, notFound } from '../errors/api-error.ts'
import { toGraphQLErrors } from '../graphql/format-error.ts'
import {
  createJsonResponse,
  type HttpRequest,
  type HttpResponse,
  type OperationInfo,
  type Route,
} from '../lib/http-messages.ts'

/** Answers a request whose caller is known. */
export type AuthenticatedHandler = (
  request: HttpRequest,
  caller: Caller | undefined,
  addOperationInfo: (about: OperationInfo) => void,
) => Promise<HttpResponse>

type AuthenticatedRoute = Omit<Route, 'handler'> & { readonly handler: AuthenticatedHandler }

type Stored = {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly query: string
  readonly variables: (question: HttpRequest) => Record<string, unknown>
  readonly shape: (data: Readonly<Record<string, unknown>>) => HttpResponse
}

const FIELDS = 'id title author cost num_pages: numPages'

// Snake case is written in the documents: aliases name what goes out, variables what comes in.
const STORED: readonly Stored[] = [
  {
    method: 'GET',
    url: '/books',
    query: `query Books($first: PositiveInt, $after: ID, $author: String, $title: String) {
      books(first: $first, after: $after, filter: { author: $author, title: $title }) { ${FIELDS} }
    }`,
    variables: ({ search }) => {
      const { first, ...others } = readQuery(search)
      // What is no number stays text, and is refused as that.
      const count = Number(first)
      return first === undefined ? others : { ...others, first: Number.isFinite(count) ? count : first }
    },
    shape: ({ books }) => createJsonResponse(200, (books as RestBook[]).map(numbered)),
  },
  {
    method: 'GET',
    url: '/books/:id',
    query: `query Book($id: ID!) { book(id: $id) { ${FIELDS} } }`,
    variables: ({ params }) => ({ id: params.id }),
    shape: ({ book }) => {
      if (book) return createJsonResponse(200, numbered(book as RestBook))
      return createJsonResponse(404, { errors: toGraphQLErrors(notFound('There is no book with this id.')) })
    },
  },
  {
    method: 'POST',
    url: '/books',
    query: `mutation AddBook($id: ID, $title: String!, $author: String!, $cost: Float!, $num_pages: Int!) {
      addBook(input: { id: $id, title: $title, author: $author, cost: $cost, numPages: $num_pages }) { ${FIELDS} }
    }`,
    variables: ({ body }) => jsonObject(body),
    shape: ({ addBook }) => {
      const book = numbered(addBook as RestBook)
      return createJsonResponse(201, book, { location: `/books/${book.id}` })
    },
  },
]

/** They are this service's own, and always run. */
export const REST_DOCUMENTS = STORED.map(({ query }) => query)

function readQuery(search: string): Record<string, string> {
  const parameters = new URLSearchParams(search)
  for (const name of parameters.keys())
    if (parameters.getAll(name).length > 1) throw badRequest(`"${name}" is given more than once.`)
  return Object.fromEntries(parameters)
}

type RestBook = { readonly id: string }

const numbered = <T extends RestBook>(book: T) => ({ ...book, id: Number(book.id) })

/** The seed's REST calls as stored documents: they enter at GraphQL's door and have no checks of their own. */
export const createRestRoutes = (handleGraphQL: AuthenticatedHandler): AuthenticatedRoute[] =>
  STORED.map((stored) => restRoute(stored, handleGraphQL))

function restRoute(stored: Stored, graphql: AuthenticatedHandler): AuthenticatedRoute {
  const known = variableNames(stored.query)
  return {
    method: stored.method,
    url: stored.url,
    async handler(question, caller, tell) {
      const variables = stored.variables(question)
      const unknown = Object.keys(variables).find((name) => !known.has(name))
      if (unknown !== undefined)
        throw badRequest(`"${unknown}" is not known here. Known are ${[...known].join(', ')}.`)
      const answer = await graphql(asGraphQL(question, stored.query, variables), caller, tell)
      const { data, errors } = JSON.parse(answer.body) as GraphQLAnswer
      if (errors === undefined && data) return stored.shape(data)
      const { 'content-length': _, ...headers } = answer.headers
      const body = JSON.stringify({ errors: errors?.map(restError) })
      return { status: restStatus(answer.status, errors), headers, body }
    },
  }
}

function asGraphQL(question: HttpRequest, query: string, variables: Record<string, unknown>): HttpRequest {
  const headers = { ...question.headers, 'content-type': 'application/json' }
  return { ...question, method: 'POST', search: '', headers, body: JSON.stringify({ query, variables }) }
}

type RestError = {
  message: string
  path?: readonly (string | number)[]
  extensions?: { code?: string; faults?: { argument: string; message: string }[] }
}
type GraphQLAnswer = { data?: Record<string, unknown> | null; errors?: RestError[] }

const STATUS: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  ALREADY_EXISTS: 409,
  INTERNAL_SERVER_ERROR: 500,
}

function restStatus(status: number, errors: GraphQLAnswer['errors']): number {
  return status === 200 ? (STATUS[errors?.[0]?.extensions?.code ?? ''] ?? 500) : status
}

/** Faults of the input in REST's words: `num_pages`, where GraphQL says `input.numPages`. */
function restError({ message, path, extensions = {} }: RestError) {
  if (!extensions.faults) return { message, path, extensions }
  const faults = extensions.faults.map((fault) => ({ ...fault, argument: restName(fault.argument) }))
  const words = faults.map((fault) => `${fault.argument}: ${fault.message}`).join(' ')
  return { message: words, extensions: { ...extensions, argument: faults[0]?.argument, faults } }
}

const restName = (argument: string) =>
  argument.replace(/^input\./, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function variableNames(query: string): ReadonlySet<string> {
  const [operation] = parse(query).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('a stored document is not an operation')
  return new Set(operation.variableDefinitions?.map((one) => one.variable.name.value))
}

function jsonObject(body: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body ?? '')
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // Said below, as for JSON that is not an object.
  }
  throw badRequest('The body is not a JSON object.')
}
