// Installs the packed package in an empty folder and sends the decisions and bypasses to each server over HTTP.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  buildSchema,
  type ExecutionResult,
  execute,
  getOperationAST,
  getVariableValues,
  parse,
  stripIgnoredCharacters,
} from 'graphql'
import { enforceRules } from '../../src/scopes/create-scopes.ts'
import { printSubgraph } from '../../src/scopes/federation.ts'
import { type Scopes, scopeDirectives } from '../../src/scopes/index.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { DOCUMENT_BYPASSES } from '../cases/scopes/bypasses/documents.ts'
import { SCHEMA_BYPASSES } from '../cases/scopes/bypasses/schemas.ts'
import { DECISION_SCHEMA } from '../cases/scopes/decisions/decision-schema.ts'
import { DECISIONS } from '../cases/scopes/decisions/decisions.ts'
import { SUBGRAPHS } from '../cases/scopes/subgraphs.ts'
import { runCommand } from '../support/examples/run-example.ts'
import { addResolvers } from '../support/package/add-resolvers.ts'
import type { Values } from '../support/package/path-values.ts'
import { PROJECT_ROOT } from '../support/project-root.ts'
import { installPackages, packPackage } from '../support/scopes/install-package.ts'
import { declareScopes } from '../support/scopes/lint-schema.ts'
import { listNullPlaces } from '../support/scopes/list-null-places.ts'
import { buildValueSchema, executePartially } from '../support/scopes/partial-execution.ts'
import { randomOperation } from '../support/scopes/random-operation.ts'
import { RANDOM_SCOPES, randomListSchema } from '../support/scopes/random-schema.ts'
import { type ServerProcess, startServerProcess } from '../support/scopes/server-process.ts'
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts'

const METADATA = 'https://api.example/.well-known/oauth-protected-resource'
const ALL_SCOPES = ['a', 'b', 'c', 'read', 'admin']
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
/** Rows that are sent to a server at the same time. */
const CONCURRENCY = 16

type Row = {
  readonly id: string
  readonly document: string
  readonly variables: Record<string, unknown>
  readonly denied: readonly string[]
}

/** A schema with its operations. */
type Group = { readonly sdl: string; readonly unchecked: boolean; readonly rows: readonly Row[] }

/** Returns true if a value can be sent as JSON: plain data in which no object appears twice. */
function isJson(value: unknown, seen = new Set<unknown>()): boolean {
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) return true
  if (typeof value !== 'object' || seen.has(value)) return false
  seen.add(value)
  if (Object.getOwnPropertySymbols(value).length > 0) return false
  const properties = Object.values(Object.getOwnPropertyDescriptors(value))
  const isPlain = Array.isArray(value)
    ? Object.keys(value).length === value.length
    : Object.getPrototypeOf(value) === Object.prototype
  const isData = properties.every((property) => !property.get)
  return isPlain && isData && Object.values(value).every((item) => isJson(item, seen))
}

const GROUPS: readonly Group[] = [
  {
    sdl: scopeDirectives + DECISION_SCHEMA,
    unchecked: true,
    rows: DECISIONS.map((row) => ({ variables: {}, ...row })).filter(({ variables }) => isJson(variables)),
  },
  ...DOCUMENT_BYPASSES.map(({ id, schema, documents = [] }) => ({
    sdl: scopeDirectives + declareScopes(schema, 'read', 'admin'),
    unchecked: false,
    rows: documents.map((row, index) => ({ id: `${id}/${index}`, variables: {}, ...row })),
  })),
]

let contents: readonly string[]
let file: string
let folder: string
let graphql17Folder: string
beforeAll(async () => {
  ;({ file, contents } = await packPackage())
  const servers = ['@apollo/server@5', 'graphql-yoga@5', 'mercurius@16', 'fastify@5', 'graphql-http@1.23']
  folder = await installPackages(file, 'graphql@16', ...servers)
  graphql17Folder = await installPackages(file, 'graphql@17', 'graphql-yoga@5', 'graphql-http@1.23')
})

