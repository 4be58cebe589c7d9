import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createIdePage } from '../../src/routes/ide.ts'
import { type Service, startService } from '../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.close())

const CHROME =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7'
const FIREFOX = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

type AcceptCase = {
  readonly id: string
  readonly title: string
  readonly accept: string
  readonly search: string
  readonly isPage: boolean
}

const ACCEPT: readonly AcceptCase[] = [
  { id: 'ide/I01', title: 'Chrome', accept: CHROME, search: '', isPage: true },
  { id: 'ide/I02', title: 'Firefox and Safari', accept: FIREFOX, search: '', isPage: true },
  { id: 'ide/I03', title: 'curl', accept: '*/*', search: '', isPage: false },
  {
    id: 'ide/I04',
    title: 'a GraphQL client',
    accept: 'application/graphql-response+json, application/json;q=0.9',
    search: '',
    isPage: false,
  },
  {
    id: 'ide/I05',
    title: 'JSON preferred to HTML',
    accept: 'application/json, text/html;q=0.9',
    search: '',
    isPage: false,
  },
  {
    id: 'ide/I06',
    title: 'HTML preferred to JSON',
    accept: 'text/html, application/json;q=0.9',
    search: '',
    isPage: true,
  },
  {
    id: 'ide/I07',
    title: 'HTML and JSON with the same weight',
    accept: 'text/html, application/json',
    search: '',
    isPage: false,
  },
  { id: 'ide/I08', title: 'HTML and anything', accept: 'text/html, */*', search: '', isPage: true },
  { id: 'ide/I09', title: 'HTML with weight 0', accept: 'text/html;q=0, */*', search: '', isPage: false },
  { id: 'ide/I10', title: 'any text type', accept: 'text/*', search: '', isPage: false },
  {
    id: 'ide/I11',
    title: 'a browser with a query',
    accept: CHROME,
    search: '?query={__typename}',
    isPage: true,
  },
  {
    id: 'ide/I12',
    title: 'a callback from the authorization server',
    accept: CHROME,
    search: '?code=c&state=s',
    isPage: true,
  },
  {
    id: 'ide/I13',
    title: 'capitals and spaces',
    accept: ' Text/HTML ; Q=0.9 , */* ;q=0.1',
    search: '',
    isPage: true,
  },
  { id: 'ide/I14', title: 'an empty Accept header', accept: '', search: '', isPage: false },
]
test.each(ACCEPT)('$id $title', async ({ accept, search, isPage }) => {
  const { headers } = await service.send(`${service.apiUrl}/graphql${search}`, { headers: { accept } })
  expect(headers.get('content-type')?.startsWith('text/html')).toBe(isPage)
})

test('serves the page with a strict content security policy', async () => {
  const { status, headers, text } = await service.send(`${service.apiUrl}/graphql`, {
    headers: { accept: CHROME },
  })
  expect(status).toBe(200)
  const policy = headers.get('content-security-policy') ?? ''
  for (const part of [
    "default-src 'none'",
    "script-src 'self';",
    // GraphiQL would load an image whose URL is a value in the response.
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

test('answers HEAD like GET (RFC 9110 §9.3.2)', async () => {
  const init = { headers: { accept: CHROME } }
  const page = await service.send(`${service.apiUrl}/graphql`, init)
  const head = await service.send(`${service.apiUrl}/graphql`, { ...init, method: 'HEAD' })
  const comparable = ({ headers }: typeof page) =>
    Object.fromEntries(
      [...headers].filter(([name]) => !/^(?:date|connection|keep-alive|x-request-id)$/.test(name)),
    )
  expect([head.status, comparable(head), head.text]).toEqual([200, comparable(page), ''])
})

test('serves the files as immutable, compressed if accepted', async () => {
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

test('serves the licences of the libraries', async () => {
  const { status, text } = await service.send(`${service.apiUrl}/ide/assets/licenses.md`)
  expect(status).toBe(200)
  for (const name of ['react', 'graphiql', 'monaco-editor', 'oauth4webapi'])
    expect(text).toMatch(new RegExp(`## ${name} - [\\d.]+ \\(MIT\\)\n\n[^#]*Permission is hereby granted`))
})

const MISSING_PATHS = [
  { id: 'ide/I20', path: '/ide/assets/' },
  { id: 'ide/I21', path: '/ide/assets' },
  { id: 'ide/I22', path: '/ide/' },
  { id: 'ide/I23', path: '/ide/assets/nothing.js' },
  { id: 'ide/I24', path: '/ide/manifest.json' },
  { id: 'ide/I25', path: '/ide/assets/..%2fmanifest.json' },
  { id: 'ide/I26', path: '/ide/assets/%2e%2e/%2e%2e/package.json' },
  { id: 'ide/I27', path: '/ide/assets/..%5c..%5cpackage.json' },
]
test.each(MISSING_PATHS)('$id answers 404 or 403 for $path', async ({ path }) => {
  const { status, text } = await service.send(service.apiUrl + path)
  expect([403, 404]).toContain(status)
  expect(text).not.toMatch(/fakebook-api|isEntry/)
})

test('explains how to build the IDE if it is not built', () => {
  const { status, body } = createIdePage({
    assets: undefined,
    clientId: undefined,
    issuer: 'https://example.okta.com/oauth2/default',
    scopeClaims: ['scp'],
    introspection: 'open',
    deniedFields: 'reject',
    declaredScopes: [],
  })
  expect([status, body]).toEqual([503, expect.stringContaining('npm install')])
})

test('escapes settings so that they cannot close the script element', () => {
  const { body } = createIdePage({
    assets: { script: 'assets/x.js', style: 'assets/x.css' },
    clientId: '</script><script>alert(1)</script>',
    issuer: 'https://example.okta.com/oauth2/default',
    scopeClaims: ['scp'],
    introspection: 'open',
    deniedFields: 'reject',
    declaredScopes: [],
  })
  expect(body.match(/<script/g)).toHaveLength(2)
})
