// Runs the curl, Python and .http examples against the API.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { parseHttpFile, sendHttpFile } from '../support/examples/http-file.ts'
import { exampleSettings, runCommand } from '../support/examples/run-example.ts'
import { PROJECT_ROOT } from '../support/project-root.ts'
import { READ_SCOPE, type Service, startService } from '../support/service.ts'

const EXAMPLES = join(PROJECT_ROOT, 'examples')
const PYTHON = ['python3', '-B', 'python/books.py']

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function countCurtains(): Promise<number> {
  const query = '{ booksConnection(filter: { title: "Curtain" }) { totalCount } }'
  const { json } = await service.graphql(query, await service.tokenFor(READ_SCOPE))
  const { booksConnection } = json.data as { booksConnection: { totalCount: number } }
  return booksConnection.totalCount
}

test('examples/C01 the curl script prints each step, also a second time', async () => {
  const before = await countCurtains()
  for (const added of [1, 2]) {
    const result = await runCommand(EXAMPLES, ['sh', 'curl/books.sh'], exampleSettings(service))
    expect([result.status, result.stderr]).toEqual([0, ''])
    expect(result.stdout.split('\n').filter((line) => line.startsWith('   '))).toEqual([
      '   {"data":{"book":{"title":"And Then There Were None","author":"Agatha Christie","cost":7.99,"numPages":300}}}',
      '   missing scope: fakebookapi.admin',
      '   {"data":{"addBook":{"title":"Curtain","author":"Agatha Christie","cost":7.99,"numPages":250}}}',
      expect.stringContaining('"error":"invalid_scope"'),
    ])
    expect(await countCurtains()).toBe(before + added)
  }
})

test('examples/C02 the curl script exits with 1 at the first unexpected response', async () => {
  const settings = { ...exampleSettings(service), OKTA_CLIENT_SECRET: 'wrong' }
  const { status, stdout, stderr } = await runCommand(EXAMPLES, ['sh', 'curl/books.sh'], settings)
  expect([status, stdout]).toEqual([1, '1. Request a token that can read.\n'])
  expect(stderr).toContain('Expected status 200, received 401')
})

test('examples/C03 the Python client lists the books, requests the missing scope and adds a book', async () => {
  const before = await countCurtains()
  const { status, stdout, stderr } = await runCommand(EXAMPLES, PYTHON, exampleSettings(service))
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining([
      '1. And Then There Were None, Agatha Christie: $7.99',
      '5. The Moonstone, Wilkie Collins: $9.25',
      '403: Not authorized to access Mutation.addBook: requires scope fakebookapi.admin; the token has fakebookapi.read.',
      expect.stringMatching(/^Added \d+\. Curtain\.$/),
    ]),
  )
  expect(await countCurtains()).toBe(before + 1)
})

/** Starts a proxy that forwards every request but replaces each response of the API with 503 the first time. */
async function startUnreliableProxy(): Promise<string> {
  const answered = new Set<string>()
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const headers = Object.entries(request.headers).filter(([name]) =>
      ['authorization', 'content-type', 'idempotency-key'].includes(name),
    )
    const reply = await fetch(`${service.apiUrl}${request.url}`, {
      method: 'POST',
      headers: Object.fromEntries(headers) as Record<string, string>,
      body,
    })
    const key = `${request.headers.authorization} ${body}`
    if (!answered.has(key)) {
      answered.add(key)
      response.writeHead(503, { 'retry-after': '0' }).end('{"errors":[{"message":"not now"}]}')
      return
    }
    const challenge = reply.headers.get('www-authenticate')
    response.writeHead(reply.status, { ...(challenge !== null && { 'www-authenticate': challenge }) })
    response.end(await reply.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('examples/C04 the Python client retries after 503, and adds the book once', async () => {
  const before = await countCurtains()
  const settings = { ...exampleSettings(service), API_URL: await startUnreliableProxy() }
  const { status, stdout, stderr } = await runCommand(EXAMPLES, PYTHON, settings)
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^Added \d+\. Curtain\.$/m)])
  expect(stderr).toContain('503: retrying in 0 s')
  expect(await countCurtains()).toBe(before + 1)
})

test('examples/C05 the requests of fakebook.http get the statuses in their titles', async () => {
  const source = readFileSync(join(EXAMPLES, 'fakebook.http'), 'utf8')
  const titles = [...source.matchAll(/^### .*: (\d{3})/gm)].map(([, status]) => Number(status))
  const { variables, requests } = parseHttpFile(source)
  expect(variables).toMatchObject({
    api: 'http://localhost:4000',
    issuer: 'http://localhost:4400/oauth2/default',
  })
  const responses = await sendHttpFile({
    variables: { ...variables, api: service.apiUrl, issuer: service.issuerUrl },
    requests,
  })
  expect(responses.map(({ status }) => status)).toEqual(titles)
  const bodyOf = (name: string) => responses.find((response) => response.name === name)?.body
  expect(titles).toEqual([200, 200, 200, 403, 200, 200, 400])
  expect(bodyOf('readBook')).toEqual({
    data: { book: expect.objectContaining({ title: 'And Then There Were None' }) },
  })
  expect(bodyOf('readBookOverRest')).toMatchObject({ id: 1, num_pages: 300 })
  expect(bodyOf('refusedWrite')).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
  expect(bodyOf('write')).toEqual({ data: { addBook: { id: expect.any(String), title: 'Curtain' } } })
  expect(bodyOf('refusedScope')).toMatchObject({ error: 'invalid_scope' })
})
