import { expect, test } from '@jest/globals'
import { extendSchema, parse, validateSchema } from 'graphql'
import { readRules } from '../../src/scopes/read-rules.ts'
import { copyToExtensions, EXTENSION_FORMS, toCodeFirst } from '../support/scopes/code-first.ts'
import { buildUncheckedSchema, declareScopes, findSchemaViolations } from '../support/scopes/lint-schema.ts'

const A = '@requiresScope(scopes: "a")'
const B = '@requiresScope(scopes: "b")'
const LONG = 'a'.repeat(1000)
const OPEN = '@public(reason: "r")'

const build = (sdl: string) => buildUncheckedSchema(declareScopes(sdl, 'a', 'b'))
const findViolations = (sdl: string, isStrict = false) =>
  findSchemaViolations(build(sdl), { strict: isStrict })

/** Invalid schemas, and the coordinates of all their violations. */
const INVALID: readonly {
  readonly id: string
  readonly title: string
  readonly schema: string
  readonly coordinates: readonly string[]
  readonly isStrict?: boolean
}[] = [
  {
    id: 'scopes/L01',
    title: 'a field without a rule',
    schema: 'type Query { x: Int }',
    coordinates: ['Query.x'],
  },
  {
    id: 'scopes/L02',
    title: 'the fields of a public type',
    schema: `type Query { t: T ${OPEN} } type T { y: Int z: Int }`,
    coordinates: ['T.y', 'T.z'],
  },
  {
    id: 'scopes/L03',
    title: 'the fields of an implementing type',
    schema: `type Query { n: N ${OPEN} } interface N { y: Int } type T implements N { y: Int }`,
    coordinates: ['T.y'],
  },
  {
    id: 'scopes/L04',
    title: 'an undeclared scope',
    schema: 'type Query { x: Int @requiresScope(scopes: "typo") }',
    coordinates: ['Query.x'],
  },
  {
    id: 'scopes/L05',
    title: 'a scope with a space',
    schema: 'type Query { x: Int @requiresScope(scopes: "a b") }',
    coordinates: ['Query.x'],
  },
  {
    id: 'scopes/L06',
    title: 'a mutation without a rule',
    schema: `type Query { x: Int ${A} } type Mutation { w: Int }`,
    coordinates: ['Mutation.w'],
  },
  {
    id: 'scopes/L07',
    title: 'an alternative that another one makes redundant',
    schema: 'type Query { x: Int @requiresScope(scopes: [["a"], ["a", "b"]]) }',
    coordinates: ['Query.x'],
  },
  {
    id: 'scopes/L08',
    title: 'a field with a rule and @public',
    schema: `type Query { x: Int ${A} ${OPEN} }`,
    coordinates: ['Query.x'],
  },
  {
    id: 'scopes/L09',
    title: 'several violations at once',
    schema: 'type Query { x: Int @requiresScope(scopes: "typo") y: Int @requiresScope(scopes: []) z: Int }',
    coordinates: ['Query.x', 'Query.y', 'Query.z'],
  },
  {
    id: 'scopes/L10',
    title: 'a repeated alternative',
    schema: 'type Query { x: Int @requiresScope(scopes: [["a"], ["a"]]) }',
    coordinates: ['Query.x'],
  },
  {
    id: 'scopes/L11',
    title: 'a scope with a quote',
    schema: 'type Query { x: Int @requiresScope(scopes: "quote\\"") }',
    coordinates: ['Query.x'],
  },
  {
    id: 'scopes/L12',
    title: 'a scope with a backslash',
    schema: 'type Query { x: Int @requiresScope(scopes: "back\\\\slash") }',
    coordinates: ['Query.x'],
  },
  {
    id: 'scopes/L13',
    title: 'a scope that is too long',
    schema: `type Query { x: Int @requiresScope(scopes: "${LONG}") } extend schema @scope(name: "${LONG}", description: "d")`,
    coordinates: ['Query.x', 'schema'],
  },
  {
    id: 'scopes/L14',
    title: 'a scope that is not a string',
    schema: 'type Query { x: Int @requiresScope(scopes: 5) }',
    coordinates: ['Query.x'],
  },
  {
    id: 'scopes/L15',
    title: 'a rule without scopes',
    schema: 'type Query { x: Int @requiresScope }',
    coordinates: ['Query.x'],
  },
  {
    id: 'scopes/L16',
    title: 'a scope that is declared twice',
    schema: `type Query { x: Int ${A} } extend schema @scope(name: "a", description: "again")`,
    coordinates: ['schema'],
  },
  {
    id: 'scopes/L17',
    title: 'a declared scope with a space',
    schema:
      'type Query { x: Int @requiresScope(scopes: "two words") } extend schema @scope(name: "two words", description: "d")',
    coordinates: ['Query.x', 'schema'],
  },
  {
    id: 'scopes/L18',
    title: 'a public field of a type with a rule',
    schema: `type Query ${A} { x: Int ${OPEN} }`,
    coordinates: ['Query.x'],
  },
  {
    id: 'scopes/L19',
    title: 'a public field that returns a type with a rule',
    schema: `type Query { t: T ${OPEN} } type T ${A} { x: Int }`,
    coordinates: ['Query.t'],
  },
  {
    id: 'scopes/L20',
    title: 'a public field that returns an enum with a rule',
    schema: `type Query { x: E ${OPEN} } enum E ${A} { V }`,
    coordinates: ['Query.x'],
  },
  {
    id: 'scopes/L21',
    title: 'a rule on an input type that nothing uses',
    schema: `type Query { x: Int ${A} } input Lost { y: Int ${A} }`,
    coordinates: ['Lost.y'],
  },
  {
    id: 'scopes/L22',
    title: 'a rule on an enum that is only used for inputs',
    schema: `type Query { x(e: E): Int ${A} } enum E ${A} { V }`,
    coordinates: ['E'],
  },
  {
    id: 'scopes/L23',
    title: 'an interface that is weaker than the interface that it implements',
    schema: `type Query { n: N ${A} } interface N { s: Int ${A} } interface M implements N { s: Int } type T implements M & N { s: Int ${A} }`,
    coordinates: ['M.s'],
  },
  {
    id: 'scopes/L24',
    title: 'an implementing field with another rule',
    schema: `type Query { n: N ${A} } interface N { s: Int ${A} } type T implements N { s: Int ${B} }`,
    coordinates: ['T.s'],
  },
  {
    id: 'scopes/L25',
    title: 'a subscription without a rule',
    schema: `type Query { x: Int ${A} } type Subscription { s: Int }`,
    coordinates: ['Subscription.s'],
  },
  {
    id: 'scopes/L26',
    title: 'a member of a union without a rule',
    schema: `type Query { u: U ${OPEN} } union U = S | T type S { x: Int ${A} } type T { x: Int }`,
    coordinates: ['T.x'],
  },
  {
    id: 'scopes/L27',
    title: 'a type that is guarded on one path and public on another',
    schema: `type Query { t: T ${A} o: T ${OPEN} } type T { x: Int }`,
    coordinates: ['T.x'],
  },
  {
    id: 'scopes/L28',
    title: 'an empty reason',
    schema: 'type Query { x: Int @public(reason: " ") y: Int @public(reason: "") }',
    coordinates: ['Query.x', 'Query.y'],
  },
  {
    id: 'scopes/L29',
    title: 'a public field of an interface',
    schema: `type Query { n: N ${OPEN} } interface N { y: Int ${OPEN} } type T implements N { y: Int ${OPEN} }`,
    coordinates: ['N.y'],
  },
  {
    id: 'scopes/L30',
    title: 'a public field and a public type below a rule',
    schema: `type Query { t: T ${A} u: U ${A} } type T { x: Int ${OPEN} } type U ${OPEN} { x: Int }`,
    coordinates: ['T.x', 'U'],
  },
  {
    id: 'scopes/L31',
    title: 'a public field below a rule of a type',
    schema: `type Query { t: T } type T ${A} { u: U } type U { x: Int ${OPEN} }`,
    coordinates: ['U.x'],
  },
  {
    id: 'scopes/L32',
    title: 'a public type whose fields have rules',
    schema: `type Query ${OPEN} { x: Int ${A} t: T } type T ${B} { x: Int }`,
    coordinates: ['Query'],
  },
  {
    id: 'scopes/L33',
    title: 'a public enum and a public argument',
    schema: `type Query { x(y: Int ${OPEN}): E ${OPEN} } enum E ${OPEN} { V }`,
    coordinates: ['E', 'Query.x(y:)'],
  },
  {
    id: 'scopes/L34',
    title: 'a declared scope that no rule requires',
    schema: `type Query { x: Int ${A} } extend schema @scope(name: "c", description: "d")`,
    coordinates: ['schema'],
  },
  {
    id: 'scopes/L35',
    title: 'what graphql-js rejects, beside a violation of its own',
    schema: `type Query { x: Int n: N ${A} } interface N { y: Int z(i: Int): Int } type T implements N { z: Int }`,
    coordinates: ['Query.x', 'N.y', 'N.z(i:)'],
  },
  {
    id: 'scopes/L36',
    title: 'a field set of @requires that is not GraphQL',
    schema: `directive @requires(fields: String!) on FIELD_DEFINITION type Query { x: Int ${A} @requires(fields: "{") }`,
    coordinates: ['Query.x'],
  },
  {
    id: 'scopes/L37',
    title: 'a rule on a type that its interface alone leads to',
    schema: `type Query { u: U ${OPEN} } interface N { x: Int } type T implements N { x: Int ${OPEN} } type Lost implements N ${A} { x: Int } union U = T`,
    coordinates: ['Lost'],
  },
  {
    id: 'scopes/L38',
    title: 'an unguarded field, whose fix decides on the fields below it',
    schema: 'type Query { t: T } type T { x: Int }',
    coordinates: ['Query.t'],
  },
  {
    id: 'scopes/L41',
    title: 'fields that only inherit a rule, in strict mode',
    schema: `type Query { t: T ${A} } type T { x: Int u: U } type U { y: Int z: Int ${B} }`,
    coordinates: ['T.x', 'T.u', 'U.y'],
    isStrict: true,
  },
  {
    id: 'scopes/L42',
    title: 'fields of every type that an interface or union can return, in strict mode',
    schema: `type Query { n: N ${A} u: U ${A} } interface N { x: Int } type T implements N { x: Int } type S { x: Int } union U = S`,
    coordinates: ['T.x', 'S.x'],
    isStrict: true,
  },
  {
    id: 'scopes/L43',
    title: 'fields below an unguarded field, in strict mode',
    schema: 'type Query { t: T } type T { x: Int }',
    coordinates: ['Query.t', 'T.x'],
    isStrict: true,
  },
  {
    id: 'scopes/L44',
    title: 'a public type that nothing reaches, in strict mode',
    schema: `type Query { x: Int ${A} } type Lost ${OPEN} { x: Int }`,
    coordinates: ['Lost'],
    isStrict: true,
  },
  {
    id: 'scopes/L45',
    title: 'a rule on an input type and on a value of an enum, which the engine does not read',
    schema: `type Query { x(i: In): E ${OPEN} } input In ${A} { y: Int } enum E { V ${A} W }`,
    coordinates: ['In', 'E.V'],
  },
  ...[
    { id: 'scopes/L46', title: 'another field', service: '_service: _Service!', sdl: 'sdl: String x: Int' },
    { id: 'scopes/L47', title: 'an argument', service: '_service(x: Int): _Service!', sdl: 'sdl: String' },
    {
      id: 'scopes/L48',
      title: 'an argument of its text',
      service: '_service: _Service!',
      sdl: 'sdl(x: Int): String',
    },
    {
      id: 'scopes/L49',
      title: 'a text that is a list',
      service: '_service: _Service!',
      sdl: 'sdl: [String]',
    },
    { id: 'scopes/L49a', title: 'a nullable type', service: '_service: _Service', sdl: 'sdl: String' },
  ].map(({ id, title, service, sdl }) => ({
    id,
    title: `the field through which a gateway reads the SDL, with ${title}`,
    schema: `type Query { x: Int ${A} ${service} } type _Service { ${sdl} }`,
    coordinates: ['Query._service'],
  })),
  {
    id: 'scopes/L49b',
    title: 'the field through which a gateway reads entities',
    schema: `type Query { x: Int ${A} _entities(representations: [_Any!]!): [_Entity]! }
      scalar _Any union _Entity = T type T { x: Int ${A} }`,
    coordinates: ['Query._entities'],
  },
]
test.each(INVALID)('$id rejects $title', ({ schema, coordinates, isStrict }) => {
  const violations = findViolations(schema, isStrict)
  expect(violations.map(({ coordinate }) => coordinate).sort()).toEqual([...coordinates].sort())
  for (const { location } of violations) expect(location).toBe('test.graphql:1')
})

