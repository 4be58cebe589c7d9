// Runs the example of Hive Gateway: the API as a subgraph, another subgraph, and the gateway in front of them.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { copyExample, exampleSettings, runCommand } from '../support/examples/run-example.ts'
import { findFreePort } from '../support/free-port.ts'
import { PROJECT_ROOT } from '../support/project-root.ts'
import { ADMIN_SCOPE, postBody, READ_SCOPE, type Service, startService } from '../support/service.ts'

/** The packages have 520 MB. */
const INSTALL_TIMEOUT_MS = 400_000
const BIN = 'node_modules/.bin'

const TITLES = [
  { text: 'Ten guests, one island.', book: { title: 'And Then There Were None' } },
  { text: 'The dog is the least of it.', book: { title: 'The Hound of the Baskervilles' } },
]
const REVIEWED = '{ reviews { text book { title } } }'

let service: Service
let folder: string
let gateway: ChildProcess
let url: string
beforeAll(async () => {
  folder = copyExample('hive-gateway')
  const command = ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund']
  const { status, stderr } = await runCommand(folder, command)
  if (status !== 0) throw new Error(stderr)
  service = await startService({ SUBGRAPH: 'on' })
  const port = await findFreePort()
  url = `http://localhost:${port}/graphql`
  gateway = spawn('node', ['start.js'], {
    cwd: folder,
    env: {
      ...exampleSettings(service),
      PATH: `${join(folder, BIN)}:${join(PROJECT_ROOT, BIN)}:${process.env.PATH}`,
      PORT: String(port),
      REVIEWS_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await waitForListening(gateway)
}, INSTALL_TIMEOUT_MS)
afterAll(async () => {
  if (gateway && gateway.exitCode === null && gateway.kill()) await once(gateway, 'close')
  await service?.close()
})

function waitForListening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    const listen = (chunk: Buffer) => {
      output += chunk
      if (output.includes('Listening on')) resolve()
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('close', () => reject(new Error(`The gateway has exited:\n${output}`)))
  })
}

async function send(query: string, ...scopes: readonly string[]) {
  const token = scopes.length > 0 ? await service.tokenFor(...scopes) : undefined
  const { status, json } = await postBody(url, JSON.stringify({ query }), token)
  const errors = json.errors?.map(({ path, extensions }) => ({
    path: path?.join('.'),
    code: extensions.code,
    coordinate: extensions.coordinate,
  }))
  return { status, data: json.data, errors }
}

test('gateway/G01 the supergraph has the rules of the API', () => {
  const supergraph = readFileSync(join(folder, 'supergraph.graphql'), 'utf8')
  expect(supergraph).toMatch(/addedBy: String .*@requiresScopes\(scopes: \[\["fakebookapi.admin"\]\]\)/)
})

test.each([
  {
    id: 'gateway/G02',
    title: 'a book of the API with the reviews of the other subgraph',
    query: '{ book(id: 1) { title reviews { text } } }',
    scopes: [READ_SCOPE],
    data: { book: { title: 'And Then There Were None', reviews: [{ text: 'Ten guests, one island.' }] } },
  },
  {
    id: 'gateway/G03',
    title: 'reviews with their books, which _entities resolves',
    query: REVIEWED,
    scopes: [READ_SCOPE],
    data: { reviews: TITLES },
  },
  {
    id: 'gateway/G04',
    title: 'a field for admins',
    query: '{ book(id: 1) { addedBy } }',
    scopes: [READ_SCOPE, ADMIN_SCOPE],
    data: { book: { addedBy: 'fakebook' } },
  },
  {
    id: 'gateway/G05',
    title: 'what has no rule, without a token',
    query: '{ reviews { text } }',
    scopes: [],
    data: { reviews: TITLES.map(({ text }) => ({ text })) },
  },
])('$id forwards the token and returns $title', async ({ query, scopes, data }) => {
  expect(await send(query, ...scopes)).toEqual({ status: 200, data })
})

const ADD =
  'mutation { addBook(input: { title: "Curtain", author: "Agatha Christie", cost: 7, numPages: 9 }) { id } }'
test.each([
  {
    id: 'gateway/G10',
    query: '{ book(id: 1) { title addedBy } }',
    scopes: [READ_SCOPE],
    path: 'book.addedBy',
  },
  { id: 'gateway/G11', query: '{ book(id: 1) { title } }', scopes: [ADMIN_SCOPE], path: 'book' },
  { id: 'gateway/G12', query: '{ book(id: 1) { title } }', scopes: [], path: 'book' },
  { id: 'gateway/G13', query: ADD, scopes: [READ_SCOPE], path: 'addBook' },
])('$id the gateway itself rejects $query with the scopes $scopes', async ({ query, scopes, path }) => {
  expect(await send(query, ...scopes)).toEqual({
    status: 401,
    data: null,
    errors: [{ path, code: 'UNAUTHORIZED_FIELD_OR_TYPE', coordinate: undefined }],
  })
})

test.each([
  { id: 'gateway/G20', scopes: [ADMIN_SCOPE], code: 'FORBIDDEN', coordinate: 'Query._entities' },
  { id: 'gateway/G21', scopes: [], code: 'UNAUTHENTICATED', coordinate: undefined },
])(
  '$id the API denies a book that the gateway lets pass, with the scopes $scopes',
  async ({ scopes, code, coordinate }) => {
    expect(await send(REVIEWED, ...scopes)).toEqual({
      status: 200,
      data: null,
      errors: [{ path: 'reviews.0.book.title', code, coordinate }],
    })
  },
)

test('gateway/G22 concurrent callers of the same operation get what their own tokens allow', async () => {
  const callers = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? READ_SCOPE : ADMIN_SCOPE))
  const responses = await Promise.all(callers.map((scope) => send(REVIEWED, scope)))
  expect(responses.map(({ data }) => data)).toEqual(
    callers.map((scope) => (scope === READ_SCOPE ? { reviews: TITLES } : null)),
  )
})

test('gateway/G30 the gateway rejects an invalid token', async () => {
  const body = JSON.stringify({ query: '{ reviews { text } }' })
  const { status } = await postBody(url, body, `${await service.tokenFor(READ_SCOPE)}x`)
  expect(status).toBe(401)
})
