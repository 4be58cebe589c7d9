import { createHash } from 'node:crypto'

/** What the rows are made of: what an issuer and a client really have. */
export type IssuedSecrets = {
  readonly token: string
  readonly invalidToken: string
  readonly boundToken: string
  /** For `bound`, at GET /books/1. */
  readonly proof: string
  readonly privateKey: string
}

/** One secret on its way: the bytes that are sent, the secrets that are in them, the status of the answer. */
export type SecretCase = readonly [
  id: string,
  what: string,
  face: 'api' | 'webapp' | 'issuer',
  status: number,
  send: (own: string, real: IssuedSecrets) => readonly [bytes: string, ...secrets: string[]],
]

/** A secret of the row's own, as libraries make them. */
export const deriveSecret = (id: string) => createHash('sha256').update(id).digest('base64url')

type Headers = Readonly<Record<string, string>>
const headed = (line: string, headers: Headers) =>
  [`${line} HTTP/1.1`, ...Object.entries({ host: 'localhost', connection: 'close', ...headers })]
    .map((one) => (typeof one === 'string' ? one : one.join(': ')))
    .join('\r\n')
export const getBytes = (path: string, headers: Headers = {}) => `${headed(`GET ${path}`, headers)}\r\n\r\n`
export const postBytes = (path: string, body: string, headers: Headers = {}) =>
  `${headed(`POST ${path}`, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  })}\r\n\r\n${body}`
export const formBytes = (path: string, fields: Headers, headers: Headers = {}) =>
  postBytes(path, new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  })
export const bearerHeader = (token: string) => ({ authorization: `Bearer ${token}` })
export const graphqlBytes = (request: object, token?: string, headers: Headers = {}) =>
  postBytes('/graphql', JSON.stringify(request), {
    ...(token !== undefined && bearerHeader(token)),
    ...headers,
  })

export const READ_QUERY = { query: '{ book(id: 1) { title } }' }
export const BOOK_INPUT = { title: 'a', author: 'b', cost: 1, numPages: 1 }
export const ADD_BOOK_MUTATION = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
export const TYPENAME_QUERY = { query: '{ __typename }' }
export const ISSUER_PATH = '/oauth2/default/v1'
export const basicAuthorization = (secret: string) => `Basic ${btoa(`fakebook-cron:${secret}`)}`

/** GraphQL's names have no hyphen. */
export const toGraphQLName = (secret: string) => secret.replaceAll('-', '_')
