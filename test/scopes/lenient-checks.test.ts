import { spawnSync } from 'node:child_process'
import { makeExecutableSchema } from '@graphql-tools/schema'
import { expect, test } from '@jest/globals'
import { buildSchema, type ExecutionResult, execute, getOperationAST, parse } from 'graphql'
import { createExecutor } from '../../src/executor/executor.ts'
import { createScopes, type Scopes } from '../../src/scopes/index.ts'
import { SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'
import { LENIENT_CASES, LENIENT_SCHEMA } from '../cases/scopes/lenient.ts'

const BOOK = { __typename: 'Book', title: 'Curtain', notes: 'n', sales: 7 }
const FILM = { __typename: 'Film', title: 'Clue' }

function createTestScopes(options: Parameters<typeof createScopes>[1] = { denied: 'null' }) {
  const calls: string[] = []
  const field =
    (name: string, value: unknown = 1) =>
    () => {
      calls.push(name)
      return value
    }
  const later = (value: unknown) => Promise.resolve(value)
  const schema = makeExecutableSchema({
    typeDefs: SCOPE_DIRECTIVES + LENIENT_SCHEMA,
    resolvers: {
      Query: {
        open: field('open'),
        me: field('me'),
        book: field('book', BOOK),
        books: field('books', [BOOK, later(BOOK)]),
        shelf: field('shelf', [BOOK, null]),
        torn: field('torn', [BOOK, null]),
        offers: field('offers', later([{ price: {} }, null])),
        tornShelves: field('tornShelves', [[BOOK, null], later([BOOK])]),
        items: field('items', [BOOK, FILM, later(FILM)]),
        allItems: field('allItems', [{ ...BOOK, author: later({}) }, FILM]),
        entry: field('entry', FILM),
        laterEntry: field('laterEntry', { ...FILM, isLate: true }),
        film: field('film', FILM),
        price: field('price'),
        either: field('either'),
        search: field('search', 5),
      },
      Late: { __resolveType: ({ __typename }: { readonly __typename: string }) => later(__typename) },
      Book: {
        notes: field('notes', 'n'),
        sales: field('sales'),
        author: ({ author }) => author ?? { name: 'Agatha' },
      },
      Author: { rank: field('rank', later(1)) },
      Mutation: { addBook: field('addBook', BOOK) },
    },
  })
  return { calls, scopes: createScopes(schema, options) }
}

type Request = { readonly query: string; readonly variables?: Record<string, unknown> | undefined }

/** Executes an operation, authorized or not, with the compiled executor or graphql-js. */
async function run(
  scopes: Scopes,
  executor: 'compiled' | 'graphql-js',
  { query, variables = {} }: Request,
  granted: readonly string[] | undefined,
  context: object = {},
): Promise<ExecutionResult> {
  const document = parse(query)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('The document has no operation.')
  const decision = scopes.authorize({ document, variables, contextValue: context, scopes: granted })
  if (!decision.allowed) return { errors: scopes.challenge(decision).errors }
  return executor === 'compiled'
    ? createExecutor(scopes.schema)({ document, operation, variables, context })
    : execute({ schema: scopes.schema, document, variableValues: variables, contextValue: context })
}

const toPlaces = ({ errors = [] }: ExecutionResult) =>
  errors.map(({ path = [], extensions }) => `${path.join('.')} ${extensions.coordinate}`)

const ROWS = LENIENT_CASES.flatMap((row) => [
  { ...row, executor: 'compiled' as const },
  { ...row, executor: 'graphql-js' as const },
])
test.each(ROWS)('$id $title, by $executor', async ({ executor, query, variables, granted, ...row }) => {
  const { scopes, calls } = createTestScopes()
  const result = await run(scopes, executor, { query, variables }, granted)
  expect(JSON.parse(JSON.stringify(result.data))).toEqual(row.data)
  expect(toPlaces(result)).toEqual(row.errors)
  for (const name of row.unresolved ?? []) expect(calls).not.toContain(name)
})

test('lenient/E01 has the message and extensions of the 403 for each coordinate, and a location', async () => {
  const query = '{ book { notes } price either film { title } search(filter: { sales: 1 }) }'
  const strict = await run(createTestScopes({}).scopes, 'graphql-js', { query }, ['read'])
  const lenient = await run(createTestScopes().scopes, 'graphql-js', { query }, ['read'])
  const describe = ({ errors = [] }: ExecutionResult) =>
    errors
      .map(({ message, extensions }) => ({ message, extensions }))
      .sort((a, b) => (a.message < b.message ? -1 : 1))
  expect(describe(lenient)).toEqual(describe(strict))
  expect(lenient.errors?.every(({ locations }) => locations?.length === 1)).toBe(true)
  expect(lenient.errors).toHaveLength(5)
})

test.each([
  {
    id: 'lenient/S01',
    title: 'a mutation',
    query: 'mutation { addBook { title notes } }',
    granted: ['read'],
  },
  { id: 'lenient/S02', title: 'a subscription', query: 'subscription { ticks }', granted: ['read'] },
  {
    id: 'lenient/S03',
    title: 'a request without a token',
    query: '{ open book { title } }',
    granted: undefined,
  },
])('$id rejects $title', async ({ query, granted }) => {
  const { scopes, calls } = createTestScopes()
  const decision = scopes.authorize({ document: parse(query), contextValue: {}, scopes: granted })
  expect(decision).toMatchObject({ allowed: false })
  expect((await run(scopes, 'graphql-js', { query }, granted)).data).toBeUndefined()
  expect(calls).toEqual([])
})

test('lenient/S04 rejects a query that the rule of the query type denies', () => {
  const sdl = `extend schema @scope(name: "a", description: "d") type Query @requiresScope(scopes: "a") { x: Int }`
  const scopes = createScopes(makeExecutableSchema({ typeDefs: SCOPE_DIRECTIVES + sdl }), { denied: 'null' })
  const decision = scopes.authorize({ document: parse('{ __typename }'), contextValue: {}, scopes: [] })
  expect(decision).toMatchObject({ allowed: false, needed: ['a'] })
})

test.each([
  { id: 'lenient/O01', option: undefined, request: undefined, allowed: false },
  { id: 'lenient/O02', option: 'reject', request: undefined, allowed: false },
  { id: 'lenient/O03', option: 'null', request: undefined, allowed: true },
  { id: 'lenient/O04', option: 'null', request: 'reject', allowed: false },
  { id: 'lenient/O05', option: undefined, request: 'null', allowed: true },
] as const)('$id the option $option and the request $request', ({ option, request, allowed }) => {
  const { scopes } = createTestScopes(option ? { denied: option } : {})
  const document = parse('{ book { notes } }')
  const decision = scopes.authorize({ document, contextValue: {}, scopes: ['read'], denied: request })
  expect(decision.allowed).toBe(allowed)
  expect(decision).toMatchObject({ denials: [{ coordinate: 'Book.notes', path: ['book', 'notes'] }] })
})

test('lenient/R01 decides for each caller when a query is repeated', async () => {
  const { scopes } = createTestScopes()
  const document = parse('{ book { notes } }')
  const operation = getOperationAST(document)
  if (!operation) throw new Error('The document has no operation.')
  const executeCompiled = createExecutor(scopes.schema)
  for (const [granted, denied] of [
    [['read'], ['book.notes Book.notes']],
    [['read', 'admin'], []],
    [['admin'], ['book Query.book']],
    [['read'], ['book.notes Book.notes']],
    [['read', 'admin'], []],
  ] as const) {
    const context = {}
    scopes.authorize({ document, contextValue: context, scopes: granted })
    expect(toPlaces(await executeCompiled({ document, operation, variables: {}, context }))).toEqual(denied)
  }
})

test('lenient/R02 does not follow later changes of the set of scopes', async () => {
  const { scopes } = createTestScopes()
  const document = parse('{ book { notes } }')
  const granted = new Set(['read'])
  const contextValue = {}
  scopes.authorize({ document, contextValue, scopes: granted })
  granted.add('admin')
  const result = await execute({ schema: scopes.schema, document, contextValue })
  expect(toPlaces(result)).toEqual(['book.notes Book.notes'])
})

/** A second request with the same operation and context. The first one has the scope `read` and sends a guarded input. */
const SHARING: readonly {
  readonly id: string
  readonly title: string
  readonly granted: readonly string[]
  readonly variables: Record<string, unknown>
}[] = [
  { id: 'lenient/C01', title: 'other variables', granted: ['read'], variables: {} },
  { id: 'lenient/C02', title: 'more scopes', granted: ['read', 'admin'], variables: { sales: 1 } },
  { id: 'lenient/C03', title: 'more scopes and other variables', granted: ['read', 'admin'], variables: {} },
]
test.each(SHARING)(
  '$id keeps a request denied when another one with $title shares its context',
  async (row) => {
    const { scopes, calls } = createTestScopes()
    const document = parse('query ($sales: Int) { search(filter: { sales: $sales }) book { notes } }')
    const contextValue = {}
    const authorize = (granted: readonly string[], variables: Record<string, unknown>) =>
      scopes.authorize({ document, variables, contextValue, scopes: granted }).allowed
    expect(authorize(['read'], { sales: 1 })).toBe(true)
    expect(authorize(row.granted, row.variables)).toBe(true)
    const result = await execute({
      schema: scopes.schema,
      document,
      variableValues: { sales: 1 },
      contextValue,
    })
    expect(toPlaces(result)).toEqual(['search Filter.sales', 'book.notes Book.notes'])
    expect(calls).toEqual(['book'])
  },
)

test('lenient/C04 a request that is rejected ends the access of an earlier one with its context', async () => {
  const { scopes, calls } = createTestScopes()
  const document = parse('{ book { notes } }')
  const contextValue = {}
  scopes.authorize({ document, contextValue, scopes: ['read'] })
  scopes.authorize({ document, contextValue, scopes: ['read'], denied: 'reject' })
  const result = await execute({ schema: scopes.schema, document, contextValue })
  expect(result.errors?.map(({ message }) => message)).toEqual(['Operation not authorized.'])
  expect(calls).toEqual([])
})

/** Requests that share a context and an operation; the first one is executed after the last one has been authorized. */
const SEQUENCES: readonly {
  readonly id: string
  readonly title: string
  readonly requests: readonly (readonly [scopes: readonly string[] | undefined, denied?: 'reject' | 'null'])[]
  readonly errors: readonly string[]
}[] = [
  {
    id: 'lenient/C05',
    title: 'keeps a lenient request denied after a rejected and an allowed one',
    requests: [[['read']], [['read'], 'reject'], [['read', 'admin']]],
    errors: ['book.notes Book.notes'],
  },
  {
    id: 'lenient/C06',
    title: 'keeps a lenient request denied after an anonymous and an allowed one',
    requests: [[['read']], [undefined], [['read', 'admin'], 'reject']],
    errors: ['book.notes Book.notes'],
  },
  {
    id: 'lenient/C07',
    title: 'restricts an allowed request by a lenient one, also after a rejected and an allowed one',
    requests: [[['read', 'admin']], [['read']], [[], 'reject'], [['read', 'admin']]],
    errors: ['book.notes Book.notes'],
  },
  {
    id: 'lenient/C08',
    title: 'ends all access while the last request is rejected',
    requests: [[['read']], [['read', 'admin']], [['read'], 'reject']],
    errors: ['book undefined'],
  },
  {
    id: 'lenient/C09',
    title: 'gives an allowed request its access after a rejected and an allowed one',
    requests: [[['read', 'admin']], [['read'], 'reject'], [['read', 'admin']]],
    errors: [],
  },
  {
    id: 'lenient/C10',
    title: 'gives a rejected request its access when it is sent again with more scopes',
    requests: [
      [['read'], 'reject'],
      [['read', 'admin'], 'reject'],
    ],
    errors: [],
  },
]
test.each(SEQUENCES)('$id $title', async ({ requests, errors }) => {
  const { scopes } = createTestScopes()
  const document = parse('{ book { notes } }')
  const contextValue = {}
  for (const [granted, denied] of requests)
    scopes.authorize({ document, contextValue, scopes: granted, denied })
  expect(toPlaces(await execute({ schema: scopes.schema, document, contextValue }))).toEqual(errors)
})

const LATE = 'new Promise((_, reject) => setTimeout(() => reject(new Error("late")), 1))'
test.each([
  {
    id: 'lenient/U01',
    title: 'a list that throws after one with a rejection',
    type: '[[T!]]',
    value: `[${LATE}, (function* () { throw new Error("list") })()]`,
    data: [null, null],
  },
  {
    id: 'lenient/U02',
    title: 'an item that throws after a rejection in the same list',
    type: '[[T!]]',
    value: `[(function* () { yield ${LATE}; throw new Error("list") })()]`,
    data: [null],
  },
  {
    id: 'lenient/U03',
    title: 'a list that throws before another one is read',
    type: '[[T!]!]',
    value: `[[${LATE}], (function* () { throw new Error("list") })()]`,
    data: null,
  },
])('$id ends no process: $title', ({ type, value, data }) => {
  const code = `
    import { buildSchema, execute, parse } from 'graphql'
    import { createScopes, scopeDirectives } from ${JSON.stringify(new URL('../../src/scopes/index.ts', import.meta.url).href)}
    const schema = buildSchema(scopeDirectives + \`
      extend schema @scope(name: "read", description: "d") @scope(name: "admin", description: "d")
      type Query { list: ${type} @requiresScope(scopes: "read") secret: Int @requiresScope(scopes: "admin") }
      type T { id: ID }\`)
    schema.getQueryType().getFields().list.resolve = () => ${value}
    const scopes = createScopes(schema, { denied: 'null' })
    const document = parse('{ list { id } secret }')
    const contextValue = {}
    scopes.authorize({ document, contextValue, scopes: ['read'] })
    const { data } = await execute({ schema: scopes.schema, document, contextValue })
    console.log(JSON.stringify(data))`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  })
  expect(stderr).toBe('')
  expect([status, JSON.parse(stdout)]).toEqual([0, { list: data, secret: null }])
})

test('lenient/J01 refuses guarded fields when graphql-jit executes a query, whose paths have no types', () => {
  const schema = buildSchema(`${SCOPE_DIRECTIVES}
    extend schema @scope(name: "read", description: "d") @scope(name: "films", description: "d")
    type Query { item: Item @requiresScope(scopes: "read") }
    union Item = Book | Film
    type Book { title: String }
    type Film @requiresScope(scopes: "films") { title: String }`)
  const scopes = createScopes(schema, { denied: 'null' })
  const document = parse('{ item { __typename } }')
  const contextValue = {}
  expect(scopes.authorize({ document, contextValue, scopes: ['read'] })).toMatchObject({ allowed: true })
  const info = { operation: getOperationAST(document), path: { prev: undefined, key: 'item' } }
  const { resolve } = Object(scopes.schema.getQueryType()?.getFields().item)
  const { resolveType } = Object(scopes.schema.getType('Item'))
  expect(() => resolve({}, {}, contextValue, info)).toThrow(
    'Lenient handling does not work with graphql-jit.',
  )
  expect(resolveType({ __typename: 'Film' }, contextValue, info)).toBeUndefined()
})
