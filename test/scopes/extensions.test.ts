import { makeExecutableSchema } from '@graphql-tools/schema'
import { MapperKind, mapSchema } from '@graphql-tools/utils'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  buildASTSchema,
  buildSchema,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLObjectType,
  GraphQLSchema,
  lexicographicSortSchema,
  parse,
} from 'graphql'
import { createScopes } from '../../src/scopes/index.ts'
import {
  findRuleDirectives,
  listSchemaElements,
  readDeclaredScopes,
  readRules,
} from '../../src/scopes/read-rules.ts'
import { ALLOW_ALL, ANONYMOUS, isSatisfied } from '../../src/scopes/rule.ts'
import { DECISION_SCHEMA, SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'
import { DECISIONS } from '../cases/scopes/decisions/decisions.ts'
import { INVALID_EXTENSIONS, MALFORMED_SCOPES, VALID_EXTENSIONS } from '../cases/scopes/extensions.ts'
import {
  copyToExtensions,
  EXTENSION_FORMS,
  listDefinitions,
  toCodeFirst,
} from '../support/scopes/code-first.ts'
import { decideDocument, formatDenials } from '../support/scopes/decide-document.ts'
import { buildUncheckedSchema, findSchemaViolations } from '../support/scopes/lint-schema.ts'
import { randomSchema } from '../support/scopes/random-schema.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

const SCOPES = ['a', 'b'].map((name) => ({ name, description: 'd' }))

/** Builds a schema whose field `x` has these extensions. Its field `other` requires both scopes, so that none is unused. */
const buildCodeFirst = (extensions: object, schemaExtensions: object = { scopes: SCOPES }) =>
  new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        x: { type: GraphQLInt, extensions: { ...extensions } },
        other: { type: GraphQLInt, extensions: { requiresScope: [['a', 'b']] } },
      },
    }),
    extensions: { ...schemaExtensions },
  })

describe.each(EXTENSION_FORMS)('a schema whose directives are all in extensions: %s', (form) => {
  test('has the rules of the same schema in SDL', () => {
    const sdl = SCOPE_DIRECTIVES + DECISION_SCHEMA
    const schema = toCodeFirst(buildSchema(sdl), form)
    expect([...listSchemaElements(schema)].flatMap(({ nodes }) => nodes)).toEqual([])
    const rules = readRules(schema)
    expect([...rules]).toEqual([...readRules(buildSchema(sdl))])
    for (const { document, denied, variables } of DECISIONS)
      expect(formatDenials(decideDocument(schema, rules, document, [], variables))).toEqual(denied)
  })

  test('has the rules of ten random schemas', () => {
    for (let seed = 0; seed < 10; seed += 1) {
      const { sdl } = randomSchema(createSeededRandom(seed))
      expect([...readRules(toCodeFirst(buildSchema(sdl), form))]).toEqual([...readRules(buildSchema(sdl))])
    }
  })

  test('has the declared scopes in the same order', () => {
    const sdl = `${SCOPE_DIRECTIVES} type Query { x: Int }
      schema @scope(name: "b", description: "B") @scope(name: "a", description: "A") { query: Query }
      extend schema @scope(name: "c", description: "C")`
    expect(readDeclaredScopes(toCodeFirst(buildSchema(sdl), form))).toEqual([
      { name: 'b', description: 'B' },
      { name: 'a', description: 'A' },
      { name: 'c', description: 'C' },
    ])
  })
})

test.each(VALID_EXTENSIONS)('$id reads $title', ({ extensions, requires }) => {
  const schema = buildCodeFirst(extensions)
  expect(findSchemaViolations(schema, { strict: true })).toEqual([])
  expect(readRules(schema).get('Query.x')).toEqual(requires)
})

test.each(INVALID_EXTENSIONS)('$id rejects $title', ({ extensions, location, message }) => {
  const violations = findSchemaViolations(buildCodeFirst(extensions))
  expect(violations).toContainEqual({
    coordinate: 'Query.x',
    location,
    message: expect.stringMatching(message),
  })
  expect(violations.every(({ coordinate }) => coordinate === 'Query.x')).toBe(true)
})

test.each(MALFORMED_SCOPES)('allows no caller if the schema is not validated: $title', ({ extensions }) => {
  expect(readRules(buildCodeFirst(extensions)).get('Query.x')).toEqual([])
})

test.each([false, undefined, null, 1, 'true'])('requires a token for authenticated: %s', (authenticated) => {
  const rule = readRules(buildCodeFirst({ authenticated })).get('Query.x') ?? ALLOW_ALL
  expect(isSatisfied(rule, ANONYMOUS)).toBe(false)
})

