import { UsageError } from '../../src/errors/exit-error.ts'
import type { DatabaseKind } from '../support/bench-fixture.ts'
import type { BenchIssuer } from '../support/issuer.ts'
import type { LoadRequest } from '../support/load-generator.ts'
import { formatNumber, PLACEHOLDER, type RequestTemplate } from '../support/request-template.ts'
import { type Book, exampleBook, FIRST_BOOKS } from './peers/first-books.ts'

/** A kind of request that is measured on several servers. */
export interface RequestRow {
  /** The name for `--rows`. */
  readonly name: string
  readonly title: string
  /** Names of the peers; the GraphQL servers by default. */
  readonly peers?: readonly string[]
  /** Books in the database before the measurement. */
  readonly books?: number
  /** The connections, in place of the option's. */
  readonly connections?: number
  /** The kind of the database of each server; in memory by default. A row with PostgreSQL is measured only by its name. */
  readonly database?: DatabaseKind
  /** Prepares the requests and their tokens before anything is measured. */
  prepare(issuer: BenchIssuer): Promise<RequestTemplate>
  /** @param number the request's, counted from 0 for each server */
  expected(server: string, number: number): ExpectedResponse
}

interface ExpectedResponse {
  readonly status: number
  /** Compared with the body, except for the id of an added book. */
  readonly body?: unknown
  /** Compared with the code of the first error. */
  readonly code?: string
}

export const GRAPHQL_PEERS: readonly string[] = ['mercurius', 'yoga', 'apollo-standalone']
const READ = ['fakebookapi.read']
const ADMIN = ['fakebookapi.admin']
const FIELDS = 'id title author cost numPages'
const PAGE_SIZE = 100
/** More than any cache holds (10,000 here), so that each token was evicted before it returns. */
const UNCACHED_TOKENS = 12_000

const bookBody = (operation = 'Book') =>
  graphqlBody(`query ${operation}($id: ID!) { book(id: $id) { ${FIELDS} } }`, { id: '1' })
const expectedBook = () => ({ status: 200, body: { data: { book: FIRST_BOOKS[0] } } })

const WRITE: Pick<RequestRow, 'prepare' | 'expected'> = {
  prepare: requests(
    graphqlBody(`mutation Add($input: AddBookInput!) { addBook(input: $input) { ${FIELDS} } }`, {
      input: exampleBook(PLACEHOLDER),
    }),
    ADMIN,
  ),
  expected: (_, number) => ({
    status: 200,
    body: { data: { addBook: exampleBook(formatNumber(number)) } },
  }),
}