test('package/P01 contains code, declarations and documents, without dependencies', () => {
  expect(contents.filter((path) => !/^[a-z-]+\.(?:js|d\.ts)$/.test(path)).sort()).toEqual([
    'ALTERNATIVES.md',
    'LICENSE',
    'README.md',
    'package.json',
  ])
  const manifest = JSON.parse(
    readFileSync(join(folder, 'node_modules/graphql-oauth-scopes/package.json'), 'utf8'),
  )
  expect(manifest.dependencies).toBeUndefined()
  expect(manifest.peerDependencies).toEqual({
    '@graphql-codegen/client-preset': '^4.2.5 || ^5.0.0 || ^6.0.0',
    graphql: '^16.0.0 || ^17.0.0',
  })
  expect(manifest.peerDependenciesMeta).toEqual({ '@graphql-codegen/client-preset': { optional: true } })
  expect(Object.keys(manifest.exports)).toEqual([
    '.',
    './apollo',
    './envelop',
    './mercurius',
    './graphql-http',
    './federation',
    './client',
    './codegen',
  ])
})

test('package/P02 exports these values', async () => {
  const code =
    "import * as all from 'graphql-oauth-scopes'; import { buildSchema } from 'graphql'; buildSchema(all.scopeDirectives + 'type Query { x: Int }'); console.log(Object.keys(all).join())"
  const { stdout, stderr } = await runCommand(folder, ['node', '--input-type=module', '-e', code])
  expect([stdout.trim(), stderr]).toEqual([
    'ScopeSchemaError,buildSchemaFromFiles,createScopes,describeScopes,formatChallenge,scopeDirectives',
    '',
  ])
})

test.each([
  { id: 'package/C01', graphql: 16, runner: ['npx', '--no', 'graphql-oauth-scopes'] },
  { id: 'package/C02', graphql: 16, runner: ['node_modules/.bin/graphql-oauth-scopes'] },
  { id: 'package/C03', graphql: 17, runner: ['node_modules/.bin/graphql-oauth-scopes'] },
])('$id runs its command line with $runner on graphql $graphql', async ({ graphql, runner }) => {
  const cwd = graphql === 17 ? graphql17Folder : folder
  const sdl =
    'extend schema @scope(name: "a", description: "A")\ntype Query { a: Int @requiresScope(scopes: "a") b: Bool }'
  mkdirSync(join(cwd, 'schema'), { recursive: true })
  writeFileSync(join(cwd, 'schema/query.graphql'), sdl.replace('b: Bool ', ''))
  writeFileSync(join(cwd, 'invalid.graphql'), sdl)
  const lint = (files: string) => runCommand(cwd, [...runner, 'lint', files])
  expect(await lint('schema/**/*.graphql')).toEqual({ status: 0, stdout: 'No violations.\n', stderr: '' })
  expect(await lint('invalid.graphql')).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/^invalid\.graphql:2: Query\.b is not valid GraphQL: Unknown type "Bool"/),
  })
})

test('package/P03 the adapters have the types that the servers expect', async () => {
  const types = join(PROJECT_ROOT, 'node_modules/@types')
  const { stdout } = await runCommand(folder, ['tsc', '--pretty', 'false', '-p', '.', '--typeRoots', types])
  expect(stdout).toBe('')
})

test('package/P04 rejects the schema of every schema bypass, with its coordinates', async () => {
  const rows = SCHEMA_BYPASSES.map(({ schema }) => scopeDirectives + declareScopes(schema, 'read', 'admin'))
  writeFileSync(join(folder, 'schemas.json'), JSON.stringify(rows))
  const code = `
    import { readFileSync } from 'node:fs'
    import { buildSchema } from 'graphql'
    import { createScopes } from 'graphql-oauth-scopes'
    console.log(JSON.stringify(JSON.parse(readFileSync('schemas.json', 'utf8')).map((sdl) => {
      try {
        createScopes(buildSchema(sdl, { assumeValidSDL: true }))
      } catch (error) {
        return error.errors.map(({ coordinate }) => coordinate)
      }
    })))`
  const { stdout } = await runCommand(folder, ['node', '--input-type=module', '-e', code])
  expect(JSON.parse(stdout)).toEqual(SCHEMA_BYPASSES.map(({ rejectedCoordinates }) => rejectedCoordinates))
})

