import { createHash } from 'node:crypto'

/** What the rows are made of: what an issuer and a client really have. */
export type Real = {
  readonly token: string
  readonly refused: string
  readonly bound: string
  /** For `bound`, at GET /books/1. */
  readonly proof: string
  readonly privateKey: string
}

/** One secret on its way: the bytes that are sent, the secrets that are in them, the status of the answer. */
export type Secret = readonly [
  id: string,
  what: string,
  face: 'api' | 'webapp' | 'issuer',
  status: number,
  send: (own: string, real: Real) => readonly [bytes: string, ...secrets: string[]],
]

/** A secret of the row's own, as libraries make them. */
export const ownSecret = (id: string) => createHash('sha256').update(id).digest('base64url')

type Headers = Readonly<Record<string, string>>
const headed = (line: string, headers: Headers) =>
  [`${line} HTTP/1.1`, ...Object.entries({ host: 'localhost', connection: 'close', ...headers })]
    .map((one) => (typeof one === 'string' ? one : one.join(': ')))
    .join('\r\n')
const get = (path: string, headers: Headers = {}) => `${headed(`GET ${path}`, headers)}\r\n\r\n`
const post = (path: string, body: string, headers: Headers = {}) =>
  `${headed(`POST ${path}`, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  })}\r\n\r\n${body}`
