import { afterEach, expect, test } from '@jest/globals'
import { type Service, startService } from '../support/service.ts'

let service: Service
afterEach(() => service.close())

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

const ACCEPT = [
  { id: 'links/A01', title: 'a browser', accept: BROWSER, isPage: true },
  { id: 'links/A02', title: 'curl', accept: '*/*', isPage: false },
  { id: 'links/A03', title: 'a JSON client', accept: 'application/json', isPage: false },
  { id: 'links/A04', title: 'JSON and HTML alike', accept: 'text/html, application/json', isPage: false },
]
test.each(ACCEPT)('$id sends $title a page: $isPage', async ({ accept, isPage }) => {
  service = await startService()
  const { status, headers } = await service.send(`${service.apiUrl}/`, { headers: { accept } })
  const type = isPage ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8'
  expect([status, headers.get('content-type'), headers.get('vary')]).toEqual([200, type, 'accept'])
})

test('links/A05 links only to paths that the API serves, in the page and in JSON', async () => {
  service = await startService()
  const url = `${service.apiUrl}/`
  const links = JSON.parse((await service.send(url)).text) as Record<string, string>
  const page = await service.send(url, { headers: { accept: BROWSER } })
  const paths = [...page.text.matchAll(/<a href="([^"]+)"/g)].map(([, path]) => service.apiUrl + path)
  expect(paths).toEqual(Object.values(links))
  expect(Object.keys(links)).toEqual(['graphql', 'schema', 'books', 'openapi', 'metadata'])
  const statuses = paths.map(
    async (path) => (await service.send(path, { headers: { accept: BROWSER } })).status,
  )
  expect(await Promise.all(statuses)).toEqual([200, 200, 401, 200, 200])
})

test('links/A06 keeps the path of the public URL, and leaves out a schema that is not served', async () => {
  service = await startService({ API_URL: 'https://example.com/api', INTROSPECTION: 'off' })
  const url = `${service.apiUrl}/`
  const json = await service.send(url)
  expect(json.headers.get('link')).toBe('<https://example.com/api/openapi.json>; rel="service-desc"')
  expect(JSON.parse(json.text)).toEqual({
    graphql: 'https://example.com/api/graphql',
    books: 'https://example.com/api/books',
    openapi: 'https://example.com/api/openapi.json',
    metadata: 'https://example.com/.well-known/oauth-protected-resource/api',
  })
  const { text } = await service.send(url, { headers: { accept: BROWSER } })
  expect(text).toContain('href="/api/graphql"')
})

test('links/A07 has the security headers of the IDE’s page, without scripts and styles', async () => {
  service = await startService()
  const init = { headers: { accept: BROWSER } }
  const page = await service.send(`${service.apiUrl}/`, init)
  const ide = await service.send(`${service.apiUrl}/graphql`, init)
  for (const name of [
    'cache-control',
    'x-content-type-options',
    'x-frame-options',
    'referrer-policy',
    'cross-origin-opener-policy',
  ])
    expect([name, page.headers.get(name)]).toEqual([name, ide.headers.get(name) ?? 'missing'])
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
})

const METHODS = [
  { id: 'links/M01', method: 'POST' },
  { id: 'links/M02', method: 'DELETE' },
]
test.each(METHODS)('$id rejects $method with 405', async ({ method }) => {
  service = await startService()
  const { status, headers, text } = await service.send(`${service.apiUrl}/`, { method })
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  expect(text).toContain('does not support the method. The Allow header lists')
})