test.each([
  { id: 'package/P05', graphql: 16 },
  { id: 'package/P06', graphql: 17 },
])('$id prints every subgraph with graphql $graphql', async ({ graphql }) => {
  const rows = SUBGRAPHS.map(({ sdl }) => scopeDirectives + declareScopes(sdl, 'read', 'admin'))
  const code = `
    import { buildSchema } from 'graphql'
    import { printSubgraph } from 'graphql-oauth-scopes/federation'
    const rows = ${JSON.stringify(rows)}
    console.log(JSON.stringify(rows.map((sdl) => printSubgraph(buildSchema(sdl, { assumeValidSDL: true })))))`
  const { stdout, stderr } = await runCommand(graphql === 16 ? folder : graphql17Folder, [
    'node',
    '--input-type=module',
    '-e',
    code,
  ])
  const printed = rows.map((sdl) => printSubgraph(buildSchema(sdl, { assumeValidSDL: true })))
  expect(stderr).toBe('')
  // The versions of graphql print white space differently.
  expect(JSON.parse(stdout).map(stripIgnoredCharacters)).toEqual(printed.map(stripIgnoredCharacters))
})

test('package/P07 rejects lenient handling with a graphql that abandons promises, and handles strictly', async () => {
  const oldFolder = await installPackages(file, 'graphql@16.6')
  const code = `
    import { buildSchema, parse } from 'graphql'
    import { createScopes, scopeDirectives } from 'graphql-oauth-scopes'
    const schema = buildSchema(scopeDirectives + 'extend schema @scope(name: "a", description: "d") type Query { x: Int @requiresScope(scopes: "a") }')
    const attempt = (run) => { try { return run() } catch (error) { return error.message } }
    const request = { document: parse('{ x }'), contextValue: {}, scopes: ['b'] }
    const { authorize } = createScopes(schema)
    console.log(JSON.stringify([
      attempt(() => createScopes(schema, { denied: 'null' })),
      attempt(() => authorize({ ...request, denied: 'null' })),
      authorize(request).allowed,
    ]))`
  const { stdout, stderr } = await runCommand(oldFolder, ['node', '--input-type=module', '-e', code])
  expect(stderr).toBe('')
  const message = expect.stringContaining('needs graphql 16.7')
  expect(JSON.parse(stdout)).toEqual([message, message, false])
})

const MERCURIUS_CODE = `
  import fastify from 'fastify'
  import { buildSchema, parse } from 'graphql'
  import { createScopes, scopeDirectives } from 'graphql-oauth-scopes'
  import { registerScopes } from 'graphql-oauth-scopes/mercurius'
  import mercurius from 'mercurius'
  const schema = buildSchema(scopeDirectives + \`extend schema @scope(name: "a", description: "d")
    type Query { x(y: Int): Int @requiresScope(scopes: "a") open: Int @public(reason: "test") book: Book @public(reason: "test") }
    type Subscription { z: Int @requiresScope(scopes: "a") }
    type Book { id: ID @requiresScope(scopes: "a") }\`)
  schema.getQueryType().getFields().x.resolve = () => 1
  const scopes = createScopes(schema)
  const start = async (options) => {
    const app = fastify()
    app.register(mercurius, { schema: scopes.schema, ...options })
    await registerScopes(app, scopes, { scopesOf: () => undefined })
    await app.ready()
    return app
  }`

test.each([
  { id: 'package/P08', options: '{ schema }', message: 'The schema of Mercurius must be scopes.schema.' },
  {
    id: 'package/P09',
    options: '{ resolvers: { Query: { x: () => 2 } } }',
    message: 'Mercurius has replaced the resolver of Query.x.',
  },
  {
    id: 'package/P10',
    options: '{ loaders: { Book: { async id(queries) { return queries.map(() => 1) } } } }',
    message: 'Mercurius has replaced the resolver of Book.id.',
  },
  {
    id: 'package/P11',
    options: '{ subscription: true, resolvers: { Subscription: { z: { async *subscribe() {} } } } }',
    message: 'Mercurius has replaced the resolver of Subscription.z.',
  },
])('$id rejects Mercurius with other resolvers: $options', async ({ options, message }) => {
  const code = `${MERCURIUS_CODE}
    await start(${options}).then(() => console.log('started'), (error) => console.log(error.message))`
  const { stdout } = await runCommand(folder, ['node', '--input-type=module', '-e', code])
  expect(stdout).toContain(message)
})