/** The same schema with its rules in extensions, beside SDL and in place of it. */
const inExtensions = (sdl: string) =>
  EXTENSION_FORMS.flatMap((form) => [copyToExtensions(build(sdl), form), toCodeFirst(build(sdl), form)])

// graphql-js locates its own errors by AST nodes.
const INVALID_RULES = INVALID.filter(({ schema }) => validateSchema(build(schema)).length === 0)
test.each(INVALID_RULES)('rejects $title in extensions, as in SDL', ({ schema, coordinates, isStrict }) => {
  for (const copy of inExtensions(schema)) {
    const violations = findSchemaViolations(copy, { strict: isStrict ?? false })
    expect(violations.map(({ coordinate }) => coordinate).sort()).toEqual([...coordinates].sort())
    const locations = /^(?:extensions\..+|defined in code|test\.graphql:1)$/
    for (const { location } of violations) expect(location).toMatch(locations)
  }
})

/** Schemas that look unguarded but are valid. */
const VALID: readonly {
  readonly id: string
  readonly title: string
  readonly schema: string
  readonly isStrict?: boolean
}[] = [
  {
    id: 'scopes/L51',
    title: 'an implementing type with the rule of the interface field',
    schema: `type Query { n: N ${OPEN} } interface N { s: Int ${A} } type T implements N ${A} { s: Int }`,
  },
  {
    id: 'scopes/L52',
    title: 'an implementing field that returns a scalar with the rule of the interface field',
    schema: `type Query { n: N ${OPEN} } interface N { s: Money ${A} } type T implements N { s: Money } scalar Money ${A}`,
  },
  {
    id: 'scopes/L53',
    title: 'an implementing field that is stricter than the interface field',
    schema: `type Query { n: N ${OPEN} } interface N { s: Int @requiresScope(scopes: [["a"], ["b"]]) } type T implements N { s: Int ${B} }`,
  },
  {
    id: 'scopes/L54',
    title: 'a recursive type behind a guarded field',
    schema: `type Query { t: T ${A} } type T { self: T x: Int }`,
  },
  {
    id: 'scopes/L55',
    title: 'a guarded field of a recursive input type',
    schema: `type Query { x(i: In): Int ${A} } input In { y: In z: Int ${B} }`,
  },
  {
    id: 'scopes/L56',
    title: 'a public type with a guarded field',
    schema: `type Query ${OPEN} { x: Int y: Int ${A} }`,
  },
  {
    id: 'scopes/L57',
    title: 'an implementing field that is as strict as the argument of the interface field',
    schema: `type Query { n: N ${OPEN} } interface N { s(x: Int ${A}): Int } type T implements N { s(x: Int): Int ${A} }`,
  },
  {
    id: 'scopes/L58',
    title: 'a public type below an unguarded field',
    schema: `type Query { s: S ${A} t: T ${OPEN} } type S { t: T } type T ${OPEN} { x: Int }`,
  },
  {
    id: 'scopes/L59',
    title: 'fields that only inherit a rule, outside strict mode',
    schema: `type Query { t: T ${A} } type T { x: Int u: U } type U { y: Int }`,
  },
  {
    id: 'scopes/L60',
    title: 'in strict mode, a rule or @public on each field, its type or the type that it returns',
    schema: `type Query { t: T ${A} s: S } type T { x: Int ${B} y: Int ${OPEN} u: U ${OPEN} s: S m: M } type U ${OPEN} { z: Int } type S ${A} { x: Int } scalar M ${A}`,
    isStrict: true,
  },
  {
    id: 'scopes/L61',
    title: 'in strict mode, an unguarded type that nothing reaches, and an interface’s fields',
    schema: `type Query { n: N ${A} } interface N { x: Int } type T implements N ${OPEN} { x: Int } type Lost { x: Int }`,
    isStrict: true,
  },
  {
    id: 'scopes/L62',
    title: 'in strict mode, the field through which a gateway reads the SDL',
    schema: `type Query { x: Int ${A} _service: _Service! } type _Service { sdl: String }`,
    isStrict: true,
  },
  {
    id: 'scopes/L63',
    title: 'this field with a non-null text, in a query type with another name',
    schema: `schema { query: Q } type Q { x: Int ${A} _service: _Service! } type _Service { sdl: String! }`,
  },
  {
    id: 'scopes/L64',
    title: 'a rule on this field',
    schema: `type Query { x: Int ${A} _service: _Service! ${B} } type _Service { sdl: String }`,
    isStrict: true,
  },
  {
    id: 'scopes/L64a',
    title: '@public on this field and its text',
    schema: `type Query { x: Int ${A} _service: _Service! ${OPEN} } type _Service { sdl: String ${OPEN} }`,
    isStrict: true,
  },
]
test.each(VALID)('$id accepts $title', ({ schema, isStrict }) => {
  expect(findViolations(schema, isStrict)).toEqual([])
  for (const copy of inExtensions(schema))
    expect(findSchemaViolations(copy, { strict: isStrict ?? false })).toEqual([])
})

