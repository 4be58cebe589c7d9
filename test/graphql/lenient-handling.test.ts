import { hash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parseHandling } from '../../src/graphql/lenient-handling.ts'
import { measureGrowth } from '../support/metric-growth.ts'
import {
  ADMIN_SCOPE,
  type HttpReply,
  READ_SCOPE,
  type Service,
  sendRequest,
  startService,
} from '../support/service.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { waitUntil } from '../support/wait-until.ts'

const BOOK = '{ book(id: 1) { title addedBy } }'
const PARTIAL = { book: { title: 'And Then There Were None', addedBy: null } }
const ADD = `mutation { addBook(input: { title: "t", author: "a", cost: 1, numPages: 1 }) { id } }`

const folder = createTemporaryFolder()
const auditLog = join(folder, 'audit.log')
const manifest = join(folder, 'manifest.json')

let strict: Service
let lenient: Service
beforeAll(async () => {
  writeFileSync(manifest, JSON.stringify({ [hash('sha256', BOOK)]: BOOK }))
  const trusted = { TRUSTED_DOCUMENTS: 'prefer', TRUSTED_DOCUMENTS_MANIFEST: manifest }
  strict = await startService({ AUDIT_LOG: auditLog, ...trusted })
  lenient = await startService({ DENIED_FIELDS: 'null' })
})
afterAll(async () => {
  await strict.close()
  await lenient.close()
})

type Request = {
  readonly body?: unknown
  readonly search?: string
  readonly path?: string
  readonly scopes?: readonly string[]
  readonly prefer?: string | undefined
  readonly accept?: string
}

async function send(service: Service, request: Request): Promise<HttpReply> {
  const { body, search = '', path = '/graphql', scopes, prefer, accept } = request
  const token = scopes && (await service.tokenFor(...scopes))
  return sendRequest(`${service.apiUrl}${path}${search}`, {
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(prefer !== undefined && { prefer }),
      ...(accept !== undefined && { accept }),
    },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  })
}

const describe = ({ status, headers, json }: HttpReply) => ({
  status,
  applied: headers.get('preference-applied'),
  challenge: headers.get('www-authenticate')?.split(' ')[0] ?? null,
  data: json.data,
  errors: (json.errors ?? []).map(
    ({ path, extensions }) => `${path?.join('.')} ${extensions.code} ${extensions.coordinate}`,
  ),
})

const READ = [READ_SCOPE]
const LENIENT = 'handling=lenient'
const MEDIA_TYPE = 'application/graphql-response+json'
const DENIED = 'book.addedBy FORBIDDEN Book.addedBy'
const applied = { status: 200, applied: LENIENT, challenge: null }
const rejected = { applied: null, challenge: 'Bearer', data: undefined }

