import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createPostgresDatabase, describePostgres } from '../../support/databases.ts'
import { measureGrowth } from '../../support/metric-growth.ts'
import {
  ADMIN_SCOPE,
  postBody,
  READ_SCOPE,
  readMetric,
  type Service,
  sendRequest,
  startService,
} from '../../support/service.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

let service: Service
let readToken: string
let adminToken: string
beforeAll(async () => {
  service = await startService()
  readToken = await service.tokenFor(READ_SCOPE)
  adminToken = await service.tokenFor(ADMIN_SCOPE)
})
afterAll(() => service.close())

const requests = (labels: string) => `fakebook_requests_total{${labels}}`
const durations = (operation: string) => `fakebook_request_duration_seconds_count{operation="${operation}"}`
const errors = (code: string) => `fakebook_errors_total{code="${code}"}`
const deniedFields = (coordinate: string) => `fakebook_fields_refused_total{coordinate="${coordinate}"}`
const addBook = (title: string) =>
  `mutation { addBook(input: { title: "${title}", author: "A", cost: 1, numPages: 1 }) { id } }`
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

type Row = {
  readonly id: string
  readonly title: string
  readonly act: () => Promise<unknown>
  /** By metric. */
  readonly growth: Readonly<Record<string, number>>
}

const ROWS: readonly Row[] = [
  {
    id: 'metrics/M1',
    title: 'counts an operation by its root field',
    act: () => service.graphql('{ __typename a: book(id: 1) { id } b: book(id: 2) { id } }', readToken),
    growth: { [durations('Query.book')]: 1, [durations('several')]: 0, [errors('FORBIDDEN')]: 0 },
  },
  {
    id: 'metrics/M2',
    title: 'counts an operation with two root fields as several',
    act: () => service.graphql('{ book(id: 1) { id } books(first: 1) { id } }', readToken),
    growth: { [durations('several')]: 1, [durations('Query.book')]: 0 },
  },
  {
    id: 'metrics/M3',
    title: 'counts an operation without fields of the schema as introspection',
    act: () => service.graphql('{ __schema { queryType { name } } __typename }'),
    growth: { [durations('introspection')]: 1 },
  },
  {
    id: 'metrics/M4',
    title: 'counts a REST call by the root field of its document',
    act: () => sendRequest(`${service.apiUrl}/books/1`, bearer(readToken)),
    growth: { [durations('Query.book')]: 1 },
  },
  {
    id: 'metrics/M5',
    title: 'counts a document with a syntax error as none',
    act: () => service.graphql('{ book(', readToken),
    growth: { [durations('none')]: 1, [errors('GRAPHQL_PARSE_FAILED')]: 1 },
  },
  {
    id: 'metrics/M6',
    title: 'counts each denied field by its coordinate',
    act: () => service.graphql('{ book(id: 1) { addedBy addedAt } }', readToken),
    growth: {
      [errors('FORBIDDEN')]: 1,
      [deniedFields('Book.addedBy')]: 1,
      [deniedFields('Book.addedAt')]: 1,
      [deniedFields('Mutation.addBook')]: 0,
    },
  },
  {
    id: 'metrics/M7',
    title: 'counts a request without a token as an error',
    act: () => service.graphql(addBook('n')),
    growth: { [errors('UNAUTHENTICATED')]: 1, fakebook_books_added_total: 0 },
  },
  {
    id: 'metrics/M8',
    title: 'counts an added book and the repository call',
    act: () => service.graphql(addBook('m8'), adminToken),
    growth: {
      fakebook_books_added_total: 1,
      [durations('Mutation.addBook')]: 1,
      'fakebook_store_duration_seconds_count{operation="add"}': 1,
    },
  },
]

test.each(ROWS)('$id $title', async ({ act, growth }) => {
  expect(await measureGrowth(service.apiUrl, Object.keys(growth), act)).toEqual(Object.values(growth))
})

