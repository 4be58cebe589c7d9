import { makeExecutableSchema } from '@graphql-tools/schema'
import { expect, test } from '@jest/globals'
import {
  buildSchema,
  execute,
  GraphQLError,
  isObjectType,
  isUnionType,
  Kind,
  parse,
  printSchema,
  subscribe,
} from 'graphql'
import { createScopes, type Denied, ScopeSchemaError } from '../../src/scopes/index.ts'
import { SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'

const SCHEMA = `
  schema @scope(name: "write", description: "d") @scope(name: "read", description: "d") {
    query: Query mutation: Mutation subscription: Subscription
  }
  type Query {
    open: Int @public(reason: "test")
    me: Int @authenticated
    a: Int @requiresScope(scopes: "read")
    either: Int @requiresScope(scopes: [["read", "write"], ["write"]])
    node: Node @public(reason: "test")
    arg(x: In): Int @public(reason: "test")
  }
  interface Node { id: ID @requiresScope(scopes: "read") }
  type Leaf implements Node { id: ID @requiresScope(scopes: "read") }
  input In { plain: Int guarded: Int @requiresScope(scopes: "write") }
  type Mutation { add: Int @requiresScope(scopes: [["read", "write"]]) }
  type Subscription { ticks: Int @requiresScope(scopes: "read") }
`.replace('[["read", "write"], ["write"]]', '[["read"], ["write"]]')

function createTestScopes() {
  const calls: string[] = []
  const field =
    (name: string, value: unknown = 1) =>
    () => {
      calls.push(name)
      return value
    }
  async function* ticks() {
    for (let n = 1; ; n += 1) yield { ticks: n }
  }
  const schema = makeExecutableSchema({
    typeDefs: SCOPE_DIRECTIVES + SCHEMA,
    resolvers: {
      Query: {
        open: field('open'),
        me: field('me'),
        a: field('a'),
        either: field('either'),
        arg: field('arg'),
        node: field('node', { __typename: 'Leaf', id: '1' }),
      },
      Mutation: { add: field('add') },
      Subscription: { ticks: { subscribe: ticks } },
    },
  })
  const scopes = createScopes(schema)
  return { calls, scopes, original: schema }
}

test('create-scopes/A01 executes an operation that it allowed, with the same context', async () => {
  const { scopes, calls } = createTestScopes()
  const document = parse('{ a }')
  const contextValue = {}
  expect(scopes.authorize({ document, contextValue, scopes: ['read'] })).toEqual({ allowed: true })
  expect(await execute({ schema: scopes.schema, document, contextValue })).toEqual({ data: { a: 1 } })
  expect(calls).toEqual(['a'])
})

test.each([
  { id: 'create-scopes/A02', title: 'was not authorized', authorize: false, scopes: ['read'] },
  { id: 'create-scopes/A03', title: 'was denied', authorize: true, scopes: [] },
])('$id runs no resolver of an operation that $title', async ({ authorize, scopes: granted }) => {
  const { scopes, calls } = createTestScopes()
  const document = parse('{ a }')
  const contextValue = {}
  if (authorize) scopes.authorize({ document, contextValue, scopes: granted })
  const result = await execute({ schema: scopes.schema, document, contextValue })
  expect(result.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN'])
  expect(calls).toEqual([])
})

test('create-scopes/A04 does not accept the authorization of another operation, document or context', async () => {
  const { scopes } = createTestScopes()
  const source = 'query One { a } query Two { me a }'
  const document = parse(source)
  const contextValue = {}
  scopes.authorize({ document, operationName: 'One', contextValue, scopes: ['read'] })
  const run = async (operationName: string, context: object, ofDocument = document) =>
    (await execute({ schema: scopes.schema, document: ofDocument, operationName, contextValue: context }))
      .errors
  expect(await run('One', contextValue)).toBeUndefined()
  expect(await run('Two', contextValue)).toHaveLength(2)
  expect(await run('One', {})).toHaveLength(1)
  expect(await run('One', contextValue, parse(source))).toHaveLength(1)
})

test('create-scopes/A05 lets two requests share a context, until one of them is denied', async () => {
  const { scopes } = createTestScopes()
  const contextValue = {}
  const [one, other] = [parse('{ a }'), parse('{ me }')]
  scopes.authorize({ document: one, contextValue, scopes: ['read'] })
  scopes.authorize({ document: other, contextValue, scopes: [] })
  const run = async (document: typeof one) =>
    (await execute({ schema: scopes.schema, document, contextValue })).errors
  expect([await run(one), await run(other)]).toEqual([undefined, undefined])
  scopes.authorize({ document: one, contextValue, scopes: [] })
  expect(await run(one)).toHaveLength(1)
})

test('create-scopes/A06 ends a subscription when the token has expired', async () => {
  const { scopes } = createTestScopes()
  const document = parse('subscription { ticks }')
  const contextValue = {}
  let isExpired = false
  scopes.authorize({ document, contextValue, scopes: ['read'], isExpired: () => isExpired })
  const events = await subscribe({ schema: scopes.schema, document, contextValue })
  if (!(Symbol.asyncIterator in events)) throw new Error('no stream')
  expect((await events.next()).value).toEqual({ data: { ticks: 1 } })
  isExpired = true
  expect((await events.next()).value).toMatchObject({
    errors: [{ message: 'The access token has expired.' }],
  })
  await events.return?.(undefined)
})

test.each([
  { id: 'create-scopes/A11', title: 'has no expiry', isExpired: undefined },
  { id: 'create-scopes/A12', title: 'has not expired', isExpired: () => false },
])(
  '$id ends a subscription whose token has expired when another request that $title shares its context',
  async (row) => {
    const { scopes } = createTestScopes()
    const request = { document: parse('subscription { ticks }'), contextValue: {}, scopes: ['read'] }
    let isExpired = false
    scopes.authorize({ ...request, isExpired: () => isExpired })
    const events = await subscribe({ schema: scopes.schema, ...request })
    if (!(Symbol.asyncIterator in events)) throw new Error('no stream')
    scopes.authorize({ ...request, ...(row.isExpired && { isExpired: row.isExpired }) })
    expect((await events.next()).value).toEqual({ data: { ticks: 1 } })
    isExpired = true
    expect((await events.next()).value).toMatchObject({
      errors: [{ message: 'The access token has expired.' }],
    })
    await events.return?.(undefined)
  },
)

test('create-scopes/A13 resolves types without the argument that graphql-jit leaves out', () => {
  const schema = buildSchema(`${SCOPE_DIRECTIVES} extend schema @scope(name: "a", description: "d")
    type Query { item: Item @requiresScope(scopes: "a") } union Item = One | Two
    type One @requiresScope(scopes: "a") { x: Int } type Two { x: Int }`)
  const two = schema.getType('Two')
  if (isObjectType(two)) two.isTypeOf = () => true
  const item = createScopes(schema).schema.getType('Item')
  if (!isUnionType(item)) throw new Error('no union')
  const resolveType: unknown = item.resolveType
  const info = { returnType: item, schema, operation: {} }
  expect(typeof resolveType === 'function' && resolveType({}, {}, info)).toBe('Two')
})

test('create-scopes/A07 leaves the original schema as it is', async () => {
  const { scopes, original } = createTestScopes()
  expect(printSchema(scopes.schema)).toBe(printSchema(original))
  expect(await execute({ schema: original, document: parse('{ a }'), contextValue: {} })).toEqual({
    data: { a: 1 },
  })
})

const METADATA = 'https://api.example/.well-known/oauth-protected-resource'

test.each([
  {
    id: 'create-scopes/C01',
    document: '{ a }',
    granted: undefined,
    status: 401,
    header: `Bearer scope="read", resource_metadata="${METADATA}"`,
    codes: ['UNAUTHENTICATED'],
  },
  {
    id: 'create-scopes/C02',
    document: '{ me }',
    granted: undefined,
    status: 401,
    header: `Bearer resource_metadata="${METADATA}"`,
    codes: ['UNAUTHENTICATED'],
  },
  {
    id: 'create-scopes/C03',
    document: 'mutation { add }',
    granted: ['read'],
    status: 403,
    header: `Bearer error="insufficient_scope", error_description="the access token lacks a scope that this operation needs", scope="write read", resource_metadata="${METADATA}"`,
    codes: ['FORBIDDEN'],
  },
  {
    id: 'create-scopes/C04',
    document: '{ a arg(x: { guarded: 1 }) }',
    granted: [],
    status: 403,
    header: `Bearer error="insufficient_scope", error_description="the access token lacks a scope that this operation needs", scope="write read", resource_metadata="${METADATA}"`,
    codes: ['FORBIDDEN', 'FORBIDDEN'],
  },
])('$id challenges $document with $granted', ({ document, granted, status, header, codes }) => {
  const { scopes } = createTestScopes()
  const decision = scopes.authorize({ document: parse(document), contextValue: {}, scopes: granted })
  const challenge = scopes.challenge(decision as Denied, { resourceMetadata: METADATA })
  expect([challenge.status, challenge.headers['www-authenticate']]).toEqual([status, header])
  expect(challenge.errors.map(({ extensions }) => extensions.code)).toEqual(codes)
})

test('create-scopes/C05 has one error for each denied coordinate, and the scheme that was asked for', () => {
  const { scopes } = createTestScopes()
  const document = parse('mutation { first: add }')
  const decision = scopes.authorize({ document, contextValue: {}, scopes: new Set(['read']) })
  const challenge = scopes.challenge(decision as Denied, { scheme: 'DPoP', algs: 'ES256' })
  expect(challenge.headers['www-authenticate']).toMatch(/^DPoP error="insufficient_scope", .*, algs="ES256"$/)
  expect(challenge.errors.map((error) => error.toJSON())).toEqual([
    {
      message: 'Not authorized to access Mutation.add: requires scopes read and write; the token has read.',
      path: ['first'],
      extensions: {
        code: 'FORBIDDEN',
        coordinate: 'Mutation.add',
        requiredScopes: ['read', 'write'],
        missingScopes: ['write'],
      },
    },
  ])
})

test.each([
  { id: 'create-scopes/R01', document: '{ open }', expected: [] },
  { id: 'create-scopes/R02', document: '{ me }', expected: [] },
  { id: 'create-scopes/R03', document: '{ node { id } }', expected: ['read'] },
  { id: 'create-scopes/R04', document: 'mutation { add }', expected: ['write', 'read'] },
])('$id a client requests $expected for $document', ({ document, expected }) => {
  expect(createTestScopes().scopes.requiredScopes(parse(document))).toEqual(expected)
})

test('create-scopes/R05 lists the rules in the order of the schema', () => {
  expect(createTestScopes().scopes.table()).toEqual([
    { coordinate: 'Query.me', scopes: [[]] },
    { coordinate: 'Query.a', scopes: [['read']] },
    { coordinate: 'Query.either', scopes: [['read'], ['write']] },
    { coordinate: 'Node.id', scopes: [['read']] },
    { coordinate: 'Leaf.id', scopes: [['read']] },
    { coordinate: 'In.guarded', scopes: [['write']] },
    { coordinate: 'Mutation.add', scopes: [['read', 'write']] },
    { coordinate: 'Subscription.ticks', scopes: [['read']] },
  ])
})

test.each([
  {
    id: 'create-scopes/E01',
    title: 'scopes that are a string',
    change: { scopes: 'read write' },
    error: TypeError,
    message: 'scopes must be a list or a Set of scopes, not a string.',
  },
  {
    id: 'create-scopes/E02',
    title: 'a context that is not an object',
    change: { contextValue: 'context' as unknown as object },
    error: TypeError,
    message: 'contextValue must be an object.',
  },
  {
    id: 'create-scopes/E03',
    title: 'no context',
    change: { contextValue: undefined as unknown as object },
    error: TypeError,
    message: 'contextValue must be an object.',
  },
  {
    id: 'create-scopes/E04',
    title: 'an unknown operation',
    change: { operationName: 'Other' },
    error: GraphQLError,
    message: 'The document has no operation named "Other".',
  },
  {
    id: 'create-scopes/E05',
    title: 'several operations without a name',
    change: { document: parse('query A { a } query B { a }') },
    error: GraphQLError,
    message: 'The document must have one operation, or the name of one must be given.',
  },
  {
    id: 'create-scopes/E06',
    title: 'a document without an operation',
    change: { document: parse('fragment F on Query { a }') },
    error: GraphQLError,
    message: 'The document must have one operation',
  },
])('$id rejects $title', ({ change, error, message }) => {
  const { scopes } = createTestScopes()
  const request = { document: parse('{ a }'), contextValue: {}, scopes: ['read'], ...change }
  expect(() => scopes.authorize(request)).toThrow(error)
  expect(() => scopes.authorize(request)).toThrow(message)
})

test('create-scopes/E07 denies a variable that is sent as undefined', () => {
  const { scopes } = createTestScopes()
  const document = parse('query ($in: In) { arg(x: $in) }')
  const authorize = (variables: Record<string, unknown>) =>
    scopes.authorize({ document, variables, contextValue: {}, scopes: [] }).allowed
  expect(authorize({})).toBe(true)
  expect(authorize({ in: { plain: 1 } })).toBe(true)
  expect(authorize({ in: { guarded: undefined } })).toBe(true)
  expect(authorize({ in: { guarded: null } })).toBe(false)
})

test('create-scopes/E08 does not crash on a document that is not valid', () => {
  const { scopes } = createTestScopes()
  const source =
    'query { nothing ...Loop ...Unknown ... on Nowhere { x } a } fragment Loop on Query { ...Loop a }'
  const decision = scopes.authorize({ document: parse(source), contextValue: {}, scopes: [] })
  expect(decision).toMatchObject({ allowed: false, needed: ['read'] })
})

test.each([
  {
    id: 'create-scopes/E11',
    query: '{ open other }',
    message: 'There is no field Query.other in the schema.',
  },
  {
    id: 'create-scopes/E12',
    query: '{ open ... on Other { open } }',
    message: 'There is no object type "Other" in the schema.',
  },
  { id: 'create-scopes/E22', query: '{ open ...F }', message: 'There is no fragment "F" in the document.' },
])('$id does not allow what another schema may have: $query', ({ query, message }) => {
  const { scopes } = createTestScopes()
  const request = { document: parse(query), contextValue: {}, scopes: ['read', 'write'] }
  expect(() => scopes.authorize(request)).toThrow(message)
})

test.each([
  {
    id: 'create-scopes/E23',
    title: 'a fragment',
    query: 'mutation { ...F } fragment F on Mutation { add }',
    kind: Kind.FRAGMENT_DEFINITION,
  },
  {
    id: 'create-scopes/E24',
    title: 'a variable',
    query: 'query ($x: Int = 1) { arg(x: { guarded: $x }) }',
    kind: Kind.VARIABLE,
  },
  {
    id: 'create-scopes/E25',
    title: 'an argument',
    query: '{ arg(x: { guarded: 1 }) }',
    kind: Kind.ARGUMENT,
  },
])(
  '$id rejects a list as the name of $title in a document from JSON, which graphql-js reads as a text',
  (row) => {
    const document = JSON.parse(JSON.stringify(parse(row.query, { noLocation: true })), (_, node) =>
      node?.kind === row.kind ? { ...node, name: { kind: Kind.NAME, value: [node.name.value] } } : node,
    )
    const { scopes } = createTestScopes()
    expect(() => scopes.authorize({ document, contextValue: {}, scopes: undefined })).toThrow(
      'The document has an invalid name.',
    )
  },
)

test('create-scopes/E26 rejects variables under the name that graphql-js has for them', () => {
  const request = { document: parse('{ a }'), contextValue: {}, scopes: [], variableValues: {} }
  expect(() => createTestScopes().scopes.authorize(request)).toThrow('Pass the variables to authorize() as')
})

test('create-scopes/E13 handles a query strictly that selects what the schema does not have', () => {
  const { scopes } = createTestScopes()
  const request = {
    document: parse('{ a other }'),
    contextValue: {},
    scopes: ['write'],
    denied: 'null',
  } as const
  expect(scopes.authorize(request)).toMatchObject({ allowed: false, needed: ['read'] })
})

test('create-scopes/E15 rejects variables of fragments, which the parser has as an option', () => {
  const { scopes } = createTestScopes()
  // graphql 17 names the option experimentalFragmentArguments.
  const options = { allowLegacyFragmentVariables: true, experimentalFragmentArguments: true }
  const document = parse('{ ...F } fragment F($x: Boolean!) on Query { a @include(if: $x) }', options)
  expect(() => scopes.authorize({ document, contextValue: {}, scopes: [] })).toThrow(
    'The fragment "F" has variables.',
  )
})

test('create-scopes/E16 takes no text for a document', () => {
  const document = '{ a }' as never
  expect(() => createTestScopes().scopes.authorize({ document, contextValue: {}, scopes: [] })).toThrow(
    'document must be a parsed document',
  )
})

test('create-scopes/E17 takes no promise for scopes', () => {
  const request = { document: parse('{ a }'), contextValue: {}, scopes: Promise.resolve(['read']) as never }
  expect(() => createTestScopes().scopes.authorize(request)).toThrow('Await a promise before.')
})

test('create-scopes/E18 rejects an unknown option', () => {
  const options = { strickt: true } as never
  expect(() => createScopes(createTestScopes().original, options)).toThrow('has no option "strickt"')
})

test('create-scopes/E21 rejects an unknown handling of denied fields', () => {
  const { scopes, original } = createTestScopes()
  const denied = 'lenient' as never
  expect(() => createScopes(original, { denied })).toThrow('denied must be "reject" or "null".')
  const request = { document: parse('{ a }'), contextValue: {}, scopes: [], denied }
  expect(() => scopes.authorize(request)).toThrow('denied must be "reject" or "null".')
})

test('create-scopes/E19 guards the stream of a subscription that the root value has', async () => {
  const schema = buildSchema(`${SCOPE_DIRECTIVES} extend schema @scope(name: "read", description: "d")
    type Query { open: Int @public(reason: "test") } type Subscription { ticks: Int @requiresScope(scopes: "read") }`)
  const guarded = createScopes(schema).schema
  let isStarted = false
  const rootValue = {
    async *ticks() {
      isStarted = true
      yield { ticks: 1 }
    },
  }
  const document = parse('subscription { ticks }')
  const result = await subscribe({ schema: guarded, document, rootValue, contextValue: {} })
  expect([isStarted, result]).toMatchObject([false, { errors: [{ message: 'Operation not authorized.' }] }])
})

test('create-scopes/E20 decides on no operation type that the schema does not have', () => {
  const schema = buildSchema(`${SCOPE_DIRECTIVES} type Query { open: Int @public(reason: "test") }`)
  expect(() => createScopes(schema).explain({ query: 'mutation { x }', scopes: [] })).toThrow(/mutation/)
})

test('create-scopes/E10 takes null for scopes, which JavaScript can pass, as a request without a token', () => {
  const { scopes } = createTestScopes()
  const request = { document: parse('{ me }'), contextValue: {}, scopes: null as never }
  expect(scopes.authorize(request).allowed).toBe(false)
})

test('create-scopes/E09 takes challenges of its own decisions only', () => {
  const denied = { allowed: false, denials: [], needed: [] } as const
  expect(() => createTestScopes().scopes.challenge(denied)).toThrow(TypeError)
})

test.each([
  {
    id: 'create-scopes/S01',
    title: 'a schema of another copy of graphql',
    schema: { [Symbol.toStringTag]: 'GraphQLSchema' },
    message: 'The schema that createScopes() takes was created by another copy of the package graphql',
  },
  {
    id: 'create-scopes/S02',
    title: 'SDL',
    schema: 'type Query { a: Int }',
    message: 'createScopes() takes a GraphQLSchema.',
  },
])('$id rejects $title', ({ schema, message }) => {
  expect(() => createScopes(schema as never)).toThrow(message)
})

test('create-scopes/S03 rejects an invalid schema with each problem, its place and its fix', () => {
  const typeDefs = `${SCOPE_DIRECTIVES} type Query { a: Int b: Int @requiresScope(scopes: "read") }`
  const create = () => createScopes(makeExecutableSchema({ typeDefs }))
  expect(create).toThrow(ScopeSchemaError)
  let errors: ScopeSchemaError['errors'] = []
  try {
    create()
  } catch (error) {
    if (error instanceof ScopeSchemaError) errors = error.errors
  }
  expect(errors).toEqual([
    {
      coordinate: 'Query.b',
      location: expect.any(String),
      message: 'requires read, which is not declared with @scope.',
      fix: 'Add @scope(name: "read", description: "…") to the schema.',
    },
    {
      coordinate: 'Query.a',
      location: expect.any(String),
      message: 'has no rule.',
      fix: 'Add @requiresScope(scopes: …) to it or to its type, or @public(reason: …).',
    },
  ])
})