const ROWS: readonly {
  readonly id: string
  readonly title: string
  readonly request: Request
  readonly expected: Partial<Omit<ReturnType<typeof describe>, 'data'>> & { readonly data?: unknown }
}[] = [
  {
    id: 'lenient-http/H01',
    title: 'answers a denied field with null and an error',
    request: { body: { query: BOOK }, scopes: READ, prefer: LENIENT },
    expected: { ...applied, data: PARTIAL, errors: [DENIED] },
  },
  {
    id: 'lenient-http/H02',
    title: 'has the status 294 in the media type of GraphQL',
    request: { body: { query: BOOK }, scopes: READ, prefer: LENIENT, accept: MEDIA_TYPE },
    expected: { ...applied, status: 294, data: PARTIAL, errors: [DENIED] },
  },
  {
    id: 'lenient-http/H03',
    title: 'has the status 200 if nothing is denied',
    request: { body: { query: '{ book(id: 1) { id } }' }, scopes: READ, prefer: LENIENT, accept: MEDIA_TYPE },
    expected: { ...applied, data: { book: { id: '1' } }, errors: [] },
  },
  {
    id: 'lenient-http/H04',
    title: 'does not have the status 294 without data',
    request: {
      body: { query: '{ books { id } }' },
      scopes: [ADMIN_SCOPE],
      prefer: LENIENT,
      accept: MEDIA_TYPE,
    },
    expected: { ...applied, data: null, errors: ['books FORBIDDEN Query.books'] },
  },
  {
    id: 'lenient-http/H05',
    title: 'has an error for each alias',
    request: {
      body: { query: '{ a: book(id: 1) { x: addedBy y: addedAt } b: book(id: 2) { id addedBy } }' },
      scopes: READ,
      prefer: LENIENT,
    },
    expected: {
      ...applied,
      data: { a: { x: null, y: null }, b: { id: '2', addedBy: null } },
      errors: [
        'a.x FORBIDDEN Book.addedBy',
        'a.y FORBIDDEN Book.addedAt',
        'b.addedBy FORBIDDEN Book.addedBy',
      ],
    },
  },
  {
    id: 'lenient-http/H06',
    title: 'rejects a mutation',
    request: { body: { query: ADD }, scopes: READ, prefer: LENIENT },
    expected: { ...rejected, status: 403, errors: ['addBook FORBIDDEN Mutation.addBook'] },
  },
  {
    id: 'lenient-http/H07',
    title: 'rejects a request without a token',
    request: { body: { query: BOOK }, prefer: LENIENT },
    expected: { ...rejected, status: 401, errors: ['undefined UNAUTHENTICATED undefined'] },
  },
  {
    id: 'lenient-http/H08',
    title: 'does not apply the preference to public fields without a token',
    request: { body: { query: '{ __typename }' }, prefer: LENIENT },
    expected: { status: 200, applied: null, data: { __typename: 'Query' } },
  },
  {
    id: 'lenient-http/H09',
    title: 'handles GET',
    request: { search: `?query=${encodeURIComponent(BOOK)}`, scopes: READ, prefer: LENIENT },
    expected: { ...applied, data: PARTIAL, errors: [DENIED] },
  },
  {
    id: 'lenient-http/H10',
    title: 'handles a trusted document that is named by its hash',
    request: { body: { documentId: `sha256:${hash('sha256', BOOK)}` }, scopes: READ, prefer: LENIENT },
    expected: { ...applied, data: PARTIAL, errors: [DENIED] },
  },
  {
    id: 'lenient-http/H11',
    title: 'rejects by default',
    request: { body: { query: BOOK }, scopes: READ },
    expected: { ...rejected, status: 403, errors: [DENIED] },
  },
  {
    id: 'lenient-http/H12',
    title: 'rejects a REST call',
    request: { path: '/books/1', scopes: [ADMIN_SCOPE], prefer: LENIENT },
    expected: { ...rejected, status: 403 },
  },
  {
    id: 'lenient-http/H13',
    title: 'does not apply the preference to an invalid document',
    request: { body: { query: '{ unknown }' }, scopes: READ, prefer: LENIENT },
    expected: { status: 400, applied: null, challenge: null },
  },
]
test.each(ROWS)('$id $title', async ({ request, expected }) => {
  // The second response is that of the compiled executor.
  for (const _ of ['first', 'second']) expect(describe(await send(strict, request))).toMatchObject(expected)
})

const SETTING_ROWS: typeof ROWS = [
  {
    id: 'lenient-http/N01',
    title: 'handles queries leniently, without a preference that was applied',
    request: { body: { query: BOOK }, scopes: READ },
    expected: { status: 200, applied: null, challenge: null, data: PARTIAL, errors: [DENIED] },
  },
  {
    id: 'lenient-http/N02',
    title: 'rejects a query whose client prefers it',
    request: { body: { query: BOOK }, scopes: READ, prefer: 'respond-async, handling=strict' },
    expected: { ...rejected, status: 403, errors: [DENIED] },
  },
  {
    id: 'lenient-http/N03',
    title: 'rejects a mutation',
    request: { body: { query: ADD }, scopes: READ },
    expected: { ...rejected, status: 403 },
  },
  {
    id: 'lenient-http/N04',
    title: 'rejects a request without a token',
    request: { body: { query: BOOK } },
    expected: { ...rejected, status: 401 },
  },
  {
    id: 'lenient-http/N05',
    title: 'rejects a REST call',
    request: { path: '/books/1', scopes: [ADMIN_SCOPE] },
    expected: { ...rejected, status: 403 },
  },
  {
    id: 'lenient-http/N06',
    title: 'has the status 294 in the media type of GraphQL',
    request: { body: { query: BOOK }, scopes: READ, accept: MEDIA_TYPE },
    expected: { status: 294, applied: null, challenge: null, data: PARTIAL, errors: [DENIED] },
  },
]
test.each(SETTING_ROWS)('$id DENIED_FIELDS=null $title', async ({ request, expected }) => {
  expect(describe(await send(lenient, request))).toMatchObject(expected)
})

