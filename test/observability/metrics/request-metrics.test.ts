import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTemporaryFolder } from '../../support/cli-process.ts'
import { createPostgresDatabase, describePostgres } from '../../support/databases.ts'
import {
  ADMIN_SCOPE,
  postBody,
  READ_SCOPE,
  readMetric,
  type Service,
  sendRequest,
  startService,
  TEST_SETTINGS,
} from '../../support/service.ts'

let service: Service
let read: string
let admin: string
beforeAll(async () => {
  service = await startService()
  read = await service.tokenFor(READ_SCOPE)
  admin = await service.tokenFor(ADMIN_SCOPE)
})
afterAll(() => service.close())

/** By how much each of these numbers grows while something is done. */
async function growths(names: readonly string[], act: () => Promise<unknown>, api = service.apiUrl) {
  // What has never happened may not be there yet.
  const all = () => Promise.all(names.map(async (name) => (await readMetric(api, name)) || 0))
  const before = await all()
  await act()
  const after = await all()
  return after.map((value, index) => value - (before[index] ?? 0))
}

const requests = (labels: string) => `fakebook_requests_total{${labels}}`
const timed = (operation: string) => `fakebook_request_duration_seconds_count{operation="${operation}"}`
const errors = (code: string) => `fakebook_errors_total{code="${code}"}`
const refused = (coordinate: string) => `fakebook_fields_refused_total{coordinate="${coordinate}"}`
const ADD = (title: string) =>
  `mutation { addBook(input: { title: "${title}", author: "A", cost: 1, numPages: 1 }) { id } }`

/** What is done, and the numbers that grow by it. */
const ROWS: readonly (readonly [string, () => Promise<unknown>, Readonly<Record<string, number>>])[] = [
  [
    'M1 one field',
    () => service.graphql('{ __typename a: book(id: 1) { id } b: book(id: 2) { id } }', read),
    { [timed('Query.book')]: 1, [timed('several')]: 0, [errors('FORBIDDEN')]: 0 },
  ],
  [
    'M2 two fields',
    () => service.graphql('{ book(id: 1) { id } books(first: 1) { id } }', read),
    { [timed('several')]: 1, [timed('Query.book')]: 0 },
  ],
  [
    'M3 the schema’s description alone',
    () => service.graphql('{ __schema { queryType { name } } __typename }'),
    { [timed('introspection')]: 1 },
  ],
  [
    'M4 REST counts as its document',
    () => sendRequest(`${service.apiUrl}/books/1`, bearer(read)),
    { [timed('Query.book')]: 1 },
  ],
  [
    'M5 what cannot be parsed asks for nothing',
    () => service.graphql('{ book(', read),
    { [timed('none')]: 1, [errors('GRAPHQL_PARSE_FAILED')]: 1 },
  ],
  [
    'M6 places that scopes did not open, each by its coordinate',
    () => service.graphql('{ book(id: 1) { addedBy addedAt } }', read),
    {
      [errors('FORBIDDEN')]: 1,
      [refused('Book.addedBy')]: 1,
      [refused('Book.addedAt')]: 1,
      [refused('Mutation.addBook')]: 0,
    },
  ],
  [
    'M7 no token',
    () => service.graphql(ADD('n')),
    { [errors('UNAUTHENTICATED')]: 1, fakebook_books_added_total: 0 },
  ],
  [
    'M8 a book is added',
    () => service.graphql(ADD('m8'), admin),
    {
      fakebook_books_added_total: 1,
      [timed('Mutation.addBook')]: 1,
      'fakebook_store_duration_seconds_count{operation="add"}': 1,
    },
  ],
]
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

test.each(ROWS)('%s', async (_, act, expected) => {
  expect(await growths(Object.keys(expected), act)).toEqual(Object.values(expected))
})

test('requests are counted by method, route and status; a path that is none is not told apart', async () => {
  const ask = async () => {
    await service.graphql('{ book(id: 1) { id } }', read)
    await sendRequest(`${service.apiUrl}/books/1`, bearer(read))
    await sendRequest(`${service.apiUrl}/outsider-1`)
    await sendRequest(`${service.apiUrl}/outsider-2`)
  }
  const names = [
    requests('method="POST",route="/graphql",status="200"'),
    requests('method="GET",route="/books/:id",status="200"'),
    requests('method="GET",route="none",status="404"'),
  ]
  expect(await growths(names, ask)).toEqual([1, 1, 2])
})

