// Anonymous requests. Those that require scopes are rejected before their document is validated.

type AnonymousCase = {
  readonly id: string
  readonly title: string
  readonly query: string
  readonly operationName?: unknown
  readonly variables?: unknown
  readonly status: number
  readonly code: string | undefined
  /** The scopes of the challenge. */
  readonly scope?: string
}

const READ = 'fakebookapi.read'
const ADMIN = 'fakebookapi.admin'
const rejected = (scope: string) => ({ status: 401, code: 'UNAUTHENTICATED', scope })
const invalid = { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' }
const CONDITIONAL = 'query ($v: Boolean!) { __typename book(id: 1) @include(if: $v) { id } }'

/** Ids are permanent. */
export const ANONYMOUS_CASES: readonly AnonymousCase[] = [
  { id: 'anonymous/N01', title: 'a query', query: '{ book(id: 1) { id } }', ...rejected(READ) },
  {
    id: 'anonymous/N02',
    title: 'fields with different scopes',
    query: '{ books { id addedBy } }',
    ...rejected(`${READ} ${ADMIN}`),
  },
  {
    id: 'anonymous/N03',
    title: 'a mutation without its variables',
    query: 'mutation ($i: AddBookInput!) { addBook(input: $i) { id } }',
    ...rejected(ADMIN),
  },
  { id: 'anonymous/N04', title: 'a public field', query: '{ __typename }', status: 200, code: undefined },
  {
    id: 'anonymous/N05',
    title: 'one of two operations, a public one',
    query: 'query A { __typename } query B { books { id } }',
    operationName: 'A',
    status: 200,
    code: undefined,
  },
  {
    id: 'anonymous/N06',
    title: 'one of two operations, a guarded one',
    query: 'query A { __typename } query B { books { id } }',
    operationName: 'B',
    ...rejected(READ),
  },
  {
    id: 'anonymous/N07',
    title: 'two operations without a name',
    query: 'query A { __typename } query B { books { id } }',
    status: 400,
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    id: 'anonymous/N08',
    title: 'a condition that excludes the guarded field',
    query: CONDITIONAL,
    variables: { v: false },
    status: 200,
    code: undefined,
  },
  {
    id: 'anonymous/N09',
    title: 'a condition that includes the guarded field',
    query: CONDITIONAL,
    variables: { v: true },
    ...rejected(READ),
  },
  { id: 'anonymous/N10', title: 'an unknown root field', query: '{ secret { id } }', ...invalid },
  {
    id: 'anonymous/N11',
    title: 'an unknown field below a guarded one',
    query: '{ book(id: 1) { secret } }',
    ...rejected(READ),
  },
  {
    id: 'anonymous/N12',
    title: 'a cycle of fragments under conditions',
    query:
      'query ($v: Boolean!) { ...A @include(if: $v) } fragment A on Query { __typename ...A @include(if: $v) }',
    variables: { v: true },
    ...invalid,
  },
  {
    id: 'anonymous/N13',
    title: 'a guarded field in a cycle of fragments',
    query: '{ ...A } fragment A on Query { ...B } fragment B on Query { books { id } ...A }',
    ...rejected(READ),
  },
  {
    id: 'anonymous/N14',
    title: 'an unknown fragment beside a guarded field',
    query: '{ ...Nothing book(id: 1) { ...Nothing } }',
    ...rejected(READ),
  },
  {
    id: 'anonymous/N15',
    title: 'a syntax error',
    query: '{ book(id: }',
    status: 400,
    code: 'GRAPHQL_PARSE_FAILED',
  },
  {
    id: 'anonymous/N16',
    title: 'an operation type that the schema does not have',
    query: 'subscription { book(id: 1) { id } }',
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    id: 'anonymous/N17',
    title: 'a document over a limit',
    query: `{ ${'a '.repeat(3_000)} }`,
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'anonymous/N18',
    title: 'names of object properties',
    query: '{ constructor { __proto__ } toString hasOwnProperty(__proto__: 1) { id } }',
    ...invalid,
  },
  {
    id: 'anonymous/N19',
    title: 'an operation name that is an object without a text form',
    query: '{ book(id: 1) { id } }',
    operationName: { toString: 1 },
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    id: 'anonymous/N20',
    title: 'null where a variable’s default would be valid',
    query: 'query ($a: Boolean = true) { __typename @include(if: $a) }',
    variables: { a: null },
    status: 200,
    code: 'BAD_USER_INPUT',
  },
  {
    id: 'anonymous/N21',
    title: 'an operation name of 257 characters',
    query: '{ __typename }',
    operationName: 'a'.repeat(257),
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
]
