import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { buildOtherSchema } from '../../src/graphql/load-schema.ts'
import { describeEndpoints } from '../../src/routes/rest.ts'
import { ADMIN_SCOPE, type HttpReply, READ_SCOPE, type Service, startService } from '../support/service.ts'
import { startStubIssuer } from '../support/stub-issuer.ts'

let service: Service
afterEach(() => service?.close())

type Operation = {
  readonly operationId: string
  readonly summary: string
  readonly security: readonly Record<string, readonly string[]>[]
  readonly parameters?: readonly { name: string; description?: string; schema: object }[]
  readonly responses: Readonly<Record<string, unknown>>
}
type Property = { readonly type: unknown; readonly description: string }
type OpenApi = {
  readonly info: { readonly version: string }
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: { readonly Book: { readonly properties: Readonly<Record<string, Property>> } }
    readonly responses: Readonly<Record<string, unknown>>
    readonly securitySchemes: { readonly accessToken: { readonly openIdConnectUrl: string } }
  }
}

async function readDocument(): Promise<OpenApi> {
  const { status, text } = await service.send(`${service.apiUrl}/openapi.json`)
  expect(status).toBe(200)
  return JSON.parse(text)
}

const listOperations = ({ paths }: OpenApi) =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ path, method, ...operation })),
  )

test('openapi/D01 is a valid OpenAPI 3.1 document', async () => {
  service = await startService()
  expect(await new Validator().validate(await readDocument())).toEqual({ valid: true })
})

