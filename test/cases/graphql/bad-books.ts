type BadBook = {
  readonly id: string
  readonly title: string
  /** Applied to a valid book. */
  readonly change: Readonly<Record<string, unknown>>
  /** The argument that the error names; empty if validation rejects the request. */
  readonly argument: string
  readonly status: number
}

/** Books that are rejected. Ids are permanent. */
export const BAD_BOOKS: readonly BadBook[] = [
  { id: 'books/K01', title: 'an empty title', change: { title: '' }, argument: 'input.title', status: 200 },
  {
    id: 'books/K02',
    title: 'a title of spaces',
    change: { title: '   ' },
    argument: 'input.title',
    status: 200,
  },
  {
    id: 'books/K03',
    title: 'a title of 501 characters',
    change: { title: 'x'.repeat(501) },
    argument: 'input.title',
    status: 200,
  },
  {
    id: 'books/K04',
    title: 'an empty author',
    change: { author: '' },
    argument: 'input.author',
    status: 200,
  },
  { id: 'books/K05', title: 'a negative cost', change: { cost: -1 }, argument: 'input.cost', status: 200 },
  { id: 'books/K06', title: 'a cost of 7.999', change: { cost: 7.999 }, argument: 'input.cost', status: 200 },
  {
    id: 'books/K07',
    title: 'a cost above the maximum',
    change: { cost: 1e20 },
    argument: 'input.cost',
    status: 200,
  },
  { id: 'books/K08', title: 'zero pages', change: { numPages: 0 }, argument: 'input.numPages', status: 200 },
  { id: 'books/K09', title: 'half a page', change: { numPages: 1.5 }, argument: '', status: 400 },
  { id: 'books/K10', title: 'id 0', change: { id: '0' }, argument: 'input.id', status: 200 },
  {
    id: 'books/K11',
    title: 'id 2^53',
    change: { id: '9007199254740992' },
    argument: 'input.id',
    status: 200,
  },
  { id: 'books/K12', title: 'an id that exists', change: { id: 1 }, argument: 'input.id', status: 200 },
  { id: 'books/K13', title: 'an unknown field', change: { isbn: '1' }, argument: '', status: 400 },
  {
    id: 'books/K14',
    title: 'a lone surrogate',
    change: { title: 'a\ud800' },
    argument: 'input.title',
    status: 200,
  },
  { id: 'books/K15', title: 'a NUL', change: { author: 'a\u0000b' }, argument: 'input.author', status: 200 },
]

const BOOK = '"title":"t","author":"a","cost":1,"num_pages":1'

type MalformedBody = {
  readonly id: string
  readonly title: string
  readonly url: string
  readonly type: string
  readonly body: string
  readonly status: number
  readonly code: string
  readonly message: RegExp
}

/** Bodies that are rejected before they are taken for a book. Ids are permanent. */
export const MALFORMED_BODIES: readonly MalformedBody[] = [
  {
    id: 'books/K20',
    title: 'GraphQL, not JSON',
    url: '/graphql',
    type: 'application/json',
    body: '{',
    status: 400,
    code: 'BAD_REQUEST',
    message: /JSON/,
  },
  {
    id: 'books/K21',
    title: 'REST, not JSON',
    url: '/books',
    type: 'application/json',
    body: '{',
    status: 400,
    code: 'BAD_REQUEST',
    message: /JSON/,
  },
  {
    id: 'books/K22',
    title: 'REST, a list',
    url: '/books',
    type: 'application/json',
    body: '[]',
    status: 400,
    code: 'BAD_REQUEST',
    message: /JSON object/,
  },
  {
    id: 'books/K23',
    title: '1 MB',
    url: '/graphql',
    type: 'application/json',
    body: JSON.stringify({ query: 'x'.repeat(1_000_000) }),
    status: 413,
    code: 'LIMIT_EXCEEDED',
    message: /large/,
  },
  {
    id: 'books/K24',
    title: 'text/plain',
    url: '/books',
    type: 'text/plain',
    body: `{${BOOK}}`,
    status: 415,
    code: 'BAD_REQUEST',
    message: /application\/json/,
  },
  {
    id: 'books/K25',
    title: 'a missing field',
    url: '/books',
    type: 'application/json',
    body: '{"title":"t","author":"a","cost":1}',
    status: 400,
    code: 'BAD_USER_INPUT',
    message: /num_pages/,
  },
  {
    id: 'books/K26',
    title: 'an unknown REST field',
    url: '/books',
    type: 'application/json',
    body: `{${BOOK},"isbn":"1"}`,
    status: 400,
    code: 'BAD_REQUEST',
    message: /isbn/,
  },
  {
    id: 'books/K27',
    title: 'a cost of 1e400',
    url: '/books',
    type: 'application/json',
    body: `{"title":"t","author":"a","cost":1e400,"num_pages":1}`,
    status: 400,
    code: 'BAD_USER_INPUT',
    message: /cost/,
  },
  {
    id: 'books/K28',
    title: 'a literal cost of 1e400',
    url: '/graphql',
    type: 'application/json',
    body: JSON.stringify({
      query: 'mutation { addBook(input: { title: "t", author: "a", cost: 1e400, numPages: 1 }) { id } }',
    }),
    status: 200,
    code: 'BAD_USER_INPUT',
    message: /cost/,
  },
  {
    id: 'books/K29',
    title: 'a syntax error',
    url: '/graphql',
    type: 'application/json',
    body: JSON.stringify({ query: '{' }),
    status: 400,
    code: 'GRAPHQL_PARSE_FAILED',
    message: /Syntax/,
  },
]