const form = (path: string, fields: Headers, headers: Headers = {}) =>
  post(path, new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const asked = (request: object, token?: string, headers: Headers = {}) =>
  post('/graphql', JSON.stringify(request), { ...(token !== undefined && bearer(token)), ...headers })

const READ = { query: '{ book(id: 1) { title } }' }
const ADD = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
const TYPE = { query: '{ __typename }' }
const ISSUER = '/oauth2/default/v1'
const basic = (secret: string) => `Basic ${btoa(`fakebook-cron:${secret}`)}`

/** Numbers are permanent. */
export const SECRETS: readonly Secret[] = [
  ['S01', 'a token that is accepted', 'api', 200, (_, { token }) => [asked(READ, token), token]],
  ['S02', 'a token that is refused', 'api', 401, (_, { refused }) => [asked(READ, refused), refused]],
  ['S03', 'a token at a REST path', 'api', 200, (_, { token }) => [get('/books/1', bearer(token)), token]],
  [
    'S04',
    'a bound token and its proof',
    'api',
    200,
    (_, { bound, proof }) => [get('/books/1', { authorization: `DPoP ${bound}`, dpop: proof }), bound, proof],
  ],
  [
    'S05',
    'a proof for another path',
    'api',
    401,
    (_, { bound, proof }) => [get('/books/2', { authorization: `DPoP ${bound}`, dpop: proof }), bound, proof],
  ],
  [
    'S06',
    'a client’s secret as Basic',
    'api',
    401,
    (own) => [asked(READ, undefined, { authorization: basic(own) }), own, basic(own).slice(6)],
  ],
  [
    'S07',
    'two Authorization headers',
    'api',
    400,
    (own, { token }) => [
      asked(READ, token).replace('\r\n', `\r\nAuthorization: Bearer ${own}\r\n`),
      own,
      token,
    ],
  ],
  [
    'S08',
    'Authorization in odd case',
    'api',
    200,
    (_, { token }) => [asked(READ, undefined, { aUtHoRiZaTiOn: `bEaReR ${token}` }), token],
  ],
  [
    'S09',
    'a token without a scheme',
    'api',
    401,
    (own) => [asked(READ, undefined, { authorization: own }), own],
  ],
  [
    'S10',
    'a token in the query',
    'api',
    400,
    (_, { token }) => [post(`/graphql?access_token=${token}`, JSON.stringify(READ)), token],
  ],
  ['S11', 'a token as a path', 'api', 404, (_, { token }) => [get(`/${token}`), token]],
  [
    'S12',
    'a token as a path, percent-encoded',
    'api',
    404,
    (_, { token }) => [get(`/x/%65${token.slice(1).replaceAll('.', '%2E')}`), token, token.slice(40, 80)],
  ],
  [
    'S13',
    'a token in a form',
    'api',
    400,
    (_, { token }) => [form('/graphql', { access_token: token }), token],
  ],
  ['S14', 'a token in place of a document', 'api', 400, (_, { token }) => [asked({ query: token }), token]],
  [
    'S15',
    'a token in a variable that must be a number',
    'api',
    400,
    (_, { token }) => [
      asked({ query: 'query ($n: PositiveInt) { books(first: $n) { id } }', variables: { n: token } }, token),
      token,
    ],
  ],
  [
    'S16',
    'a secret in a variable that is searched for',
    'api',
    200,
    (own, { token }) => [
      asked(
        { query: 'query ($t: String) { books(filter: { title: $t }) { id } }', variables: { t: own } },
        token,
      ),
      own,
    ],
  ],
  [
    'S17',
    'an operationName that there is not',
    'api',
    400,
    (own) => [asked({ ...TYPE, operationName: own }), own],
  ],
  [
    'S18',
    'the name of an operation',
    'api',
    200,
    (own) => [asked({ query: `query _${named(own)} { __typename }` }), named(own)],
  ],
  ['S19', 'the name of a header', 'api', 200, (own) => [asked(TYPE, undefined, { [`x-${own}`]: '1' }), own]],
  ['S20', 'an API key in a header', 'api', 200, (own) => [asked(TYPE, undefined, { 'x-api-key': own }), own]],
  ['S21', 'a cookie', 'api', 200, (own) => [asked(TYPE, undefined, { cookie: `session=${own}` }), own]],
  [
    'S22',
    'an Idempotency-Key',
    'api',
    403,
    (own, { token }) => [
      asked({ query: ADD, variables: { input: BOOK } }, token, { 'idempotency-key': own }),
      own,
    ],
  ],
  [
    'S23',
    'an Idempotency-Key that is none',
    'api',
    400,
    (own, { token }) => [asked(READ, token, { 'idempotency-key': `${own} ${own}`.repeat(9) }), own],
  ],
  [
    'S24',
    'a string in a document that is refused',
    'api',
    403,
    (own, { token }) => [
      asked(
        {
          query: `mutation { addBook(input: { title: "${own}", author: "b", cost: 1, numPages: 1 }) { id } }`,
        },
        token,
      ),
      own,
    ],
  ],
  [
    'S25',
    'a string in a document where a number belongs',
    'api',
    400,
    (own, { token }) => [asked({ query: `{ books(first: "${own}") { id } }` }, token), own],
  ],
  ['S26', 'an alias', 'api', 200, (own) => [asked({ query: `{ _${named(own)}: __typename }` }), named(own)]],
]

/** GraphQL's names have no hyphen. */
const named = (secret: string) => secret.replaceAll('-', '_')
const BOOK = { title: 'a', author: 'b', cost: 1, numPages: 1 }

/** The rest of what the API is sent, and the web app and the issuer. */
export const MORE_SECRETS: readonly Secret[] = [
  [
    'S27',
    'a field that there is not',
    'api',
    400,
    (own) => [asked({ query: `{ _${named(own)} }` }), named(own)],
  ],
  [
    'S28',
    'a directive that there is not',
    'api',
    400,
    (own) => [asked({ query: `{ __typename @_${named(own)} }` }), named(own)],
  ],
  ['S29', 'a body that is not JSON', 'api', 400, (own) => [post('/graphql', `{"password":"${own}"`), own]],
  [
    'S30',
    'a hash that is none',
    'api',
    400,
    (own) => [asked({ ...TYPE, extensions: { persistedQuery: { version: 1, sha256Hash: own } } }), own],
  ],
  [
    'S31',
    'a document and its variables in the query',
    'api',
    400,
    (own) => [
      get(`/graphql?query=${encodeURIComponent(`{ a(b: "${own}") }`)}&variables={"password":"${own}"}`, {
        accept: 'application/json',
        'content-type': 'application/json',
      }),
      own,
    ],
  ],
  [
    'S32',
    'a member of a REST body that is not known',
    'api',
    400,
    (own, { token }) => [post('/books', JSON.stringify({ [own]: own }), bearer(token)), own],
  ],
  [
    'S33',
    'a REST parameter that is not known',
    'api',
    400,
    (own, { token }) => [get(`/books?${own}=${own}`, bearer(token)), own],
  ],
  ['S34', 'an id', 'api', 404, (own, { token }) => [get(`/books/${own}`, bearer(token)), own]],
  ['S35', 'the query of a health path', 'api', 200, (own) => [get(`/readyz?token=${own}`), own]],
  [
    'S36',
    'the query of the numbers',
    'api',
    200,
    (own) => [get(`/metrics?key=${own}`, { cookie: own }), own],
  ],
  [
    'S37',
    'a password in a whole address',
    'api',
    401,
    (own) => [get(`http://agatha:${own}@localhost/books`), own],
  ],
  ['S38', 'a host', 'api', 404, (own) => [get('/nothing', { host: `${own}.example.com` }), own]],
  [
    'S39',
    'where a page came from, and what shows it',
    'api',
    404,
    (own) => [get('/nothing', { referer: `https://x/?code=${own}`, 'user-agent': own, origin: own }), own],
  ],
  [
    'S40',
    'what a client calls its request',
    'api',
    404,
    (own) => [get('/nothing', { 'x-request-id': own, 'request-id': own, traceparent: own }), own],
  ],
  [
    'S41',
    'a content type',
    'api',
    415,
    (own) => [post('/graphql', '{}', { 'content-type': `text/${own}` }), own],
  ],
  ['S42', 'a method', 'api', 400, (own) => [`${own} / HTTP/1.1\r\n\r\n`, own]],
  [
    'S43',
    'headers that are too large',
    'api',
    431,
    (own) => [get('/', { 'x-secret': own.repeat(500) }), own],
  ],
  [
    'S44',
    'a private key in a variable',
    'api',
    400,
    (_, { privateKey, token }) => [
      asked(
        { query: 'query ($id: ID!) { book(id: $id) { id } }', variables: { id: [{ privateKey }] } },
        token,
      ),
      privateKey,
      JSON.stringify(privateKey).slice(1, -1),
      privateKey.split('\n')[1] ?? '',
    ],
  ],
  [
    'S45',
    'a code and a state at the web app',
    'webapp',
    400,
    (own) => [get(`/callback?code=${own}&state=${own}`), own],
  ],
  [
    'S46',
    'a session’s cookie at the web app',
    'webapp',
    303,
    (own) => [get('/books', { cookie: `fakebook=${own}.${own}` }), own],
  ],
  [
    'S47',
    'a token as the web app’s path',
    'webapp',
    404,
    (_, { token }) => [get(`/x/${token}?id_token=${token}`, bearer(token)), token],
  ],
  [
    'S48',
    'a client’s secret that is wrong, at the issuer',
    'issuer',
    401,
    (own) => [
      form(`${ISSUER}/token`, { grant_type: 'client_credentials' }, { authorization: basic(own) }),
      own,
      basic(own).slice(6),
    ],
  ],
  [
    'S49',
    'a refresh token and a code at the issuer',
    'issuer',
    401,
    (own) => [
      form(`${ISSUER}/token`, {
        grant_type: 'refresh_token',
        refresh_token: own,
        code: own,
        client_id: 'fakebook-webapp',
        client_secret: own,
      }),
      own,
    ],
  ],
]
