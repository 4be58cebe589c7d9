import { afterEach, expect, jest, test } from '@jest/globals'
import { ADMIN_SCOPE, postBody, READ_SCOPE, type Service, startService } from '../support/service.ts'

let service: Service
afterEach(() => service.close())

const BOOK = JSON.stringify({ title: 'Curtain', author: 'Agatha Christie', cost: 7.99, num_pages: 250 })

type LocationCase = {
  readonly id: string
  readonly title: string
  readonly settings: Record<string, string>
  readonly location: string
}

const LOCATIONS: readonly LocationCase[] = [
  { id: 'rest/L01', title: 'at the root', settings: {}, location: '/books/6' },
  {
    id: 'rest/L02',
    title: 'below a path',
    settings: { API_URL: 'https://example.com/api' },
    location: '/api/books/6',
  },
]

test.each(LOCATIONS)('$id names a new book’s path when the API is served $title', async (row) => {
  service = await startService(row.settings)
  const url = `${service.apiUrl}/books`
  const { status, headers } = await postBody(url, BOOK, await service.tokenFor(ADMIN_SCOPE))
  expect([status, headers.get('location')]).toEqual([201, row.location])
})

type LinkCase = {
  readonly id: string
  readonly title: string
  readonly settings?: Record<string, string>
  readonly search: string
  /** The target of `rel="next"`, or null. */
  readonly next: string | null
}

const LINKS: readonly LinkCase[] = [
  { id: 'rest/N01', title: 'a first page', search: '?first=2', next: '/books?first=2&after=2' },
  { id: 'rest/N02', title: 'a later page', search: '?after=2&first=2', next: '/books?after=4&first=2' },
  { id: 'rest/N03', title: 'the last page', search: '?first=2&after=4', next: null },
  { id: 'rest/N04', title: 'a full last page', search: '?first=5', next: null },
  { id: 'rest/N05', title: 'no parameters', search: '', next: null },
  { id: 'rest/N06', title: 'no books', search: '?author=Anonymous', next: null },
  {
    id: 'rest/N07',
    title: 'a filter with special characters',
    search: '?first=1&title=%22t%3E%3Cthe',
    next: '/books?first=1&title=%22t%3E%3Cthe&after=1',
  },
  {
    id: 'rest/N08',
    title: 'an API below a path',
    settings: { API_URL: 'https://example.com/api' },
    search: '?first=1',
    next: '/api/books?first=1&after=1',
  },
]

test.each(LINKS)('$id links from $title to the next one', async ({ settings, search, next }) => {
  service = await startService(settings)
  const headers = { authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}` }
  const reply = await service.send(`${service.apiUrl}/books${search}`, { headers })
  expect([reply.status, reply.headers.get('link')]).toEqual([200, next && `<${next}>; rel="next"`])
})

test('rest/N09 reaches every book once by following the links', async () => {
  service = await startService()
  const headers = { authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}` }
  const ids: number[] = []
  for (let path: string | undefined = '/books?first=2'; path !== undefined; ) {
    const reply = await service.send(service.apiUrl + path, { headers })
    ids.push(...(JSON.parse(reply.text) as { id: number }[]).map(({ id }) => id))
    path = /^<(.+)>; rel="next"$/.exec(reply.headers.get('link') ?? '')?.[1]
  }
  expect(ids).toEqual([1, 2, 3, 4, 5])
})