/** Requests in the order of the report. */
const REQUEST_ROWS: readonly RequestRow[] = [
  {
    name: 'book',
    title: 'one book by id',
    prepare: requests(bookBody(), READ),
    expected: expectedBook,
  },
  {
    name: 'documents',
    title: 'one book by id, every document new',
    prepare: requests(bookBody(`Book${PLACEHOLDER}`), READ),
    expected: expectedBook,
  },
  {
    name: 'new-tokens',
    title: 'one book by id, every token new to the server',
    prepare: async (issuer) => {
      const values = await Promise.all(Array.from({ length: UNCACHED_TOKENS }, () => issuer.signToken(READ)))
      return { request: graphqlRequest(bookBody(), PLACEHOLDER), values }
    },
    expected: expectedBook,
  },
  {
    name: 'no-scope',
    title: 'rejected: a token without the scope',
    prepare: requests(bookBody(), ['openid']),
    // The peers check scopes in the resolver, and respond with 200.
    expected: (server) => ({ status: GRAPHQL_PEERS.includes(server) ? 200 : 403, code: 'FORBIDDEN' }),
  },
  {
    name: 'no-token',
    title: 'rejected: no token',
    prepare: async () => ({ request: graphqlRequest(bookBody()) }),
    expected: expectedUnauthenticated,
  },
  {
    // The most expensive rejection: all but the signature is right.
    name: 'bad-signature',
    title: 'rejected: a token with a forged signature',
    prepare: async (issuer) => ({ request: graphqlRequest(bookBody(), await issuer.signForgedToken(READ)) }),
    expected: expectedUnauthenticated,
  },
  {
    name: 'page',
    title: `a page of ${PAGE_SIZE} books`,
    books: 2 * PAGE_SIZE,
    prepare: requests(graphqlBody(`{ books(first: ${PAGE_SIZE}) { ${FIELDS} } }`), READ),
    expected: () => ({ status: 200, body: { data: { books: firstPage() } } }),
  },
  { name: 'write', title: 'a book is added', ...WRITE },
  {
    name: 'write-file-1',
    title: 'a book is added to a file, and synced to the disk',
    database: 'SQLite',
    connections: 1,
    ...WRITE,
  },
  {
    name: 'write-file-64',
    title: 'books are added to a file, and synced to the disk',
    database: 'SQLite',
    connections: 64,
    ...WRITE,
  },
  {
    name: 'write-postgres',
    title: 'a book is added to PostgreSQL (CPU of the server alone)',
    database: 'PostgreSQL',
    peers: [],
    ...WRITE,
  },
  {
    name: 'big-document',
    title: 'a document as big as the limits allow',
    prepare: requests(graphqlBody(bigQuery('Big')), READ),
    expected: expectedBigResponse,
  },
  {
    name: 'big-documents',
    title: 'documents as big as the limits allow, every one new',
    // With more connections the API sheds requests (LOOP_DELAY_LIMIT).
    connections: 2,
    prepare: requests(graphqlBody(bigQuery(`Big${PLACEHOLDER}`)), READ),
    expected: expectedBigResponse,
  },
  {
    name: 'rest',
    title: 'REST: one book by id',
    peers: [],
    prepare: async (issuer) => ({
      request: { path: '/books/1', headers: requestHeaders(await issuer.signToken(READ)) },
    }),
    expected: () => {
      const { id, numPages, ...others } = FIRST_BOOKS[0]
      return { status: 200, body: { id: Number(id), ...others, num_pages: numPages } }
    },
  },
]

/** The rows that are measured without `--rows`. */
export const DEFAULT_ROWS: readonly RequestRow[] = REQUEST_ROWS.filter(
  ({ database }) => database !== 'PostgreSQL',
)

/** @throws UsageError for an unknown name */
export function findRow(name: string): RequestRow {
  const row = REQUEST_ROWS.find((candidate) => candidate.name === name)
  if (row) return row
  throw new UsageError(`--rows must be among ${REQUEST_ROWS.map((known) => known.name).join(', ')}`)
}

function requests(body: string, scopes: readonly string[]): RequestRow['prepare'] {
  return async (issuer) => ({ request: graphqlRequest(body, await issuer.signToken(scopes)) })
}

function graphqlBody(query: string, variables?: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ query, variables })
}

function graphqlRequest(body: string, token?: string): LoadRequest {
  const headers = { ...requestHeaders(token), 'content-type': 'application/json' }
  return { path: '/graphql', headers, body }
}

function requestHeaders(token?: string): Record<string, string> {
  return { accept: 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) }
}

/** Mercurius passes errors of its context to Fastify, which has a format of its own. */
function expectedUnauthenticated(server: string): ExpectedResponse {
  if (server !== 'mercurius') return { status: 401, code: 'UNAUTHENTICATED' }
  return { status: 401, body: { statusCode: 401, error: 'Unauthorized', message: 'Not signed in' } }
}

function firstPage(): Book[] {
  const added = Array.from({ length: PAGE_SIZE - FIRST_BOOKS.length }, (_, index) => ({
    id: String(FIRST_BOOKS.length + 1 + index),
    ...exampleBook(formatNumber(index)),
  }))
  return [...FIRST_BOOKS, ...added]
}

/** Builds a query of 20 root fields and 1,904 tokens: just below the default limits. */
function bigQuery(operation: string): string {
  const fields = Array(17).fill(FIELDS).join(' ')
  const books = bigBooks().map(({ alias, book }) => `${alias}: book(id: ${book?.id}) { ${fields} }`)
  return `query ${operation} { ${books.join(' ')} }`
}

function bigBooks() {
  return Array.from({ length: 20 }, (_, index) => ({
    alias: `b${index}`,
    book: FIRST_BOOKS[index % FIRST_BOOKS.length],
  }))
}

function expectedBigResponse(): ExpectedResponse {
  return {
    status: 200,
    body: { data: Object.fromEntries(bigBooks().map(({ alias, book }) => [alias, book])) },
  }
}
