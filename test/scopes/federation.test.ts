import { expect, test } from '@jest/globals'
import { composeServices } from '@theguild/federation-composition'
import { buildSchema, parse, print } from 'graphql'
import { createScopes } from '../../src/scopes/create-scopes.ts'
import { printSubgraph } from '../../src/scopes/federation.ts'
import { scopeDirectives } from '../../src/scopes/scope-directives.ts'
import { SUBGRAPHS } from '../cases/scopes/subgraphs.ts'
import { buildUncheckedSchema, declareScopes } from '../support/scopes/lint-schema.ts'

const build = (sdl: string) => buildUncheckedSchema(declareScopes(sdl, 'read', 'admin'))
const printDefinitions = (sdl: string) => parse(sdl).definitions.map(print).sort()

function compose(...sdls: readonly string[]) {
  const services = sdls.map((sdl, i) => ({
    name: `s${i}`,
    url: `http://localhost/${i}`,
    typeDefs: parse(sdl),
  }))
  const { errors, supergraphSdl } = composeServices(services)
  const supergraph = supergraphSdl?.replace(/\s+/g, ' ')
  return { errors: errors?.map(({ message }) => message), supergraph }
}

test.each(SUBGRAPHS)('$id prints $title', ({ sdl, printed }) => {
  expect(printDefinitions(printSubgraph(build(sdl)))).toEqual(printDefinitions(printed))
})

test.each(SUBGRAPHS)('$id is composed: $title', ({ sdl, composed }) => {
  const { errors, supergraph } = compose(printSubgraph(build(sdl)))
  expect(errors).toBeUndefined()
  for (const text of composed) expect(supergraph).toContain(text)
})

test.each(SUBGRAPHS)('$id prints the same again: $title', ({ sdl }) => {
  const printed = printSubgraph(build(sdl))
  expect(printSubgraph(buildUncheckedSchema(printed, ''))).toBe(printed)
})

const REVIEWS = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  type Query { reviews: [Review!]! }
  type Review { text: String! book: Book! }
  type Book @key(fields: "id") { id: ID! reviews: [Review!]! }`
const BOOKS = `
  scalar FieldSet directive @key(fields: FieldSet!) repeatable on OBJECT
  type Query { book: Book @requiresScope(scopes: "read") }
  type Book @key(fields: "id") { id: ID! addedBy: String @requiresScope(scopes: "admin") }`

const KEY_AND_SHAREABLE = `scalar FieldSet directive @key(fields: FieldSet!) repeatable on OBJECT
  directive @shareable on FIELD_DEFINITION`
const GATEWAY = 'scalar _Any type _Service { sdl: String }'
const GATEWAY_FIELDS = `_service: _Service!
  _entities(representations: [_Any!]!): [_Entity]! @requiresScope(scopes: "admin")`

test('federation/F20 is composed with another subgraph, which gets no rules', () => {
  const { errors, supergraph } = compose(printSubgraph(build(BOOKS)), REVIEWS)
  expect(errors).toBeUndefined()
  expect(supergraph).toContain('addedBy: String @join__field(graph: S0) @requiresScopes(scopes: [["admin"]])')
  expect(supergraph).toContain('reviews: [Review!]! @join__field(graph: S1)')
})

test('federation/F21 is composed with the rules that another subgraph has for the same field', () => {
  const other = `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", { name: "@requiresScopes", as: "@needs" }])
    type Book @key(fields: "id") { id: ID! addedBy: String @shareable @needs(scopes: [["other"]]) }`
  const sdl = `${BOOKS.replace('addedBy: String', 'addedBy: String @shareable')} directive @shareable on FIELD_DEFINITION`
  const { errors, supergraph } = compose(printSubgraph(build(sdl)), other)
  expect(errors).toBeUndefined()
  expect(supergraph).toContain('addedBy: String @requiresScopes(scopes: [["admin", "other"]])')
})

test('federation/F23 prints entities alone without the query type, which composition does not accept empty', () => {
  const sdl = `
    scalar FieldSet directive @key(fields: FieldSet!) repeatable on OBJECT
    type Query { _service: _Service! } type _Service { sdl: String }
    type Review @key(fields: "id") { id: ID! text: String @requiresScope(scopes: "read") }`
  const printed = printSubgraph(build(sdl))
  expect(printed).not.toContain('Query')
  expect(compose(printed, printSubgraph(build(BOOKS))).errors).toBeUndefined()
})

test('federation/F24 keeps the rules of an entity that only the gateway can reach, beside another subgraph without them', () => {
  const sdl = `${KEY_AND_SHAREABLE} ${GATEWAY} union _Entity = Book
    type Query { v: String @requiresScope(scopes: "admin") ${GATEWAY_FIELDS} }
    type Book @key(fields: "id") { id: ID! @public(reason: "r") secret: String @shareable @requiresScope(scopes: "admin") }`
  createScopes(build(sdl), { strict: true })
  const other = `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])
    type Book @key(fields: "id") { id: ID! secret: String @shareable }`
  const { errors, supergraph } = compose(printSubgraph(build(sdl)), other)
  expect(errors).toBeUndefined()
  expect(supergraph).toContain('secret: String @requiresScopes(scopes: [["admin"]])')
})

test.each([
  { id: 'federation/F25', title: 'with another name', schema: 'schema { query: Q }', query: 'Q', other: '' },
  {
    id: 'federation/F26',
    title: 'with another name, beside a mutation type',
    schema: 'schema { query: Q mutation: M }',
    query: 'Q',
    other: 'type M { w: Int @requiresScope(scopes: "admin") }',
  },
  {
    id: 'federation/F27',
    title: 'in a described schema',
    schema: '"D." schema { query: Query }',
    query: 'Query',
    other: '',
  },
])('$id prints entities alone without a query type $title', ({ schema, query, other }) => {
  const sdl = `${KEY_AND_SHAREABLE} ${GATEWAY} union _Entity = Review ${schema} type ${query} { ${GATEWAY_FIELDS} } ${other}
    type Review @key(fields: "id") { id: ID! text: String @requiresScope(scopes: "read") }`
  const printed = printSubgraph(build(sdl))
  expect(printed).not.toMatch(/_entities|_service|query:|type (Q|Query) /)
  const { errors, supergraph } = compose(printed, printSubgraph(build(BOOKS)))
  expect(errors).toBeUndefined()
  expect(supergraph).toContain('text: String @requiresScopes(scopes: [["read"]])')
  if (other)
    expect(supergraph).toMatch(/mutation: Mutation .*w: Int @requiresScopes\(scopes: \[\["admin"\]\]\)/)
})

test.each([
  {
    id: 'federation/F28',
    title: 'what createScopes returns',
    value: createScopes(build(BOOKS)),
    message: 'printSubgraph() takes a GraphQLSchema.',
  },
  { id: 'federation/F29', title: 'null', value: null, message: 'printSubgraph() takes a GraphQLSchema.' },
  {
    id: 'federation/F30',
    title: 'a schema of another copy of graphql',
    value: { [Symbol.toStringTag]: 'GraphQLSchema' },
    message: 'The schema that printSubgraph() takes was created by another copy of the package graphql.',
  },
])('$id rejects $title', ({ value, message }) => {
  expect(() => printSubgraph(value as never)).toThrow(message)
})

test('federation/F22 prints the schema that createScopes has guarded', () => {
  const sdl = `${declareScopes(BOOKS, 'read', 'admin')}`
  const { schema } = createScopes(buildSchema(`${scopeDirectives} ${sdl}`))
  expect(printSubgraph(schema)).toBe(printSubgraph(build(BOOKS)))
})