test('package/P12 authorizes documents that Mercurius takes as JSON, and rejects names in them that are not strings', async () => {
  const code = `${MERCURIUS_CODE}
    const app = await start({})
    const toJson = (source, kind) => JSON.stringify(parse(source, { noLocation: true }), (_, node) =>
      kind && node?.kind === kind ? { ...node, name: { kind: 'Name', value: [node.name.value] } } : node)
    const send = async (query) => (await app.inject({ method: 'POST', url: '/graphql', payload: { query } })).json()
    console.log(JSON.stringify([
      await send(toJson('{ open }')),
      await send(toJson('{ ...F } fragment F on Query { x }')),
      await send(toJson('{ ...F } fragment F on Query { x }', 'FragmentDefinition')),
    ]))`
  const { stdout } = await runCommand(folder, ['node', '--input-type=module', '-e', code])
  expect(JSON.parse(stdout)).toMatchObject([
    { data: { open: null } },
    { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    { data: null, errors: [{ message: 'The document has an invalid name.' }] },
  ])
})

/** A response, as far as it is compared. */
type Answer = { readonly status: number; readonly challenge: string | null; readonly body: unknown }

type RequestOptions = {
  readonly authorization?: string | undefined
  readonly id: string
  readonly accept?: string
}

async function readAnswer(response: Response) {
  const text = await response.text()
  const isJsonBody = response.headers.get('content-type')?.includes('json')
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    contentType: response.headers.get('content-type'),
    body: isJsonBody ? JSON.parse(text) : text,
  }
}

const createHeaders = ({ authorization, id, accept = '*/*' }: RequestOptions) => ({
  accept,
  'content-type': 'application/json',
  'x-request-id': id,
  ...(authorization !== undefined && { authorization }),
})

const post = async (url: string, body: object, options: RequestOptions) =>
  readAnswer(
    await fetch(url, { method: 'POST', headers: createHeaders(options), body: JSON.stringify(body) }),
  )

const get = async (url: string, query: string, options: RequestOptions) =>
  readAnswer(
    await fetch(`${url}?${new URLSearchParams({ query })}`, {
      headers: { ...createHeaders(options), 'apollo-require-preflight': 'true' },
    }),
  )

const toAuthorization = (granted: readonly string[] | undefined) =>
  granted && ['Bearer', ...granted].join(' ')

type Expectation = { readonly answer: Answer; readonly isValid: boolean; readonly isSubscription: boolean }

/** Decides and executes without a server. */
async function expectAnswer(
  scopes: Scopes,
  row: Row,
  granted: readonly string[] | undefined,
): Promise<Expectation> {
  const document = parse(row.document)
  const contextValue = {}
  const operation = getOperationAST(document)
  if (!operation) throw new Error('no operation')
  const { variables } = row
  const decision = scopes.authorize({ document, variables, contextValue, scopes: granted })
  const coerced = getVariableValues(scopes.schema, operation.variableDefinitions ?? [], variables)
  const isSubscription = operation.operation === 'subscription'
  if (!decision.allowed) {
    const { status, headers, errors } = scopes.challenge(decision, { resourceMetadata: METADATA })
    const answer = { status, challenge: headers['www-authenticate'] ?? null, body: toJson({ errors }) }
    return { answer, isValid: !coerced.errors, isSubscription }
  }
  const body = await execute({ schema: scopes.schema, document, contextValue, variableValues: variables })
  const answer = { status: 200, challenge: null, body: toJson(body) }
  return { answer, isValid: !body.errors, isSubscription }
}

const toJson = (value: unknown) => JSON.parse(JSON.stringify(value))

/** Returns true if a value has no fields but those of another. */
const isPartOf = (part: unknown, whole: unknown): boolean =>
  part === null || typeof part !== 'object'
    ? part === null || part === whole
    : Object.entries(part).every(([name, value]) => isPartOf(value, Object(whole)[name]))