test('reports the source line and the fix of each violation', () => {
  expect(
    findViolations(
      `type Query {\n  open: Int\n  typo: Int @requiresScope(scopes: "c")\n  n(x: Int): In ${A}\n}\ninput In {\n  x: Int\n}`,
    ),
  ).toEqual([
    {
      coordinate: 'Query.n',
      location: 'test.graphql:4',
      message: 'is not valid GraphQL: The type of Query.n must be Output Type but got: In.',
    },
    {
      coordinate: 'Query.typo',
      location: 'test.graphql:3',
      message: 'requires c, which is not declared with @scope. Declared scopes: a.',
    },
    {
      coordinate: 'Query.open',
      location: 'test.graphql:2',
      message: 'has no rule. Add @requiresScope(scopes: …) to it or to its type, or @public(reason: …).',
    },
  ])
})

test('tells how to give a rule to a field that a library has added', () => {
  const added = parse('extend type Query { y: Int }', { noLocation: true })
  expect(findSchemaViolations(extendSchema(build(`type Query { x: Int ${A} }`), added))).toEqual([
    {
      coordinate: 'Query.y',
      location: 'no source',
      message:
        'has no rule. Add requiresScope to its extensions or to those of its type, or public with a reason.',
    },
  ])
})

test('rejects a directive that is declared with another type', () => {
  const schema = buildUncheckedSchema(
    declareScopes(
      `type Query { x: Int @requiresScope(scopes: ["a"]) }
       directive @requiresScope(scopes: [String!]!) on FIELD_DEFINITION`,
      'a',
    ),
    `directive @public(reason: String!) on OBJECT | FIELD_DEFINITION
     directive @scope(name: Scope!, description: String!) repeatable on SCHEMA
     scalar Scope`,
  )
  expect(findSchemaViolations(schema).map(({ coordinate }) => coordinate)).toEqual(['@requiresScope'])
})

test('requires both of two rules at one coordinate, even if the schema is not validated', () => {
  const schema = buildUncheckedSchema(`type Query ${A} { x: Int } extend type Query ${B}`)
  expect([...readRules(schema)]).toEqual([['Query', [['a', 'b']]]])
})