test('lenient-http/R01 decides for each caller and each preference when a query is repeated', async () => {
  const body = { query: 'query ($n: Int) { books(first: $n) { id addedBy } }', variables: { n: 1 } }
  const admin = [READ_SCOPE, ADMIN_SCOPE]
  for (const [scopes, prefer, status, errors] of [
    [READ, LENIENT, 200, 1],
    [admin, LENIENT, 200, 0],
    [READ, undefined, 403, 1],
    [READ, LENIENT, 200, 1],
    [undefined, LENIENT, 401, 1],
    [admin, undefined, 200, 0],
    [[ADMIN_SCOPE], LENIENT, 200, 1],
    [READ, LENIENT, 200, 1],
  ] as const) {
    const reply = describe(await send(strict, { body, prefer, ...(scopes && { scopes }) }))
    expect([reply.status, reply.errors.length]).toEqual([status, errors])
  }
})

test('lenient-http/R02 handles a query that the client has registered by its hash', async () => {
  const query = '{ book(id: 2) { id addedBy } }'
  const extensions = { persistedQuery: { version: 1, sha256Hash: hash('sha256', query) } }
  for (const body of [{ query, extensions }, { extensions }, { extensions }]) {
    const reply = describe(await send(strict, { body, scopes: READ, prefer: LENIENT }))
    expect(reply).toMatchObject({ ...applied, data: { book: { id: '2', addedBy: null } }, errors: [DENIED] })
  }
  expect(describe(await send(strict, { body: { extensions }, scopes: READ })).status).toBe(403)
})

test('lenient-http/A01 counts the denied fields, and has a line in the audit log that is no refusal', async () => {
  const field = 'fakebook_fields_refused_total{coordinate="Book.addedAt"}'
  const query = 'query Partial { book(id: 1) { a: addedAt b: addedAt } }'
  const growth = await measureGrowth(strict.apiUrl, [field], () =>
    send(strict, { body: { query }, scopes: READ, prefer: LENIENT }),
  )
  expect(growth).toEqual([1])
  // A request without a token is not counted, strict or lenient.
  const anonymous = () =>
    send(strict, { body: { query: query.replace('Partial', 'Other') }, prefer: LENIENT })
  expect(await measureGrowth(strict.apiUrl, [field], anonymous)).toEqual([0])
  const findEntries = () =>
    readFileSync(auditLog, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"operation":"Partial"'))
      .map((line) => JSON.parse(line))
  await waitUntil(async () => findEntries().length > 0)
  expect(findEntries()).toEqual([
    expect.objectContaining({
      event: 'partial',
      asked: ['Query.book'],
      refused: ['Book.addedAt'],
      code: 'FORBIDDEN',
      status: 200,
    }),
  ])
})

test.each([
  { id: 'lenient-http/P01', header: undefined, expected: undefined },
  { id: 'lenient-http/P02', header: '', expected: undefined },
  { id: 'lenient-http/P03', header: 'handling=lenient', expected: 'lenient' },
  { id: 'lenient-http/P04', header: 'HANDLING=Lenient', expected: 'lenient' },
  { id: 'lenient-http/P05', header: 'handling = "lenient"', expected: 'lenient' },
  { id: 'lenient-http/P06', header: 'handling=strict', expected: 'strict' },
  { id: 'lenient-http/P07', header: 'respond-async, wait=100, handling=lenient', expected: 'lenient' },
  {
    id: 'lenient-http/P08',
    header: 'return=minimal; foo="a, b";c, handling=lenient ; x',
    expected: 'lenient',
  },
  { id: 'lenient-http/P09', header: 'handling=strict, handling=lenient', expected: 'strict' },
  { id: 'lenient-http/P10', header: 'handling=other, handling=lenient', expected: undefined },
  { id: 'lenient-http/P11', header: 'handling, handling=lenient', expected: undefined },
  { id: 'lenient-http/P12', header: 'foo="x, handling=lenient"', expected: undefined },
  { id: 'lenient-http/P13', header: 'foo="x\\", handling=lenient, \\""', expected: undefined },
  { id: 'lenient-http/P14', header: 'foo="x, handling=lenient', expected: undefined },
  { id: 'lenient-http/P15', header: 'foo; handling=lenient', expected: undefined },
  { id: 'lenient-http/P16', header: ',, ;x, handling=lenient', expected: 'lenient' },
  { id: 'lenient-http/P17', header: 'handling=constructor', expected: undefined },
  { id: 'lenient-http/P18', header: 'xhandling=lenient', expected: undefined },
  { id: 'lenient-http/P19', header: ['handling=lenient', 'wait=1'], expected: 'lenient' },
  { id: 'lenient-http/P20', header: 'handling=lenient-ish', expected: undefined },
])('$id parses Prefer: $header', ({ header, expected }) => {
  expect(parseHandling(header)).toBe(expected)
})