/** Returns the difference of a server's answer, or undefined. */
function compare(server: string, row: Row, { answer, isValid, isSubscription }: Expectation, actual: Answer) {
  const { status, body, challenge } = actual
  const text = JSON.stringify(body)
  const isDenied = answer.status !== 200
  const hasData = typeof body === 'object' && body !== null && 'data' in body && body.data !== null
  // graphql-http executes no subscriptions.
  if (isSubscription && server === 'graphql-http')
    return text.includes('not supported') ? undefined : { row, actual }
  // Fastify rejects a body with this name, and the executor of Yoga loses it. Mercurius checks variables before its hooks.
  const hasProto = JSON.stringify(row.variables).includes('"__proto__"')
  const isRejectedBefore = server.startsWith('mercurius') && (!isValid || hasProto)
  if (isRejectedBefore && status === 400) return hasData ? { row, actual } : undefined
  if (isDenied)
    return isDeepStrictEqual({ status, challenge, body }, answer) ? undefined : { row, actual, answer }
  // The status of other errors, and the form of an event, are the server's.
  if (!isValid || isSubscription || hasProto)
    return /FORBIDDEN|UNAUTHENTICATED/.test(text) || status === 403 ? { row, actual } : undefined
  // graphql-jit leaves out fields under some conditions, and rejects absent variables with defaults.
  if (server === 'mercurius with JIT' && status === 200)
    return isPartOf(Object(body).data, Object(answer.body).data) ? undefined : { row, actual, answer }
  return isDeepStrictEqual({ status, body }, { status: 200, body: answer.body })
    ? undefined
    : { row, actual, answer }
}

/** graphql-jit does not finish to compile a variable of a recursive type. */
const RECURSIVE_VARIABLE = /\$\w+: \[*(?:In|Outer|Parcel)\b/

/** Sends a row with all scopes until it is cached and compiled, without scopes, anonymously, and with all scopes again. */
const CALLERS: readonly (readonly string[] | undefined)[] = [
  ALL_SCOPES,
  ALL_SCOPES,
  ALL_SCOPES,
  [],
  undefined,
  ALL_SCOPES,
]

async function sendRow(server: string, url: string, scopes: Scopes, row: Row) {
  const differences: unknown[] = []
  const deniedIds: string[] = []
  if (server === 'mercurius with JIT' && RECURSIVE_VARIABLE.test(row.document))
    return { differences, deniedIds }
  for (const [index, granted] of CALLERS.entries()) {
    const id = `${row.id}#${index}`
    const expected = await expectAnswer(scopes, row, granted)
    const { document: query, variables } = row
    // Mercurius does not check variables that are absent.
    const body = Object.keys(variables).length > 0 ? { query, variables } : { query }
    const actual = await post(url, body, { id, authorization: toAuthorization(granted) })
    const difference = compare(server, row, expected, actual)
    if (difference) differences.push(difference)
    if (expected.answer.status !== 200) deniedIds.push(id)
  }
  return { differences, deniedIds }
}

/** Calls a function for each item, with `CONCURRENCY` calls at the same time. */
async function mapConcurrently<Item, Result>(items: readonly Item[], map: (item: Item) => Promise<Result>) {
  const results: Result[] = []
  const queue = [...items]
  const work = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) results.push(await map(item))
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  return results
}

test('the rows are those of the tables whose variables are JSON', () => {
  expect(GROUPS.flatMap(({ rows }) => rows).length).toBeGreaterThan(240)
})

/** Returns the values of one schema each. */
function listValues(server: string): readonly Values[] {
  const arrays: Values[] = Array.from({ length: 8 }, () => ({ failures: 'all' }))
  // Only some versions of graphql-js accept asynchronous iterables.
  return server === 'yoga'
    ? [...arrays, ...Array.from({ length: 8 }, () => ({ failures: 'values', lists: 'streams' }) as const)]
    : arrays
}

type LenientQuery = {
  readonly query: string
  readonly variables: Record<string, unknown>
  readonly granted: readonly string[]
  readonly expected: ExecutionResult
}

