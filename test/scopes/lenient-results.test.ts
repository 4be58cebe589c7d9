import { expect, test } from '@jest/globals'
import { buildSchema, GraphQLError, Kind, parse } from 'graphql'
import { createScopes } from '../../src/scopes/index.ts'
import { SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'

const SCHEMA = `${SCOPE_DIRECTIVES}
  extend schema @scope(name: "read", description: "d") @scope(name: "films", description: "d")
  type Query { item: Item @requiresScope(scopes: "read") items: [[Item!]] @requiresScope(scopes: "read") }
  union Item = Book | Film
  type Book { title: String }
  type Film @requiresScope(scopes: "films") { title: String }`

/** Authorizes a query leniently. Returns its resolver and type resolver, called as graphql-jit does, without names of types. */
function createJitCalls(name: 'item' | 'items', value: unknown) {
  const schema = buildSchema(SCHEMA)
  const film: unknown = schema.getType('Film')
  const field = schema.getQueryType()?.getFields()[name]
  const union = schema.getType('Item')
  if (!field || union?.astNode?.kind !== Kind.UNION_TYPE_DEFINITION) throw new Error('no field')
  field.resolve = () => value
  Object.assign(union, {
    resolveType(text: string) {
      if (text === 'unknown') throw new Error('no type')
      return text === 'object' ? film : text
    },
  })
  const scopes = createScopes(schema, { denied: 'null' })
  const document = parse(`{ ${name} { __typename } }`)
  const contextValue = {}
  scopes.authorize({ document, contextValue, scopes: ['read'] })
  const [operation] = document.definitions
  const type = scopes.schema.getQueryType()
  const guardedField = type?.getFields()[name]
  const info = {
    fieldName: name,
    fieldNodes: operation?.kind === Kind.OPERATION_DEFINITION && operation.selectionSet.selections,
    returnType: guardedField?.type,
    parentType: type,
    path: { prev: undefined, key: name },
    schema: scopes.schema,
    fragments: {},
    operation,
  }
  const resolve: unknown = guardedField?.resolve
  const resolveType: unknown = Object(scopes.schema.getType('Item')).resolveType
  if (typeof resolve !== 'function' || typeof resolveType !== 'function') throw new Error('no guard')
  return {
    resolve: (): unknown => resolve(undefined, {}, contextValue, info),
    resolveType: (text: string): unknown => resolveType(text, contextValue, info),
  }
}

/** Awaits the items of lists, too. */
async function settle(value: unknown): Promise<unknown> {
  const settled = await value
  return Array.isArray(settled) ? Promise.all(settled.map(settle)) : settled
}

const DENIED = expect.objectContaining({ extensions: expect.objectContaining({ coordinate: 'Film' }) })

test.each([
  { id: 'lenient/J01', title: 'an allowed value', name: 'item', value: 'Book', expected: 'Book' },
  { id: 'lenient/J02', title: 'a denied value', name: 'item', value: 'Film', expected: DENIED },
  {
    id: 'lenient/J03',
    title: 'a promise of a denied value',
    name: 'item',
    value: Promise.resolve('Film'),
    expected: DENIED,
  },
  { id: 'lenient/J04', title: 'null', name: 'item', value: null, expected: null },
  {
    id: 'lenient/J05',
    title: 'a value whose type is resolved to an object',
    name: 'item',
    value: 'object',
    expected: DENIED,
  },
  {
    id: 'lenient/J06',
    title: 'a value whose type resolver throws',
    name: 'item',
    value: 'unknown',
    expected: expect.objectContaining({ message: 'no type' }),
  },
  {
    id: 'lenient/J07',
    title: 'lists',
    name: 'items',
    value: [['Book', Promise.resolve('Film'), 'Film', null], null, 'text'],
    expected: [['Book', DENIED, DENIED, null], null, 'text'],
  },
] as const)('$id replaces denied values for graphql-jit: $title', async ({ name, value, expected }) => {
  expect(await settle(createJitCalls(name, value).resolve())).toEqual(expected)
})

test('lenient/J08 resolves no denied type for graphql-jit, without a rejection', () => {
  const { resolveType } = createJitCalls('item', 'Film')
  expect([resolveType('Book'), resolveType('Film'), resolveType('object')]).toEqual([
    'Book',
    undefined,
    undefined,
  ])
  expect(() => resolveType('unknown')).toThrow('no type')
  expect(() => resolveType('unknown')).not.toThrow(GraphQLError)
})