test('openapi/D02 documents every REST route with its methods, and no other path', async () => {
  service = await startService()
  const document = await readDocument()
  const operations = listOperations(document)
  const endpoints = describeEndpoints(() => ({ requiredScopes: [], variables: [], fields: new Map() }))
  const routes = endpoints.map(({ method, url }) => `${method} ${url.replace(':id', '{id}')}`)
  const documented = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`)
  expect(documented.sort()).toEqual(routes.sort())
  for (const { responses, summary } of operations) expect([responses, summary]).not.toContain(undefined)
  for (const [path, methods] of Object.entries(document.paths)) {
    const { status, headers } = await service.send(service.apiUrl + path, { method: 'PUT' })
    const allowed = headers.get('allow')?.replace(' HEAD,', '').replace(', HEAD', '')
    expect([status, allowed]).toEqual([405, Object.keys(methods).join(', ').toUpperCase()])
  }
})

test('openapi/D03 names the API, its version and its issuer by their URLs', async () => {
  service = await startService({ API_URL: 'https://example.com/api' })
  const { servers, info, components } = await readDocument()
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const { openIdConnectUrl } = components.securitySchemes.accessToken
  expect([servers, info.version]).toEqual([[{ url: 'https://example.com/api' }], version])
  const discovery = await service.send(openIdConnectUrl)
  expect(JSON.parse(discovery.text)).toMatchObject({ issuer: service.issuerUrl })
})

const SETTINGS = [
  { id: 'openapi/P01', introspection: 'open' },
  { id: 'openapi/P02', introspection: 'authenticated' },
  { id: 'openapi/P03', introspection: 'off' },
]
test.each(SETTINGS)('$id is public when introspection is $introspection', async ({ introspection }) => {
  service = await startService({ INTROSPECTION: introspection })
  const url = `${service.apiUrl}/openapi.json`
  const [get, head, post] = await Promise.all(
    ['GET', 'HEAD', 'POST'].map((method) => service.send(url, { method })),
  )
  expect([get?.status, head?.status, head?.text, post?.status]).toEqual([200, 200, '', 405])
  expect(post?.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  expect(Object.fromEntries(get?.headers ?? [])).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'public, max-age=3600',
    'access-control-allow-origin': '*',
  })
})

test('openapi/D04 takes parameters and descriptions from the schema', async () => {
  service = await startService()
  const { paths, components } = await readDocument()
  const parameters = paths['/books']?.get?.parameters ?? []
  expect(parameters.map(({ name }) => name)).toEqual(['first', 'after', 'author', 'title'])
  expect(parameters.filter(({ description }) => !description)).toEqual([])
  expect(parameters[0]?.schema).toEqual({ type: 'integer' })
  expect(paths['/books']?.post).toMatchObject({
    parameters: [{ $ref: '#/components/parameters/IdempotencyKey' }],
    requestBody: {
      content: {
        'application/json': {
          schema: {
            required: ['title', 'author', 'cost', 'num_pages'],
            properties: {
              id: { type: 'integer' },
              title: { description: expect.stringMatching(/^The title, 1 to 500 characters, /) },
            },
          },
        },
      },
    },
  })
  expect(Object.keys(components.schemas.Book.properties)).toEqual([
    'id',
    'title',
    'author',
    'cost',
    'num_pages',
  ])
})

const SCHEMA = readFileSync('schema/books.graphql', 'utf8')
const READ_RULE = 'book("The book\'s id." id: ID!): Book @requiresScope(scopes: "fakebookapi.read")'

type SchemaChange = {
  readonly id: string
  readonly title: string
  readonly changes: readonly { readonly replace: string; readonly by: string }[]
  /** The security requirements of `GET /books/{id}`, and scopes that satisfy them. */
  readonly security: readonly Record<string, readonly string[]>[]
  readonly scopes: readonly string[]
}

const SCHEMA_CHANGES: readonly SchemaChange[] = [
  {
    id: 'openapi/S01',
    title: 'another scope',
    changes: [{ replace: READ_RULE, by: 'book(id: ID!): Book @requiresScope(scopes: "fakebookapi.admin")' }],
    security: [{ accessToken: [ADMIN_SCOPE] }],
    scopes: [ADMIN_SCOPE],
  },
  {
    id: 'openapi/S02',
    title: 'alternatives: those that a client requests',
    changes: [
      {
        replace: READ_RULE,
        by: 'book(id: ID!): Book @requiresScope(scopes: [["fakebookapi.read"], ["fakebookapi.admin"]])',
      },
    ],
    security: [{ accessToken: [ADMIN_SCOPE] }],
    scopes: [READ_SCOPE],
  },
  {
    id: 'openapi/S03',
    title: 'a public type and field',
    changes: [
      { replace: READ_RULE, by: 'book(id: ID!): Book @public(reason: "A test")' },
      { replace: 'type Book {', by: 'type Book @public(reason: "A test") {' },
    ],
    security: [{}],
    scopes: [],
  },
  {
    id: 'openapi/S04',
    title: 'a scope on a selected field',
    changes: [
      {
        replace: 'numPages: Int!\n  "The sub',
        by: 'numPages: Int! @requiresScope(scopes: "fakebookapi.admin")\n  "The sub',
      },
    ],
    security: [{ accessToken: [READ_SCOPE, ADMIN_SCOPE] }],
    scopes: [ADMIN_SCOPE, READ_SCOPE],
  },
]
test.each(SCHEMA_CHANGES)('$id derives the scopes from a schema with $title', async (row) => {
  const text = row.changes.reduce((sdl, { replace, by }) => sdl.replace(replace, by), SCHEMA)
  const schema = buildOtherSchema([{ name: 'books.graphql', text }])
  service = await startService({}, { schema })
  const { paths } = await readDocument()
  expect(paths['/books/{id}']?.get?.security).toEqual(row.security)
  const token = row.scopes.length > 0 ? `Bearer ${await service.tokenFor(...row.scopes)}` : undefined
  const init = token === undefined ? {} : { headers: { authorization: token } }
  expect((await service.send(`${service.apiUrl}/books/1`, init)).status).toBe(200)
})

test('openapi/S05 derives nullability, descriptions and guarded parameters from the schema', async () => {
  const text = SCHEMA.replace(
    '"The title, up to 500 characters."\n  title: String!',
    '"The name."\n  title: String',
  ).replace('name of the author."\n  author: String', '$&@requiresScope(scopes: "fakebookapi.admin")')
  service = await startService({}, { schema: buildOtherSchema([{ name: 'books.graphql', text }]) })
  const { paths, components } = await readDocument()
  expect(components.schemas.Book.properties.title).toEqual({
    type: ['string', 'null'],
    description: 'The name.',
  })
  const author = paths['/books']?.get?.parameters?.find(({ name }) => name === 'author')
  expect(author?.description).toBe('The exact name of the author.\n\nRequires fakebookapi.admin.')
})

const BOOK = { title: 'Curtain', author: 'Agatha Christie', cost: 7.99, num_pages: 250 }
const REQUESTS = {
  listBooks: {
    method: 'GET',
    path: '/books',
    template: '/books',
    query: '?first=2',
    scope: READ_SCOPE,
    body: undefined,
  },
  getBook: {
    method: 'GET',
    path: '/books/1',
    template: '/books/{id}',
    query: '',
    scope: READ_SCOPE,
    body: undefined,
  },
  addBook: { method: 'POST', path: '/books', template: '/books', query: '', scope: ADMIN_SCOPE, body: BOOK },
} as const
type OperationId = keyof typeof REQUESTS

type Change = {
  readonly path?: string
  readonly body?: unknown
  readonly scope?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

async function sendOperation(operationId: OperationId, change: Change = {}): Promise<HttpReply> {
  const request = { ...REQUESTS[operationId], ...change }
  const { scope, method, body } = request
  const headers: Record<string, string> = { 'content-type': 'application/json', ...change.headers }
  if (scope !== null) headers.authorization = `Bearer ${await service.tokenFor(scope)}`
  const url = service.apiUrl + request.path + request.query
  return service.send(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
}

type DocumentedResponse = {
  readonly headers?: object
  readonly content: { readonly 'application/json': { readonly schema: object } }
}

/** Finds the response that the document has for a status. */
function findResponse({ paths, components }: OpenApi, operationId: OperationId, status: number) {
  const { template, method } = REQUESTS[operationId]
  const { responses } = paths[template]?.[method.toLowerCase()] ?? {}
  const found = (responses?.[status] ?? responses?.default) as { $ref?: string } | undefined
  const name = found?.$ref?.split('/').at(-1)
  return (name === undefined ? found : components.responses[name]) as DocumentedResponse
}

/** Asserts that a response has the headers and the body that the document has for its status. */
function expectDocumented(document: OpenApi, operationId: OperationId, { status, headers, text }: HttpReply) {
  const response = findResponse(document, operationId, status)
  const { schema } = response.content['application/json']
  const validate = new Ajv2020({ strict: false }).compile({ ...schema, components: document.components })
  validate(JSON.parse(text))
  const missing = Object.keys(response.headers ?? {}).filter((name) => !headers.has(name))
  expect([operationId, status, validate.errors, missing]).toEqual([operationId, status, null, []])
  expect(headers.get('content-type')).toMatch(/^application\/json/)
}

type ResponseCase = {
  readonly id: string
  readonly title: string
  readonly operationId: OperationId
  readonly status: number
  readonly change?: Change
  /** Sent first. */
  readonly before?: Change
}

const KEY = { headers: { 'idempotency-key': 'k1' } }
const RESPONSES: readonly ResponseCase[] = [
  { id: 'openapi/R01', title: 'a page of books', operationId: 'listBooks', status: 200 },
  { id: 'openapi/R02', title: 'a book', operationId: 'getBook', status: 200 },
  { id: 'openapi/R03', title: 'a new book', operationId: 'addBook', status: 201 },
  {
    id: 'openapi/R04',
    title: 'an unknown id',
    operationId: 'getBook',
    status: 404,
    change: { path: '/books/9' },
  },
  {
    id: 'openapi/R05',
    title: 'an id that is taken',
    operationId: 'addBook',
    status: 409,
    change: { body: { ...BOOK, id: 1 } },
  },
  {
    id: 'openapi/R06',
    title: 'a large body',
    operationId: 'addBook',
    status: 413,
    change: { body: { ...BOOK, title: 'x'.repeat(1_000_000) } },
  },
  {
    id: 'openapi/R07',
    title: 'a body that is not JSON',
    operationId: 'addBook',
    status: 415,
    change: { headers: { 'content-type': 'text/plain' } },
  },
  {
    id: 'openapi/R08',
    title: 'a key of another request',
    operationId: 'addBook',
    status: 422,
    before: KEY,
    change: { ...KEY, body: { ...BOOK, cost: 1 } },
  },
  {
    id: 'openapi/R09',
    title: 'a wrong body',
    operationId: 'addBook',
    status: 400,
    change: { body: { title: '', author: '', cost: -1, num_pages: 0 } },
  },
  { id: 'openapi/R10', title: 'an empty body', operationId: 'addBook', status: 400, change: { body: {} } },
  {
    id: 'openapi/R11',
    title: 'a status that is not documented',
    operationId: 'getBook',
    status: 414,
    change: { path: `/books/${'1'.repeat(300)}` },
  },
]
test.each(RESPONSES)('$id documents the response to $title', async (row) => {
  const { operationId, before, change } = row
  service = await startService()
  if (before) await sendOperation(operationId, before)
  const reply = await sendOperation(operationId, change)
  expect(reply.status).toBe(row.status)
  expectDocumented(await readDocument(), operationId, reply)
})

type CommonCase = {
  readonly id: string
  readonly title: string
  readonly status: number
  readonly settings?: Record<string, string>
  readonly change?: (scope: string) => Change
}

/** Errors that every operation has. */
const COMMON: readonly CommonCase[] = [
  {
    id: 'openapi/E01',
    title: 'a wrong header',
    status: 400,
    change: () => ({ headers: { 'idempotency-key': '' } }),
  },
  { id: 'openapi/E02', title: 'no token', status: 401, change: () => ({ scope: null }) },
  {
    id: 'openapi/E03',
    title: 'the scope of another operation',
    status: 403,
    change: (scope) => ({ scope: scope === READ_SCOPE ? ADMIN_SCOPE : READ_SCOPE }),
  },
  { id: 'openapi/E04', title: 'too many requests', status: 429, settings: { RATE_LIMIT: '1' } },
]
const OPERATION_IDS = Object.keys(REQUESTS) as OperationId[]
async function expectCommonResponses(status: number, change?: CommonCase['change']) {
  const document = await readDocument()
  for (const operationId of OPERATION_IDS) {
    const reply = await sendOperation(operationId, change?.(REQUESTS[operationId].scope))
    expect(reply.status).toBe(status)
    expectDocumented(document, operationId, reply)
  }
}
test.each(COMMON)('$id documents the responses to $title', async ({ settings, change, status }) => {
  service = await startService(settings)
  await expectCommonResponses(status, change)
})

test('openapi/E05 documents the responses to an outage of the issuer', async () => {
  const issuer = await startStubIssuer()
  issuer.state.isUp = false
  try {
    service = await startService({}, { issuerUrl: issuer.url })
    const authorization = `Bearer ${await issuer.signToken()}`
    await expectCommonResponses(503, () => ({ scope: null, headers: { authorization } }))
  } finally {
    await issuer.close()
  }
})

test('openapi/D05 has a test for every status that it documents', async () => {
  service = await startService()
  const documented = listOperations(await readDocument()).flatMap(({ operationId, responses }) =>
    Object.keys(responses).map((status) => `${operationId} ${status}`),
  )
  const tested = new Set([
    ...RESPONSES.map(({ operationId, status }) => `${operationId} ${status === 414 ? 'default' : status}`),
    ...[...COMMON.map(({ status }) => status), 503].flatMap((status) =>
      OPERATION_IDS.map((operationId) => `${operationId} ${status}`),
    ),
  ])
  const others = ['listBooks default', 'addBook default']
  expect(documented.sort()).toEqual([...tested, ...others].sort())
})
