import { createHash } from 'node:crypto'

/** Valid secrets of a real issuer and client. */
export type IssuedSecrets = {
  readonly token: string
  readonly invalidToken: string
  readonly boundToken: string
  /** For `boundToken`, at GET /books/1. */
  readonly proof: string
  readonly privateKey: string
}

/** A request that contains secrets, and the status of its response. */
export type SecretCase = {
  readonly id: string
  readonly title: string
  readonly server: 'api' | 'webapp' | 'authorization-server'
  readonly status: number
  /** @param secret the row's own, from `deriveSecret` */
  readonly createRequest: (
    secret: string,
    issued: IssuedSecrets,
  ) => { readonly bytes: string; readonly secrets: readonly string[] }
}

/** Derives a secret from an id. It looks like those that libraries generate: 32 bytes in base64url. */
export const deriveSecret = (id: string) => createHash('sha256').update(id).digest('base64url')

/** Finds secrets as they are, percent-encoded, in base64, and by their first and last characters. */
export const findSecrets = (text: string, secrets: readonly string[]) =>
  secrets
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      btoa(secret),
      secret.slice(0, 24),
      secret.slice(-24),
    ])
    .filter((form) => text.includes(form))

type Fields = Readonly<Record<string, string>>
const requestHead = (requestLine: string, headers: Fields) =>
  [
    `${requestLine} HTTP/1.1`,
    ...Object.entries({ host: 'localhost', connection: 'close', ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
  ].join('\r\n')

export const getBytes = (path: string, headers: Fields = {}) =>
  `${requestHead(`GET ${path}`, headers)}\r\n\r\n`

export const postBytes = (path: string, body: string, headers: Fields = {}) =>
  `${requestHead(`POST ${path}`, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  })}\r\n\r\n${body}`

export const formBytes = (path: string, fields: Fields, headers: Fields = {}) =>
  postBytes(path, new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  })

export const bearerHeader = (token: string) => ({ authorization: `Bearer ${token}` })
export const basicAuthorization = (secret: string) => `Basic ${btoa(`fakebook-cron:${secret}`)}`

export const graphqlBytes = (request: object, token?: string, headers: Fields = {}) =>
  postBytes('/graphql', JSON.stringify(request), {
    ...(token !== undefined && bearerHeader(token)),
    ...headers,
  })

export const READ_QUERY = { query: '{ book(id: 1) { title } }' }
export const BOOK_INPUT = { title: 'a', author: 'b', cost: 1, numPages: 1 }
export const ADD_BOOK_MUTATION = 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }'
export const TYPENAME_QUERY = { query: '{ __typename }' }
export const ISSUER_PATH = '/oauth2/default/v1'

/** Replaces hyphens, which a GraphQL name cannot contain. */
export const toGraphQLName = (secret: string) => secret.replaceAll('-', '_')
