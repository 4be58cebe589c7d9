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
export const get = (path: string, headers: Headers = {}) => `${headed(`GET ${path}`, headers)}\r\n\r\n`
export const post = (path: string, body: string, headers: Headers = {}) =>
  `${headed(`POST ${path}`, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  })}\r\n\r\n${body}`
export const form = (path: string, fields: Headers, headers: Headers = {}) =>
  post(path, new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  })
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
export const asked = (request: object, token?: string, headers: Headers = {}) =>
  post('/graphql', JSON.stringify(request), { ...(token !== undefined && bearer(token)), ...headers })

export const READ = { query: '{ book(id: 1) { title } }' }
export const BOOK = { title: 'a', author: 'b', cost: 1, numPages: 1 }
export const ADD = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
export const TYPE = { query: '{ __typename }' }
export const ISSUER = '/oauth2/default/v1'
export const basic = (secret: string) => `Basic ${btoa(`fakebook-cron:${secret}`)}`

/** GraphQL's names have no hyphen. */
export const named = (secret: string) => secret.replaceAll('-', '_')