test('counts requests by method, route and status, and all unknown paths together', async () => {
  const act = async () => {
    await service.graphql('{ book(id: 1) { id } }', readToken)
    await sendRequest(`${service.apiUrl}/books/1`, bearer(readToken))
    await sendRequest(`${service.apiUrl}/outsider-1`)
    await sendRequest(`${service.apiUrl}/outsider-2`)
  }
  const names = [
    requests('method="POST",route="/graphql",status="200"'),
    requests('method="GET",route="/books/:id",status="200"'),
    requests('method="GET",route="none",status="404"'),
  ]
  expect(await measureGrowth(service.apiUrl, names, act)).toEqual([1, 1, 2])
})

test('takes no label value from a request: names, codes, methods and paths are closed lists', async () => {
  await service.graphql('query outsider { outsider: book(id: 1) { title } }', readToken)
  await service.graphql('{ outsider }', readToken)
  await service.graphql('query($outsider: ID!) { book(id: $outsider) { id } }', readToken)
  await sendRequest(`${service.apiUrl}/outsider`, { method: 'PROPFIND' })
  await sendRequest(`${service.apiUrl}/books/outsider?outsider=outsider`, bearer(readToken))
  await postBody(`${service.apiUrl}/graphql`, '{"query":"outsider"}', readToken, 'outsider/outsider')
  const { text } = await sendRequest(`${service.apiUrl}/metrics`)
  expect(text).not.toMatch(/outsider|PROPFIND/)
})

test('counts a rate-limited request as shed by rate, not by load', async () => {
  const limited = await startService({ RATE_LIMIT: '1' })
  const shed = (limit: string) => `fakebook_requests_shed_total{limit="${limit}"}`
  const act = async () => {
    await limited.graphql('{ __typename }')
    await limited.graphql('{ __typename }')
  }
  expect(await measureGrowth(limited.apiUrl, [shed('rate'), shed('load')], act)).toEqual([1, 0])
  await limited.close()
})

test('exports versions, dependencies and the state of the process', async () => {
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

test('counts failed repository calls by method, and no expected client error', async () => {
  const file = join(createTemporaryFolder(), 'books.db')
  const broken = await startService({ DATABASE_URL: `file:${file}` })
  const token = await broken.tokenFor(READ_SCOPE, ADMIN_SCOPE)
  const failures = (operation: string) => `fakebook_store_failures_total{operation="${operation}"}`
  const names = [failures('find'), failures('add'), errors('ALREADY_EXISTS'), errors('SERVICE_UNAVAILABLE')]
  const addTakenId = () => broken.graphql(addBook('x').replace('title', 'id: 1, title'), token)
  expect(await measureGrowth(broken.apiUrl, names, addTakenId)).toEqual([0, 0, 1, 0])
  const connection = new DatabaseSync(file)
  connection.exec('alter table books rename to gone')
  const find = () => broken.graphql('{ book(id: 1) { id } }', token)
  expect(await measureGrowth(broken.apiUrl, names, find)).toEqual([1, 0, 0, 1])
  expect(await readMetric(broken.apiUrl, 'fakebook_ready{part="store"}')).toBe(0)
  expect(await readMetric(broken.apiUrl, 'fakebook_ready{part="keys"}')).toBe(1)
  connection.close()
  await broken.close()
})

describePostgres('on PostgreSQL', () => {
  test('exports the connections of the pool by state', async () => {
    const pooled = await startService({ DATABASE_URL: await createPostgresDatabase() })
    const connections = (state: string) =>
      readMetric(pooled.apiUrl, `fakebook_store_connections{state="${state}"}`)
    await pooled.graphql('{ book(id: 1) { id } }', await pooled.tokenFor(READ_SCOPE))
    expect([await connections('in_use'), await connections('waiting')]).toEqual([0, 0])
    expect(await connections('idle')).toBeGreaterThan(0)
    await pooled.close()
  })
})