/** Creates queries in which something is denied. */
async function createLenientQueries(random: SeededRandom, sdl: string, values: Values) {
  const schema = buildValueSchema(sdl)
  const rules = readRules(schema)
  const scopes = enforceRules(schema, rules, 'null')
  const queries: LenientQuery[] = []
  for (let index = 0; index < 100; index++) {
    const { source: query, variables } = randomOperation(random, scopes.schema)
    const granted = random.subset(RANDOM_SCOPES, 0.7)
    const document = parse(query)
    if (getOperationAST(document)?.operation !== 'query') continue
    const decision = scopes.authorize({ document, variables, contextValue: {}, scopes: granted })
    if (!decision.allowed || !decision.denials) continue
    const request = { document, variables, scopes: granted, values: { ...values, lists: undefined } }
    queries.push({
      query,
      variables,
      granted,
      expected: await executePartially(buildValueSchema(sdl), rules, request),
    })
  }
  return queries
}

/** Sends a query until it is cached and compiled. Returns the answers that differ. */
async function sendQuery(url: string, { query, variables, granted, expected }: LenientQuery) {
  const differences: unknown[] = []
  for (const id of ['1', '2', '3']) {
    const body = Object.keys(variables).length > 0 ? { query, variables } : { query }
    const actual = await post(url, body, { id, authorization: toAuthorization(granted) })
    const { data, errors } = Object(actual.body)
    const isEqual = isDeepStrictEqual(
      [data, listNullPlaces({ data, errors })],
      [toJson(expected.data), listNullPlaces(expected)],
    )
    if (!isEqual) differences.push({ query, variables, granted, actual, expected: toJson(expected) })
  }
  return differences
}

const SERVERS = [
  { server: 'apollo', graphql: 16, hasBatches: true },
  { server: 'yoga', graphql: 16, hasBatches: true },
  { server: 'mercurius', graphql: 16, hasBatches: true },
  { server: 'mercurius with JIT', graphql: 16, hasBatches: true },
  { server: 'graphql-http', graphql: 16, hasBatches: false },
  { server: 'yoga', graphql: 17, hasBatches: true },
  { server: 'graphql-http', graphql: 17, hasBatches: false },
]

const HTTP_SCHEMA =
  scopeDirectives +
  declareScopes(
    `type Query { open: Int @public(reason: "r") a: Int @requiresScope(scopes: "read") b: Int @requiresScope(scopes: "admin") }
    type Mutation { free: Int @public(reason: "r") write: Int @requiresScope(scopes: "admin") }`,
    'read',
    'admin',
  )
const TWO_OPERATIONS = 'query Open { open } query Secret { b } mutation Write { free write }'

