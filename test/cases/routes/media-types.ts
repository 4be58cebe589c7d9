// Requests to the API and the media types and statuses of their responses (GraphQL over HTTP, draft of 2026-08-06).

export const JSON_TYPE = 'application/json'
export const GRAPHQL_TYPE = 'application/graphql-response+json'

type Negotiation = {
  readonly id: string
  readonly title: string
  readonly accept: string | undefined
  /** Undefined: 406, as JSON. */
  readonly type: typeof JSON_TYPE | typeof GRAPHQL_TYPE | undefined
}

/** Ids are permanent. */
export const NEGOTIATIONS: readonly Negotiation[] = [
  { id: 'media-types/N01', title: 'no Accept', accept: undefined, type: JSON_TYPE },
  { id: 'media-types/N02', title: 'an empty Accept', accept: '', type: JSON_TYPE },
  { id: 'media-types/N03', title: 'any type', accept: '*/*', type: JSON_TYPE },
  { id: 'media-types/N04', title: 'any application type', accept: 'application/*', type: JSON_TYPE },
  { id: 'media-types/N05', title: 'JSON', accept: JSON_TYPE, type: JSON_TYPE },
  { id: 'media-types/N06', title: 'GraphQL responses', accept: GRAPHQL_TYPE, type: GRAPHQL_TYPE },
  {
    id: 'media-types/N07',
    title: 'GraphQL responses before JSON',
    accept: `${GRAPHQL_TYPE}, ${JSON_TYPE}`,
    type: GRAPHQL_TYPE,
  },
  {
    id: 'media-types/N08',
    title: 'JSON before GraphQL responses',
    accept: `${JSON_TYPE}, ${GRAPHQL_TYPE}`,
    type: JSON_TYPE,
  },
  {
    id: 'media-types/N09',
    title: 'JSON with a lower weight (Apollo Client)',
    accept: `${JSON_TYPE};q=0.9,${GRAPHQL_TYPE}`,
    type: GRAPHQL_TYPE,
  },
  {
    id: 'media-types/N10',
    title: 'GraphQL responses with a lower weight',
    accept: `${GRAPHQL_TYPE};q=0.5, ${JSON_TYPE};q=0.8`,
    type: JSON_TYPE,
  },
  {
    id: 'media-types/N11',
    title: 'GraphQL responses and any other type',
    accept: `*/*, ${GRAPHQL_TYPE}`,
    type: GRAPHQL_TYPE,
  },
  {
    id: 'media-types/N12',
    title: 'any type with a higher weight than JSON',
    accept: `${JSON_TYPE};q=0.1, */*`,
    type: GRAPHQL_TYPE,
  },
  {
    id: 'media-types/N13',
    title: 'any application type but JSON',
    accept: `${JSON_TYPE};q=0, application/*`,
    type: GRAPHQL_TYPE,
  },
  {
    id: 'media-types/N14',
    title: 'the narrower of two wildcards',
    accept: 'application/*;q=0, */*',
    type: undefined,
  },
  {
    id: 'media-types/N15',
    title: 'capital letters, a charset and white space',
    accept: ' Application/GraphQL-Response+JSON ; charset=utf-8 ; Q=1 ',
    type: GRAPHQL_TYPE,
  },
  {
    id: 'media-types/N16',
    title: 'incremental delivery or JSON',
    accept: `multipart/mixed;deferSpec=20220824, ${JSON_TYPE}`,
    type: JSON_TYPE,
  },
  { id: 'media-types/N17', title: 'incremental delivery alone', accept: 'multipart/mixed', type: undefined },
  { id: 'media-types/N18', title: 'another type', accept: 'application/xml', type: undefined },
  { id: 'media-types/N19', title: 'HTML, by POST', accept: 'text/html', type: undefined },
  { id: 'media-types/N20', title: 'JSON with the weight 0', accept: `${JSON_TYPE};q=0`, type: undefined },
  { id: 'media-types/N21', title: 'no type', accept: ', ,;', type: undefined },
  {
    id: 'media-types/N22',
    title: 'an Accept of 1,024 characters',
    accept: `${GRAPHQL_TYPE},`.padEnd(1_024, 'a/b,'),
    type: GRAPHQL_TYPE,
  },
]