test('rest/N10 serves the largest page that the page limit allows', async () => {
  service = await startService()
  const headers = { authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}` }
  expect((await service.send(`${service.apiUrl}/books?first=100`, { headers })).status).toBe(200)
})

const BAD_QUERIES = [
  { id: 'rest/P01', path: '/books?first=abc', message: 'first: must be an integer.' },
  { id: 'rest/P02', path: '/books?first=', message: 'first: must be an integer.' },
  { id: 'rest/P03', path: '/books?first=1e1', message: 'first: must be an integer.' },
  { id: 'rest/P04', path: '/books?first=101', message: 'first: must be from 1 to 100.' },
  { id: 'rest/P05', path: '/books?first=9999', message: 'first: must be from 1 to 100.' },
  { id: 'rest/P12', path: '/books?first=0', message: 'first: must be from 1 to 100.' },
  { id: 'rest/P13', path: '/books?first=-1', message: 'first: must be from 1 to 100.' },
  { id: 'rest/P06', path: '/books?after=x', message: 'after: must be a cursor, or the id of a book.' },
  { id: 'rest/P07', path: '/books?title=a&title=b', message: '"title" must be given once.' },
  {
    id: 'rest/P08',
    path: '/books?publisher=a',
    message: 'Unknown parameter "publisher". Allowed parameters: first, after, author, title.',
  },
  { id: 'rest/P09', path: '/books/1?id=2', message: 'Unknown parameter "id". Allowed parameters: none.' },
  {
    id: 'rest/P10',
    path: '/books?__proto__=1',
    message: 'Unknown parameter "__proto__". Allowed parameters: first, after, author, title.',
  },
]
test.each(BAD_QUERIES)('$id names the wrong parameter of GET $path', async ({ path, message }) => {
  service = await startService()
  const headers = { authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}` }
  const { status, json } = await service.send(service.apiUrl + path, { headers })
  expect([status, json.errors?.[0]?.message]).toEqual([400, message])
})

test('rest/P14 reads a query string once, however many parameters it has', async () => {
  service = await startService()
  const headers = { authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}` }
  const search = Array.from({ length: 1_000 }, (_, i) => `p${i}`).join('&')
  const searches = (['get', 'getAll', 'has'] as const).map((name) =>
    jest.spyOn(URLSearchParams.prototype, name),
  )
  const { status } = await service.send(`${service.apiUrl}/books?${search}`, { headers })
  const searchCount = searches.reduce((sum, { mock }) => sum + mock.calls.length, 0)
  for (const one of searches) one.mockRestore()
  expect(status).toBe(400)
  expect(searchCount).toBeLessThan(10)
})

test('rest/P11 names every wrong member of a body, with its type', async () => {
  service = await startService()
  const body = JSON.stringify({ id: 1.5, title: 7, author: null, cost: '1' })
  const reply = await postBody(`${service.apiUrl}/books`, body, await service.tokenFor(ADMIN_SCOPE))
  expect(reply.json.errors?.map(({ extensions }) => extensions.argument)).toEqual([
    'id',
    'title',
    'author',
    'cost',
    'num_pages',
  ])
  expect(reply.json.errors?.map(({ message }) => message)).toEqual([
    'id: must be an integer of at least 1.',
    'title: is required and must be a string.',
    'author: is required and must be a string.',
    'cost: is required and must be a number.',
    'num_pages: is required and must be an integer.',
  ])
})

const METHODS = [
  { id: 'rest/M01', method: 'DELETE', path: '/books/1', allow: 'GET, HEAD' },
  { id: 'rest/M02', method: 'POST', path: '/books/1', allow: 'GET, HEAD' },
  { id: 'rest/M03', method: 'PUT', path: '/books', allow: 'GET, HEAD, POST' },
  { id: 'rest/M04', method: 'PATCH', path: '/books?first=1', allow: 'GET, HEAD, POST' },
  { id: 'rest/M05', method: 'OPTIONS', path: '/books', allow: 'GET, HEAD, POST' },
  { id: 'rest/M06', method: 'PATCH', path: '/graphql', allow: 'GET, HEAD, POST' },
  { id: 'rest/M07', method: 'DELETE', path: '/nothing', allow: null },
]
test.each(METHODS)('$id rejects $method $path and allows $allow', async ({ method, path, allow }) => {
  service = await startService()
  const { status, headers, json } = await service.send(service.apiUrl + path, { method })
  expect([status, headers.get('allow'), json.errors?.[0]?.extensions.code]).toEqual(
    allow === null ? [404, null, 'NOT_FOUND'] : [405, allow, 'BAD_REQUEST'],
  )
})