describe.each(SERVERS)('$server on graphql $graphql', ({ server, graphql, hasBatches }) => {
  let child: ServerProcess
  let url: string
  beforeAll(async () => {
    child = startServerProcess(graphql === 17 ? graphql17Folder : folder)
    url = await child.start(server, HTTP_SCHEMA, {})
  })
  afterAll(() => child.stop())

  async function expectNoCalls(id: string) {
    expect((await child.readCalls()).get(id)).toBeUndefined()
  }

  test('package/S01 answers every decision and bypass as the engine decides, and runs no resolver of a denied one', async () => {
    const differences: unknown[] = []
    const deniedIds: string[] = []
    for (const { sdl, unchecked, rows } of GROUPS) {
      const schema = buildSchema(sdl)
      addResolvers(schema, () => undefined)
      const scopes = enforceRules(schema, readRules(schema))
      const rowsUrl = await child.start(server, sdl, { unchecked })
      for (const result of await mapConcurrently(rows, (row) => sendRow(server, rowsUrl, scopes, row))) {
        differences.push(...result.differences)
        deniedIds.push(...result.deniedIds)
      }
    }
    expect(differences).toEqual([])
    expect(deniedIds.length).toBeGreaterThan(200)
    const calls = await child.readCalls()
    expect(calls.size).toBeGreaterThan(500)
    expect(deniedIds.filter((id) => calls.has(id))).toEqual([])
  })

  test(`package/L01 handles random queries leniently as graphql-js does, and keeps running (SEED=${SEED})`, async () => {
    const differences: unknown[] = []
    let count = 0
    for (const [index, values] of listValues(server).entries()) {
      const random = createSeededRandom(SEED + index)
      const sdl = randomListSchema(random)
      const lenientUrl = await child.start(server, sdl, { unchecked: true, denied: 'null', values })
      const queries = await createLenientQueries(random, sdl, values)
      for (const result of await mapConcurrently(queries, (query) => sendQuery(lenientUrl, query)))
        differences.push(...result)
      count += queries.length
    }
    expect(differences).toEqual([])
    expect(count).toBeGreaterThan(100)
    await child.readCalls()
  }, 120_000)

  describe('with lenient handling', () => {
    let lenientUrl: string
    beforeAll(async () => {
      lenientUrl = await child.start(server, HTTP_SCHEMA, { denied: 'null' })
    })
    const DENIED = {
      message: 'Not authorized to access Query.b: requires scope admin; the token has read.',
      locations: [{ line: 1, column: 10 }],
      path: ['b'],
      extensions: {
        code: 'FORBIDDEN',
        coordinate: 'Query.b',
        requiredScopes: ['admin'],
        missingScopes: ['admin'],
      },
    }

    test.each([
      { id: 'package/L02', accept: '*/*' },
      { id: 'package/L03', accept: 'application/json' },
      { id: 'package/L04', accept: 'application/graphql-response+json' },
    ])('$id answers a denied field with null and an error, to Accept: $accept', async ({ id, accept }) => {
      // The JIT of Mercurius compiles the second request.
      for (const requestId of [`${id}/1`, `${id}/2`, `${id}/3`]) {
        const options = { id: requestId, accept, authorization: 'Bearer read' }
        const { status, challenge, body } = await post(lenientUrl, { query: '{ open a b }' }, options)
        expect(body).toEqual({ data: { open: 1, a: 1, b: null }, errors: [DENIED] })
        expect([status, challenge]).toEqual([200, null])
        expect((await child.readCalls()).get(requestId)?.toSorted()).toEqual(['Query.a', 'Query.open'])
      }
    })

    test.each([
      { id: 'package/L05', query: 'mutation { free write }', authorization: 'Bearer read', status: 403 },
      { id: 'package/L06', query: '{ open a b }', authorization: undefined, status: 401 },
    ])('$id rejects $query of $authorization', async ({ id, query, authorization, status }) => {
      const actual = await post(lenientUrl, { query }, { id, authorization })
      expect([actual.status, Object.keys(Object(actual.body))]).toEqual([status, ['errors']])
      expect(actual.challenge).toMatch(/^Bearer /)
      await expectNoCalls(id)
    })

    test('package/L07 decides for each caller when a query is repeated', async () => {
      const id = 'package/L07'
      for (const granted of ['read', 'admin', 'read', 'admin', 'read admin', 'read']) {
        const options = { id, authorization: `Bearer ${granted}` }
        const { body } = await post(lenientUrl, { query: '{ open b }' }, options)
        expect(body).toMatchObject({ data: { open: 1, b: granted.includes('admin') ? 1 : null } })
      }
    })

    test('package/L08 rejects the mutation of a batch, and answers the query beside it', async () => {
      const id = 'package/L08'
      const batch = [{ query: '{ open a b }' }, { query: 'mutation { free write }' }]
      const { status, body } = await post(lenientUrl, batch, {
        id,
        authorization: 'Bearer read',
      })
      if (!hasBatches) {
        expect(status).toBe(400)
        return
      }
      expect([status, body]).toEqual([
        403,
        [
          { data: { open: 1, a: 1, b: null }, errors: [DENIED] },
          { errors: [expect.objectContaining({ path: ['write'] })] },
        ],
      ])
    })
  })

  test.each([
    { id: 'package/M01', accept: '*/*', type: 'application/json' },
    { id: 'package/M02', accept: 'application/json', type: 'application/json' },
    {
      id: 'package/M03',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      type: 'application/graphql-response+json',
    },
  ])('$id responds with $type to Accept: $accept', async ({ id, accept, type }) => {
    const actual = await post(url, { query: '{ a b }' }, { id, accept, authorization: 'Bearer' })
    expect(actual.contentType).toBe(`${type}; charset=utf-8`)
    expect([actual.status, Object.keys(Object(actual.body))]).toEqual([403, ['errors']])
  })

  test.each([
    { id: 'package/N01', operationName: 'Open', authorization: 'Bearer', status: 200 },
    { id: 'package/N02', operationName: 'Secret', authorization: 'Bearer admin', status: 200 },
    { id: 'package/N03', operationName: 'Secret', authorization: 'Bearer read', status: 403 },
    { id: 'package/N04', operationName: 'Secret', authorization: undefined, status: 401 },
    { id: 'package/N05', operationName: 'Write', authorization: 'Bearer read', status: 403 },
  ])(
    '$id authorizes the operation that the request names: $operationName with $authorization',
    async ({ id, operationName, authorization, status }) => {
      const actual = await post(url, { query: TWO_OPERATIONS, operationName }, { id, authorization })
      expect(actual.status).toBe(status)
      if (status !== 200) await expectNoCalls(id)
    },
  )

  test.each([
    { id: 'package/N06', operationName: 'Missing' },
    { id: 'package/N07', operationName: undefined },
  ])('$id runs nothing if the operation is $operationName', async ({ id, operationName }) => {
    await post(url, { query: TWO_OPERATIONS, operationName }, { id, authorization: 'Bearer admin' })
    await expectNoCalls(id)
  })

  test('package/N08 never returns a denied field of an operation that was compiled for another caller', async () => {
    const query = 'query Secret { b } query Open { open }'
    const send = (operationName: string, authorization: string, id: string) =>
      post(url, { query, operationName }, { id, authorization })
    for (const index of [0, 1, 2]) await send('Secret', 'Bearer admin', `admin${index}`)
    const { body } = await send('Open', 'Bearer read', 'package/N08')
    expect(JSON.stringify(body)).not.toContain('"b":1')
    expect((await child.readCalls()).get('package/N08') ?? []).not.toContain('Query.b')
  })

  test('package/G01 authorizes GET requests', async () => {
    const id = 'package/G01'
    const allowed = await get(url, '{ a }', { id: 'get', authorization: 'Bearer read' })
    expect([allowed.status, allowed.body]).toEqual([200, { data: { a: 1 } }])
    const denied = await get(url, '{ a }', { id, authorization: 'Bearer' })
    expect([denied.status, denied.challenge]).toEqual([403, expect.stringContaining('scope="read"')])
    await expectNoCalls(id)
  })

  test('package/G02 does not run a mutation that is sent with GET', async () => {
    const id = 'package/G02'
    const { status } = await get(url, 'mutation { write }', {
      id,
      authorization: 'Bearer admin',
    })
    expect(status).toBe(405)
    await expectNoCalls(id)
  })

  test.each([
    { id: 'package/X01', authorization: 'Throws', title: 'throws' },
    { id: 'package/X02', authorization: 'Text', title: 'returns a string' },
    { id: 'package/X03', authorization: 'Later', title: 'returns a promise' },
  ])('$id runs nothing if scopesOf $title', async ({ id, authorization }) => {
    const { body } = await post(url, { query: '{ open a }' }, { id, authorization })
    expect(JSON.stringify(body)).not.toContain('"open"')
    await expectNoCalls(id)
  })

  test('package/X04 takes null for a request without a token', async () => {
    const id = 'package/X04'
    const { status } = await post(url, { query: '{ a }' }, { id, authorization: 'Null' })
    expect(status).toBe(401)
  })

  test('package/B01 authorizes each operation of a batch', async () => {
    const batch = [
      { query: '{ open }' },
      { query: '{ a b }' },
      { query: 'mutation { free write }' },
      { query: '{ a }' },
    ]
    const id = 'package/B01'
    const { status, challenge, body } = await post(url, batch, { id, authorization: 'Bearer read' })
    const calls = (await child.readCalls()).get(id)
    if (!hasBatches) {
      expect([status, calls]).toEqual([400, undefined])
      return
    }
    expect([status, challenge]).toEqual([403, expect.stringContaining('insufficient_scope')])
    const error = (coordinate: string) =>
      expect.objectContaining({ extensions: expect.objectContaining({ coordinate }) })
    expect(body).toEqual([
      { data: { open: 1 } },
      { errors: [error('Query.b')] },
      { errors: [error('Mutation.write')] },
      { data: { a: 1 } },
    ])
    expect(calls?.toSorted()).toEqual(['Query.a', 'Query.open'])
  })
})