/** `text/html` opens the IDE, so these rows are for GET. */
export const PAGE_ACCEPTS = [
  { id: 'media-types/G01', title: 'HTML', accept: 'text/html', type: 'text/html' },
  {
    id: 'media-types/G02',
    title: 'HTML, as browsers ask for it',
    accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    type: 'text/html',
  },
  { id: 'media-types/G03', title: 'JSON before HTML', accept: `${JSON_TYPE}, text/html`, type: JSON_TYPE },
  {
    id: 'media-types/G04',
    title: 'GraphQL responses before HTML',
    accept: `${GRAPHQL_TYPE}, text/html;q=0.9`,
    type: GRAPHQL_TYPE,
  },
]

type ResponseRow = {
  readonly id: string
  readonly title: string
  /** `POST /graphql` by default. */
  readonly line?: string
  /** Besides Host, Connection, Accept, Content-Length and, if there is a body, Content-Type. */
  readonly headers?: readonly string[]
  /** The scopes of the token; undefined: no token. */
  readonly scope?: string
  /** Sent as it is if it is a string, else as JSON. */
  readonly body?: unknown
  readonly contentType?: string
  /** The status as JSON, and as a GraphQL response unless that is `graphqlStatus`. */
  readonly status: number
  readonly graphqlStatus?: number
  readonly code: string | undefined
  /** True if the response is JSON whatever Accept asks for. */
  readonly isAlwaysJson?: boolean
  /** Matches the challenge. */
  readonly challenge?: RegExp
}

const READ = 'fakebookapi.read'
const ADMIN = 'fakebookapi.admin'
const CHALLENGE = /^Bearer scope="fakebookapi.read", resource_metadata=/
const TYPENAME = { query: '{ __typename }' }
const get = (query: string) => `GET /graphql?${new URLSearchParams({ query })}`
const PREFLIGHT = 'Apollo-Require-Preflight: 1'
const MUTATION = 'mutation { addBooks(inputs: []) { id } }'
const LARGE_BODY = { query: `{ __typename } # ${'x'.repeat(300_000)}` }
const invalid = { status: 400, graphqlStatus: 422 }

