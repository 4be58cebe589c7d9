type BadBook = {
  readonly id: string
  readonly title: string
  /** Applied to a valid book. The error names the changed argument. */
  readonly change: Readonly<Record<string, unknown>>
  /** True if validation rejects the request, which names no argument. */
  readonly isInvalid?: boolean
}

/** Books that are rejected. Ids are permanent. */
export const BAD_BOOKS: readonly BadBook[] = [
  { id: 'books/K01', title: 'an empty title', change: { title: '' } },
  { id: 'books/K02', title: 'a title of spaces', change: { title: '   ' } },
  { id: 'books/K03', title: 'a title of 501 characters', change: { title: 'x'.repeat(501) } },
  { id: 'books/K04', title: 'an empty author', change: { author: '' } },
  { id: 'books/K05', title: 'a negative cost', change: { cost: -1 } },
  { id: 'books/K06', title: 'a cost of 7.999', change: { cost: 7.999 } },
  { id: 'books/K07', title: 'a cost above the maximum', change: { cost: 1e20 } },
  { id: 'books/K08', title: 'zero pages', change: { numPages: 0 } },
  { id: 'books/K09', title: 'half a page', change: { numPages: 1.5 }, isInvalid: true },
  { id: 'books/K10', title: 'id 0', change: { id: '0' } },
  { id: 'books/K11', title: 'id 2^53', change: { id: '9007199254740992' } },
  { id: 'books/K12', title: 'an id that exists', change: { id: 1 } },
  { id: 'books/K13', title: 'an unknown field', change: { isbn: '1' }, isInvalid: true },
  { id: 'books/K14', title: 'a lone surrogate', change: { title: 'a\ud800' } },
  { id: 'books/K15', title: 'a NUL', change: { author: 'a\u0000b' } },
  { id: 'books/K30', title: 'a right-to-left override', change: { title: 'a\u202eb' } },
  { id: 'books/K31', title: 'an embedding that is closed', change: { author: '\u202ba\u202c' } },
  { id: 'books/K32', title: 'an isolate that is closed', change: { title: 'a \u2067b\u2069 c' } },
  { id: 'books/K33', title: 'an isolate of the first strong direction', change: { title: '\u2068a' } },
  { id: 'books/K34', title: 'a line break', change: { title: 'a\nb' } },
  { id: 'books/K35', title: 'a tab', change: { author: 'a\tb' } },
  { id: 'books/K36', title: 'an escape sequence of terminals', change: { title: '\u001b[2Ja' } },
  { id: 'books/K37', title: 'a C1 control character', change: { title: '\u009b2Ja' } },
  { id: 'books/K38', title: 'a line separator', change: { title: 'a\u2028b' } },
  { id: 'books/K39', title: 'a paragraph separator', change: { author: 'a\u2029b' } },
  { id: 'books/K40', title: 'a delete character', change: { title: 'a\u007f' } },
  { id: 'books/K41', title: 'invisible characters alone', change: { title: '\u200b\u2060\u00ad' } },
  { id: 'books/K42', title: 'a mark of direction alone', change: { author: '\u200f' } },
]

/** Titles with invisible characters that are right. Ids are permanent. */
export const UNUSUAL_TITLES: readonly {
  readonly id: string
  readonly title: string
  readonly text: string
}[] = [
  { id: 'books/K50', title: 'Hebrew', text: 'הכלב של בסקרוויל' },
  {
    id: 'books/K51',
    title: 'Hebrew with a right-to-left mark after Latin letters',
    text: 'ללמוד C++\u200f!',
  },
  { id: 'books/K52', title: 'Arabic with an Arabic letter mark', text: 'ألف ليلة وليلة \u061c1' },
  { id: 'books/K53', title: 'Latin with a left-to-right mark', text: 'שלום\u200e (novel)' },
  { id: 'books/K54', title: 'Persian with zero-width non-joiners', text: 'می\u200cخواهم' },
  { id: 'books/K55', title: 'Sinhala with a zero-width joiner', text: 'ශ්\u200dරී' },
  {
    id: 'books/K56',
    title: 'emoji of several code points',
    text: '👩\u200d👩\u200d👧 \u{1f3f4}\u{e0067}\u{e0062}\u{e007f}',
  },
  { id: 'books/K57', title: 'a soft hyphen and a no-break space', text: 'Donau\u00addampf\u00a0fahrt' },
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