const WORDS = [
  'requiresScope',
  'authenticated',
  'directives',
  'scopes',
  'name',
  'args',
  '__proto__',
  'a',
  'b',
]
const anything = fc.anything({
  key: fc.constantFrom(...WORDS),
  values: [fc.constantFrom(...WORDS, true, null, undefined, 5)],
  withBoxedValues: true,
  withNullPrototype: true,
  withSet: true,
  withSparseArray: true,
})
test.each([
  { id: 'scopes/X78', title: 'scopes', toExtensions: (value: unknown) => ({ requiresScope: value }) },
  { id: 'scopes/X79', title: 'directives', toExtensions: (value: unknown) => ({ directives: value }) },
])('$id rejects or denies anything in the place of $title', ({ toExtensions }) => {
  fc.assert(
    fc.property(anything, (value) => {
      const schema = buildCodeFirst(toExtensions(value))
      const rule = readRules(schema).get('Query.x') ?? ALLOW_ALL
      return !isSatisfied(rule, ANONYMOUS) || findSchemaViolations(schema).length > 0
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  { id: 'scopes/X80', title: 'a text', scopes: 'a' },
  { id: 'scopes/X81', title: 'names', scopes: ['a', 'b'] },
  { id: 'scopes/X82', title: 'a missing description', scopes: [{ name: 'a' }] },
  { id: 'scopes/X83', title: 'descriptions by name', scopes: { a: 'd', b: 'd' } },
  { id: 'scopes/X84', title: 'null', scopes: null },
])('$id rejects scopes of the schema that are $title', ({ scopes }) => {
  expect(findSchemaViolations(buildCodeFirst({ requiresScope: 'a' }, { scopes }))).toContainEqual({
    coordinate: 'schema',
    location: 'extensions.scopes',
    message: 'has an invalid extensions.scopes. Write { name: "a", description: "…" }.',
  })
})

test('scopes/X84a tells how a schema without SDL declares its scopes', () => {
  expect(findSchemaViolations(buildCodeFirst({ requiresScope: 'a' }, {}))[0]?.message).toBe(
    'requires a, which is not declared with @scope. Add { name: "a", description: "…" } to scopes in the schema’s extensions.',
  )
})

test.each([
  { id: 'scopes/X85', title: 'an object', directives: { scope: SCOPES } },
  { id: 'scopes/X86', title: 'a list', directives: SCOPES.map((args) => ({ name: 'scope', args })) },
])('$id reads declared scopes in $title of directives', ({ directives }) => {
  const schema = buildCodeFirst({ requiresScope: 'a' }, { directives })
  expect(findSchemaViolations(schema)).toEqual([])
  expect(readDeclaredScopes(schema)).toEqual(SCOPES)
})

test.each([
  { id: 'scopes/X87', key: 'requiresScope', requires: [['a']] },
  { id: 'scopes/X88', key: 'public', requires: undefined },
])('$id rejects $key on an interface', ({ key, requires }) => {
  const node = new GraphQLInterfaceType({
    name: 'Node',
    fields: { id: { type: GraphQLInt } },
    extensions: { [key]: 'a' },
  })
  const query = new GraphQLObjectType({
    name: 'Query',
    fields: { node: { type: node, extensions: { requiresScope: [['a', 'b']] } } },
  })
  const schema = new GraphQLSchema({ query, extensions: { scopes: SCOPES } })
  expect(findSchemaViolations(schema).map(({ coordinate }) => coordinate)).toContain('Node')
  expect(readRules(schema).get('Node')).toEqual(requires)
})

test('scopes/X89 reads the names that a link in extensions gives the directives', () => {
  const link = {
    url: 'https://specs.apollo.dev/federation/v2.9',
    import: [{ name: '@requiresScopes', as: '@needs' }],
  }
  const schema = buildCodeFirst(
    { directives: [{ name: 'needs', args: { scopes: [['a']] } }] },
    { directives: [{ name: 'link', args: link }], scopes: SCOPES },
  )
  expect(findSchemaViolations(schema)).toEqual([])
  expect(readRules(schema).get('Query.x')).toEqual([['a']])
})

test('scopes/X90 checks the fields that a field reads through @requires in extensions', () => {
  const schema = buildCodeFirst({
    requiresScope: 'a',
    directives: { requires: { fields: 'other' } },
  })
  expect(findSchemaViolations(schema)).toEqual([
    {
      coordinate: 'Query.x',
      location: 'extensions.directives.requires',
      message: 'reads Query.other through @requires. Require a and b too.',
    },
  ])
})

const SDL = `
  schema @scope(name: "a", description: "d") @scope(name: "b", description: "d") { query: Query }
  type Query { x: Int @requiresScope(scopes: "a") other: Int @requiresScope(scopes: [["a", "b"]]) }`

test.each([
  { id: 'scopes/X91', title: 'as the directive has it', scopes: 'a' },
  { id: 'scopes/X92', title: 'after list coercion', scopes: [['a']] },
])('$id counts a rule in SDL and in extensions once, $title', ({ scopes }) => {
  const schema = buildUncheckedSchema(SDL)
  const copy = mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (field, name) => ({
      ...field,
      extensions: name === 'x' ? { directives: { requiresScope: [{ scopes }] } } : {},
    }),
  })
  copy.extensions = { directives: { scope: SCOPES } }
  expect(findSchemaViolations(copy)).toEqual([])
  expect(findRuleDirectives(copy, listSchemaElements(copy))).toHaveLength(2)
  expect(readDeclaredScopes(copy)).toEqual(SCOPES)
})

test('scopes/X93 requires both of a rule in SDL and another one in extensions, and rejects the schema', () => {
  const resolvers = { Query: { x: { extensions: { requiresScope: 'b' }, resolve: () => 1 } } }
  const schema = makeExecutableSchema({ typeDefs: SCOPE_DIRECTIVES + SDL, resolvers })
  expect(readRules(schema).get('Query.x')).toEqual([['a', 'b']])
  expect(findSchemaViolations(schema)).toEqual([
    {
      coordinate: 'Query.x',
      location: 'extensions.requiresScope',
      message: 'has two rules. Combine them into one.',
    },
  ])
})

test.each(EXTENSION_FORMS)(
  'scopes/X94a accepts nodes that a library writes for undeclared directives: %s',
  (form) => {
    const schema = buildASTSchema(parse(SDL, { noLocation: true }), { assumeValidSDL: true })
    expect(findSchemaViolations(schema).map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^uses @requiresScope, which is not declared/),
    )
    expect(findSchemaViolations(copyToExtensions(schema, form))).toEqual([])
  },
)