/** Ids are permanent. */
export const RESPONSES: readonly ResponseRow[] = [
  { id: 'media-types/R01', title: 'a query', body: TYPENAME, status: 200, code: undefined },
  {
    id: 'media-types/R02',
    title: 'a query by GET',
    line: get('{ __typename }'),
    headers: [PREFLIGHT],
    status: 200,
    code: undefined,
  },
  {
    id: 'media-types/R03',
    title: 'a field error',
    scope: `${READ} ${ADMIN}`,
    body: { query: 'mutation { addBook(input: { title: "", author: "a", cost: 1, numPages: 1 }) { id } }' },
    status: 200,
    code: 'BAD_USER_INPUT',
  },
  {
    id: 'media-types/R04',
    title: 'an unknown field',
    body: { query: '{ unknown }' },
    ...invalid,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'media-types/R05',
    title: 'an unknown field by GET',
    line: get('{ unknown }'),
    headers: [PREFLIGHT],
    ...invalid,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  {
    id: 'media-types/R06',
    title: 'a variable of a wrong type',
    scope: READ,
    body: { query: 'query ($n: Int) { books(first: $n) { id } }', variables: { n: 'one' } },
    ...invalid,
    code: 'BAD_USER_INPUT',
  },
  {
    id: 'media-types/R07',
    title: 'a missing variable',
    scope: READ,
    body: { query: 'query ($id: ID!) { book(id: $id) { id } }' },
    ...invalid,
    code: 'BAD_USER_INPUT',
  },
  {
    id: 'media-types/R08',
    title: 'an unknown operation',
    body: { query: 'query A { __typename }', operationName: 'B' },
    ...invalid,
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    id: 'media-types/R09',
    title: 'two operations without a name',
    body: { query: 'query A { __typename } query B { __typename }' },
    ...invalid,
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    id: 'media-types/R10',
    title: 'a syntax error',
    body: { query: '{' },
    status: 400,
    code: 'GRAPHQL_PARSE_FAILED',
  },
  { id: 'media-types/R11', title: 'a body that is not JSON', body: '{', status: 400, code: 'BAD_REQUEST' },
  { id: 'media-types/R12', title: 'a request without a query', body: {}, status: 400, code: 'BAD_REQUEST' },
  {
    id: 'media-types/R13',
    title: 'variables that are a list',
    body: { ...TYPENAME, variables: [7] },
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R14',
    title: 'JSON that is nested too deeply',
    body: { ...TYPENAME, variables: JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`) },
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R15',
    title: 'a GET request that a page of another site could cause',
    line: get('{ __typename }'),
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R16',
    title: 'a GET request without a query',
    line: 'GET /graphql',
    headers: [PREFLIGHT],
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R17',
    title: 'a mutation by GET',
    line: get(MUTATION),
    headers: [PREFLIGHT],
    status: 405,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R18',
    title: 'the method HEAD',
    line: get('{ __typename }').replace('GET', 'HEAD'),
    headers: [PREFLIGHT],
    status: 405,
    code: undefined,
  },
  {
    id: 'media-types/R19',
    title: 'the method PUT',
    line: 'PUT /graphql',
    body: TYPENAME,
    status: 405,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R20',
    title: 'a method that no route has',
    line: 'PATCH /graphql',
    body: TYPENAME,
    status: 405,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R21',
    title: 'a request without a token',
    body: { query: '{ books { id } }' },
    status: 401,
    code: 'UNAUTHENTICATED',
    challenge: CHALLENGE,
  },
  {
    id: 'media-types/R22',
    title: 'a GET request without a token',
    line: get('{ books { id } }'),
    headers: [PREFLIGHT],
    status: 401,
    code: 'UNAUTHENTICATED',
    challenge: CHALLENGE,
  },
  {
    id: 'media-types/R23',
    title: 'an invalid token',
    headers: ['Authorization: Bearer a.b.c'],
    body: TYPENAME,
    status: 401,
    code: 'UNAUTHENTICATED',
    challenge: /^Bearer error="invalid_token"/,
  },
  {
    id: 'media-types/R24',
    title: 'two tokens',
    headers: ['Authorization: Bearer a.b.c', 'Authorization: Bearer a.b.c'],
    body: TYPENAME,
    status: 400,
    code: 'BAD_REQUEST',
    challenge: /^Bearer error="invalid_request"/,
  },
  {
    id: 'media-types/R25',
    title: 'a token in the query string',
    line: 'POST /graphql?access_token=a.b.c',
    body: TYPENAME,
    status: 400,
    code: 'BAD_REQUEST',
    challenge: /^Bearer error="invalid_request"/,
  },
  {
    id: 'media-types/R26',
    title: 'a missing scope',
    scope: READ,
    body: { query: MUTATION },
    status: 403,
    code: 'FORBIDDEN',
    challenge: /^Bearer error="insufficient_scope"/,
  },
  {
    id: 'media-types/R27',
    title: 'an invalid idempotency key',
    headers: ['Idempotency-Key: a,b'],
    body: TYPENAME,
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R28',
    title: 'an unknown persisted query',
    body: { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } },
    status: 200,
    graphqlStatus: 400,
    code: 'PERSISTED_QUERY_NOT_FOUND',
  },
  {
    id: 'media-types/R29',
    title: 'a body over BODY_LIMIT',
    body: LARGE_BODY,
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'media-types/R30',
    title: 'a document over a limit',
    body: { query: `{ ${'a '.repeat(3_000)} }` },
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'media-types/R31',
    title: 'a response over RESPONSE_LIMIT',
    body: { query: `{ ${Array.from({ length: 25 }, (_, i) => `${'a'.repeat(50)}${i}: __typename`)} }` },
    status: 413,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'media-types/R32',
    title: 'a body of another media type',
    body: TYPENAME,
    contentType: 'text/plain',
    status: 415,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R33',
    title: 'a form',
    body: 'a=b',
    contentType: 'application/x-www-form-urlencoded',
    status: 415,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R34',
    title: 'another charset',
    body: TYPENAME,
    contentType: 'application/json; charset=latin1',
    status: 415,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R35',
    title: 'a compressed body',
    headers: ['Content-Encoding: gzip'],
    body: TYPENAME,
    status: 415,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R36',
    title: 'another expectation',
    headers: ['Expect: x'],
    body: TYPENAME,
    status: 417,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R37',
    title: '101 headers',
    headers: Array.from({ length: 96 }, (_, i) => `X-${i}: x`),
    body: TYPENAME,
    status: 431,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'media-types/R38',
    title: 'a Content-Type over its limit',
    body: TYPENAME,
    contentType: 'application/json'.padEnd(257, ';'),
    status: 431,
    code: 'LIMIT_EXCEEDED',
  },
  {
    id: 'media-types/R39',
    title: 'another transfer coding',
    headers: ['Transfer-Encoding: gzip, chunked'],
    status: 501,
    code: 'BAD_REQUEST',
  },
  {
    id: 'media-types/R40',
    title: 'a request target in absolute form',
    line: 'POST http://localhost/graphql?a',
    body: TYPENAME,
    contentType: 'text/plain',
    status: 415,
    code: 'BAD_REQUEST',
  },
  // Accept is not parsed if it is too long, and not known if the head is not valid.
  {
    id: 'media-types/J01',
    title: 'an Accept over its limit',
    headers: [`Accept: ${'a/b,'.repeat(256)}`],
    body: TYPENAME,
    status: 431,
    code: 'LIMIT_EXCEEDED',
    isAlwaysJson: true,
  },
  {
    id: 'media-types/J02',
    title: 'headers of 17 KiB',
    headers: [`X-Filler: ${'x'.repeat(17_408)}`],
    status: 431,
    code: 'LIMIT_EXCEEDED',
    isAlwaysJson: true,
  },
  {
    id: 'media-types/J08',
    title: 'more headers than the parser reads',
    headers: Array.from({ length: 100 }, (_, i) => `X-${i}: x`),
    body: TYPENAME,
    status: 431,
    code: 'LIMIT_EXCEEDED',
    isAlwaysJson: true,
  },
  {
    id: 'media-types/J03',
    title: 'a control character in a header',
    headers: ['X-Control: \u0001'],
    status: 400,
    code: 'BAD_REQUEST',
    isAlwaysJson: true,
  },
  // Other paths have their own media types.
  {
    id: 'media-types/J04',
    title: 'a REST call without a token',
    line: 'GET /books',
    status: 401,
    code: 'UNAUTHENTICATED',
    isAlwaysJson: true,
  },
  {
    id: 'media-types/J05',
    title: 'a REST parameter of a wrong type',
    line: 'GET /books?first=x',
    scope: READ,
    status: 400,
    code: 'BAD_USER_INPUT',
    isAlwaysJson: true,
  },
  {
    id: 'media-types/J06',
    title: 'a REST body of another media type',
    line: 'POST /books',
    body: '{}',
    contentType: 'text/plain',
    status: 415,
    code: 'BAD_REQUEST',
    isAlwaysJson: true,
  },
  {
    id: 'media-types/J07',
    title: 'an unknown path',
    line: 'POST /graphql/more',
    body: '{}',
    status: 404,
    code: 'NOT_FOUND',
    isAlwaysJson: true,
  },
]