test('labels are closed lists: neither names, codes, methods nor paths from outside become one', async () => {
  await service.graphql('query outsider { outsider: book(id: 1) { title } }', read)
  await service.graphql('{ outsider }', read)
  await service.graphql('query($outsider: ID!) { book(id: $outsider) { id } }', read)
  await sendRequest(`${service.apiUrl}/outsider`, { method: 'PROPFIND' })
  await sendRequest(`${service.apiUrl}/books/outsider?outsider=outsider`, bearer(read))
  await postBody(`${service.apiUrl}/graphql`, '{"query":"outsider"}', read, 'outsider/outsider')
  const { text } = await sendRequest(`${service.apiUrl}/metrics`)
  expect(text).not.toMatch(/outsider|PROPFIND/)
})

test('what was turned away unseen is told from what a part that is away did not answer', async () => {
  const narrow = await startService({ ...TEST_SETTINGS, RATE_LIMIT: '1' })
  const shed = (limit: string) => `fakebook_requests_shed_total{limit="${limit}"}`
  const ask = async () => {
    await narrow.graphql('{ __typename }')
    await narrow.graphql('{ __typename }')
  }
  expect(await growths([shed('rate'), shed('load')], ask, narrow.apiUrl)).toEqual([1, 0])
  await narrow.close()
})

test('what runs, what it needs and how it is: looked up when somebody asks', async () => {
  const { text } = await sendRequest(`${service.apiUrl}/metrics`)
  expect(text).toMatch(/^fakebook_build_info\{version="\d[^"]*",node="\d[^"]*"\} 1$/m)
  expect(text).toMatch(/^fakebook_ready\{part="keys"\} 1$/m)
  expect(text).toMatch(/^fakebook_ready\{part="store"\} 1$/m)
  expect(text).toMatch(/^fakebook_event_loop_utilization (?:0|1|0\.\d+|\d.*e-\d+)$/m)
  expect(text).toMatch(/^fakebook_connections [1-9]\d*$/m)
  expect(text).toMatch(/^fakebook_requests_in_flight 0$/m)
  expect(text).toMatch(/^fakebook_token_cache_size [1-9]\d*$/m)
  expect(text).toMatch(/^process_resident_memory_bytes [1-9]/m)
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m)
})

test('the store’s failures are counted by what it was asked; a no on purpose is none', async () => {
  const file = join(createTemporaryFolder(), 'books.db')
  const broken = await startService({ DATABASE_URL: `file:${file}` })
  const token = await broken.tokenFor(READ_SCOPE, ADMIN_SCOPE)
  const failures = (operation: string) => `fakebook_store_failures_total{operation="${operation}"}`
  const names = [failures('find'), failures('add'), errors('ALREADY_EXISTS'), errors('SERVICE_UNAVAILABLE')]
  const taken = ADD('x').replace('title', 'id: 1, title')
  expect(await growths(names, () => broken.graphql(taken, token), broken.apiUrl)).toEqual([0, 0, 1, 0])
  const other = new DatabaseSync(file)
  other.exec('alter table books rename to gone')
  const find = () => broken.graphql('{ book(id: 1) { id } }', token)
  expect(await growths(names, find, broken.apiUrl)).toEqual([1, 0, 0, 1])
  expect(await readMetric(broken.apiUrl, 'fakebook_ready{part="store"}')).toBe(0)
  expect(await readMetric(broken.apiUrl, 'fakebook_ready{part="keys"}')).toBe(1)
  other.close()
  await broken.close()
})

describePostgres('on PostgreSQL', () => {
  test('its connections are counted by what they do', async () => {
    const pooled = await startService({ DATABASE_URL: await createPostgresDatabase() })
    const connections = (state: string) =>
      readMetric(pooled.apiUrl, `fakebook_store_connections{state="${state}"}`)
    await pooled.graphql('{ book(id: 1) { id } }', await pooled.tokenFor(READ_SCOPE))
    expect([await connections('in_use'), await connections('waiting')]).toEqual([0, 0])
    expect(await connections('idle')).toBeGreaterThan(0)
    await pooled.close()
  })
})
