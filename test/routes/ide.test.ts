import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createIdePage } from '../../src/routes/ide.ts'
import { READ_SCOPE, type Service, startService } from '../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.close())

const CHROME =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7'
const FIREFOX = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

/** What a client asks for, and whether it gets the page. */
const ACCEPT: readonly (readonly [id: string, accept: string, search: string, page: boolean])[] = [
  ['I01 Chrome', CHROME, '', true],
  ['I02 Firefox, and Safari', FIREFOX, '', true],
  ['I03 curl', '*/*', '', false],
  ['I04 a client of GraphQL', 'application/graphql-response+json, application/json;q=0.9', '', false],
  ['I05 data rather than a page', 'application/json, text/html;q=0.9', '', false],
  ['I06 a page rather than data', 'text/html, application/json;q=0.9', '', true],
  ['I07 either: it is data', 'text/html, application/json', '', false],
  ['I08 anything, a page first', 'text/html, */*', '', true],
  ['I09 no page at all', 'text/html;q=0, */*', '', false],
  ['I10 text of any kind', 'text/*', '', false],
  ['I11 a browser with a query', CHROME, '?query={__typename}', false],
  ['I12 back from the issuer', CHROME, '?code=c&state=s', true],
  ['I13 capitals and spaces', ' Text/HTML ; Q=0.9 , */* ;q=0.1', '', true],
  ['I14 nothing', '', '', false],
]
test.each(ACCEPT)('%s (%s, %s)', async (_, accept, search, page) => {
  const { headers } = await service.send(`${service.apiUrl}/graphql${search}`, { headers: { accept } })
  expect(headers.get('content-type')?.startsWith('text/html')).toBe(page)
})

test('the page lets nothing run but its own files, and stands in no frame', async () => {
  const { status, headers, text } = await service.send(`${service.apiUrl}/graphql`, {
    headers: { accept: CHROME },
  })
  expect(status).toBe(200)
  const policy = headers.get('content-security-policy') ?? ''
  for (const part of [
    "default-src 'none'",
    "script-src 'self';",
    // A book's title that is an address of a picture: GraphiQL would fetch it to show it.
    "img-src 'self' data:;",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    `connect-src 'self' ${new URL(service.issuerUrl).origin};`,
  ])
    expect(policy).toContain(part)
  expect(policy).not.toMatch(/unsafe-eval|https?:(?!\/\/localhost)|\*/)
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    vary: 'accept',
  })
  for (const [, address = ''] of text.matchAll(/(?:src|href)="([^"]+)"/g))
    expect(address).toMatch(/^(?:ide\/assets\/|data:,$)/)
})

test('HEAD says what GET would (RFC 9110 §9.3.2)', async () => {
  const asked = { headers: { accept: CHROME } }
  const page = await service.send(`${service.apiUrl}/graphql`, asked)
  const head = await service.send(`${service.apiUrl}/graphql`, { ...asked, method: 'HEAD' })
  const fixed = ({ headers }: typeof page) =>
    Object.fromEntries(
      [...headers].filter(([name]) => !/^(?:date|connection|keep-alive|x-request-id)$/.test(name)),
    )
  expect([head.status, fixed(head), head.text]).toEqual([200, fixed(page), ''])
})

test('its files are kept for good, compressed for who takes it; there is no list of them', async () => {
  const { text } = await service.send(`${service.apiUrl}/graphql`, { headers: { accept: CHROME } })
  const script = /src="([^"]+)"/.exec(text)?.[1] ?? ''
  const { status, headers } = await service.send(`${service.apiUrl}/${script}`)
  expect(status).toBe(200)
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': expect.stringMatching(/javascript/),
    'content-encoding': 'gzip',
    'cache-control': expect.stringMatching(/^public, ?max-age=31536000, ?immutable$/),
    'x-content-type-options': 'nosniff',
    vary: expect.stringMatching(/^accept-encoding$/i),
  })
  const plain = await service.send(`${service.apiUrl}/${script}`, {
    headers: { 'accept-encoding': 'identity' },
  })
  expect([plain.status, plain.headers.get('content-encoding')]).toEqual([200, null])
})

test('the notices of what others wrote come along with it', async () => {
  const { status, text } = await service.send(`${service.apiUrl}/ide/assets/licenses.md`)
  expect(status).toBe(200)
  for (const name of ['react', 'graphiql', 'monaco-editor', 'oauth4webapi'])
    expect(text).toMatch(new RegExp(`## ${name} - [\\d.]+ \\(MIT\\)\n\n[^#]*Permission is hereby granted`))
})

/** Nothing but the files is there. */
const NOT_THERE = [
  ['I20', '/ide/assets/'],
  ['I21', '/ide/assets'],
  ['I22', '/ide/'],
  ['I23', '/ide/assets/nothing.js'],
  ['I24', '/ide/manifest.json'],
  ['I25', '/ide/assets/..%2fmanifest.json'],
  ['I26', '/ide/assets/%2e%2e/%2e%2e/package.json'],
  ['I27', '/ide/assets/..%5c..%5cpackage.json'],
]
test.each(NOT_THERE)('%s %s is not there', async (_, path) => {
  const { status, text } = await service.send(service.apiUrl + path)
  expect([403, 404]).toContain(status)
  expect(text).not.toMatch(/fakebook-api|isEntry/)
})

test('without the files the page says in a line how to make them', () => {
  const { status, body } = createIdePage({
    ide: { files: undefined, clientId: undefined },
    issuer: 'https://example.okta.com/oauth2/default',
    introspection: 'open',
    declared: [],
  })
  expect([status, body]).toEqual([503, expect.stringContaining('npm install')])
})

test('what the page is told cannot end the element that it stands in', () => {
  const { body } = createIdePage({
    ide: { files: { script: 'assets/x.js', styles: [] }, clientId: '</script><script>alert(1)</script>' },
    issuer: 'https://example.okta.com/oauth2/default',
    introspection: 'open',
    declared: [],
  })
  expect(body.match(/<script/g)).toHaveLength(2)
})

test('the rules are for those who may read the schema', async () => {
  const rules = (api: string, token?: string) =>
    service.send(`${api}/ide/rules`, { headers: token ? { authorization: `Bearer ${token}` } : {} })
  const open = await rules(service.apiUrl)
  expect(open.json).toContainEqual({ coordinate: 'Book.addedBy', scopes: [['fakebookapi.admin']] })

  const careful = await startService({ INTROSPECTION: 'authenticated' })
  expect((await rules(careful.apiUrl)).status).toBe(401)
  expect((await rules(careful.apiUrl, await careful.tokenFor(READ_SCOPE))).json).toEqual(open.json)
  await careful.close()

  const silent = await startService({ INTROSPECTION: 'off' })
  expect((await rules(silent.apiUrl)).json).toEqual([])
  await silent.close()
})