test('scopes/X94 rejects a directive in SDL that is not declared, also if extensions have it', () => {
  const schema = buildUncheckedSchema('type Query { x: Int @needsScope(scopes: "a") @public(reason: "r") }')
  const field = schema.getQueryType()?.getFields().x
  if (field) field.extensions = { directives: { needsScope: { scopes: 'a' } } }
  expect(findSchemaViolations(schema).map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^uses @needsScope, which is not declared/),
  )
})

test('scopes/X95 does not mistake a declared directive for a misspelt one', () => {
  const schema = buildUncheckedSchema(
    `directive @authenticate on FIELD_DEFINITION type Query { x: Int @authenticate @public(reason: "r") }`,
  )
  const field = schema.getQueryType()?.getFields().x
  if (field) field.extensions = { directives: { authenticate: {} } }
  expect(findSchemaViolations(schema)).toEqual([])
})

test.each([
  { id: 'scopes/X96', title: 'createScopes', copy: (schema: GraphQLSchema) => createScopes(schema).schema },
  { id: 'scopes/X97', title: 'lexicographicSortSchema', copy: lexicographicSortSchema },
  {
    id: 'scopes/X98',
    title: 'mapSchema',
    copy: (schema: GraphQLSchema) =>
      mapSchema(schema, { [MapperKind.OBJECT_FIELD]: (field) => ({ ...field }) }),
  },
])('$id keeps the extensions in a schema of $title', ({ copy }) => {
  const sdl = `
    schema @scope(name: "a", description: "d") { query: Query }
    type Query @requiresScope(scopes: "a") {
      x(y: Int @requiresScope(scopes: "a"), in: In): E @requiresScope(scopes: "a") n: N u: U
    }
    interface N { z: Money @requiresScope(scopes: "a") }
    type T implements N @requiresScope(scopes: "a") { z: Money }
    union U = T
    input In { z: Int @requiresScope(scopes: "a") }
    enum E @requiresScope(scopes: "a") { V }
    scalar Money @requiresScope(scopes: "a")`
  const build = () => toCodeFirst(buildSchema(SCOPE_DIRECTIVES + sdl), 'keys')
  const readExtensions = (schema: GraphQLSchema) =>
    [...listDefinitions(schema)].map(({ extensions }) => JSON.stringify(extensions)).sort()
  const copied = copy(build())
  expect(readExtensions(copied)).toEqual(readExtensions(build()))
  expect(new Map(readRules(copied))).toEqual(new Map(readRules(build())))
})

test('scopes/X99 tells where a schema without SDL has no rule', () => {
  expect(() => createScopes(buildCodeFirst({}))).toThrow(
    'Query.x (defined in code): has no rule. Add requiresScope to its extensions or to those of its type, or public with a reason.',
  )
})
