import { expect, test } from '@jest/globals'
import { readRules } from '../../src/scopes/index.ts'
import { buildUncheckedSchema, findSchemaViolations } from '../support/scopes/lint-schema.ts'

const KNOWN = '@scope(name: "a", description: "A") @scope(name: "b", description: "B")'
const A = '@requiresScope(scopes: "a")'
const B = '@requiresScope(scopes: "b")'
const LONG = 'a'.repeat(1000)
const OPEN = '@public(reason: "r")'

/** Schemas that a server must not start on, and the coordinates that are named, all at once. */
const REFUSED: readonly (readonly [id: string, schema: string, coordinates: readonly string[]])[] = [
  ['L01', 'type Query { x: Int }', ['Query.x']],
  ['L02', `type Query { t: T ${OPEN} } type T { y: Int z: Int }`, ['T.y', 'T.z']],
  ['L03', `type Query { n: N ${OPEN} } interface N { y: Int } type T implements N { y: Int }`, ['T.y']],
  ['L04', 'type Query { x: Int @requiresScope(scopes: "typo") }', ['Query.x']],
  ['L05', 'type Query { x: Int @requiresScope(scopes: "a b") }', ['Query.x']],
  ['L06', `type Query { x: Int ${A} } type Mutation { w: Int }`, ['Mutation.w']],
  ['L07', 'type Query { x: Int @requiresScope(scopes: [["a"], ["a", "b"]]) }', ['Query.x']],
  ['L08', `type Query { x: Int ${A} ${OPEN} }`, ['Query.x']],
  [
    'L09',
    'type Query { x: Int @requiresScope(scopes: "typo") y: Int @requiresScope(scopes: []) z: Int }',
    ['Query.x', 'Query.y', 'Query.z'],
  ],
  ['L10', 'type Query { x: Int @requiresScope(scopes: [["a"], ["a"]]) }', ['Query.x']],
  ['L11', 'type Query { x: Int @requiresScope(scopes: "quote\\"") }', ['Query.x']],
  ['L12', 'type Query { x: Int @requiresScope(scopes: "back\\\\slash") }', ['Query.x']],
  [
    'L13',
    `type Query { x: Int @requiresScope(scopes: "${LONG}") } extend schema @scope(name: "${LONG}", description: "d")`,
    ['Query.x', 'schema'],
  ],
  ['L14', 'type Query { x: Int @requiresScope(scopes: 5) }', ['Query.x']],
  ['L15', 'type Query { x: Int @requiresScope }', ['Query.x']],
  ['L16', `type Query { x: Int ${A} } extend schema @scope(name: "a", description: "again")`, ['schema']],
  ['L17', `type Query { x: Int ${A} } extend schema @scope(name: "two words", description: "d")`, ['schema']],
  ['L18', `type Query ${A} { x: Int ${OPEN} }`, ['Query.x']],
  ['L19', `type Query { t: T ${OPEN} } type T ${A} { x: Int }`, ['Query.t']],
  ['L20', `type Query { x: E ${OPEN} } enum E ${A} { V }`, ['Query.x']],
  ['L21', `type Query { x: Int ${A} } input Lost { y: Int ${A} }`, ['Lost.y']],
  ['L22', `type Query { x(e: E): Int ${A} } enum E ${A} { V }`, ['E']],
  [
    'L23',
    `type Query { n: N ${A} } interface N { s: Int ${A} } interface M implements N { s: Int } type T implements M & N { s: Int ${A} }`,
    ['M.s'],
  ],
  [
    'L24',
    `type Query { n: N ${A} } interface N { s: Int ${A} } type T implements N { s: Int ${B} }`,
    ['T.s'],
  ],
  ['L25', `type Query { x: Int ${A} } type Subscription { s: Int }`, ['Subscription.s']],
  ['L26', `type Query { u: U ${OPEN} } union U = S | T type S { x: Int ${A} } type T { x: Int }`, ['T.x']],
  ['L27', `type Query { t: T ${A} o: T ${OPEN} } type T { x: Int }`, ['T.x']],
]
test.each(REFUSED)('%s %s', (_, source, coordinates) => {
  const faults = findSchemaViolations(buildUncheckedSchema(`${source} extend schema ${KNOWN}`))
  expect(faults.map((fault) => fault.coordinate).sort()).toEqual([...coordinates].sort())
  for (const fault of faults) expect(fault.location).toBe('test.graphql:1')
})

/** Schemas that look careless and are not. */
const ACCEPTED: readonly (readonly [id: string, schema: string])[] = [
  ['L51', `type Query { n: N ${OPEN} } interface N { s: Int ${A} } type T implements N ${A} { s: Int }`],
  [
    'L52',
    `type Query { n: N ${OPEN} } interface N { s: Money ${A} } type T implements N { s: Money } scalar Money ${A}`,
  ],
  [
    'L53',
    `type Query { n: N ${OPEN} } interface N { s: Int @requiresScope(scopes: [["a"], ["b"]]) } type T implements N { s: Int ${B} }`,
  ],
  ['L54', `type Query { t: T ${A} } type T { self: T x: Int }`],
  ['L55', `type Query { x(i: In): Int ${A} } input In { y: In z: Int ${B} }`],
  ['L56', `type Query ${OPEN} { x: Int y: Int ${A} }`],
  [
    'L57',
    `type Query { n: N ${OPEN} } interface N { s(x: Int ${A}): Int } type T implements N { s(x: Int): Int ${A} }`,
  ],
  ['L58', `type Query { x: E ${OPEN} y(e: E): E ${A} } enum E ${OPEN} { V }`],
]
test.each(ACCEPTED)('%s %s', (_, source) => {
  expect(findSchemaViolations(buildUncheckedSchema(`${source} extend schema ${KNOWN}`))).toEqual([])
})

test('a fault says where it stands, line by line, and what to do', () => {
  const source = `type Query {\n  open: Int\n  typo: Int @requiresScope(scopes: "c")\n}\nextend schema ${KNOWN}`
  expect(findSchemaViolations(buildUncheckedSchema(source))).toEqual([
    {
      coordinate: 'Query.typo',
      location: 'test.graphql:3',
      message: 'requires c, which is not declared with @scope. Declared scopes: a, b.',
    },
    {
      coordinate: 'Query.open',
      location: 'test.graphql:2',
      message: 'has no rule. Add @requiresScope(scopes: …) or @public(reason: …).',
    },
  ])
})

test('directives that are declared otherwise than they are read', () => {
  const schema = buildUncheckedSchema(
    `type Query { x: Int @requiresScope(scopes: ["a"]) } extend schema ${KNOWN}
     directive @requiresScope(scopes: [String!]!) on FIELD_DEFINITION`,
    `directive @public(reason: String!) on OBJECT | FIELD_DEFINITION
     directive @scope(name: Scope!, description: String!) repeatable on SCHEMA
     scalar Scope`,
  )
  expect(findSchemaViolations(schema).map((fault) => fault.coordinate)).toEqual(['@requiresScope'])
})

test('two rules at one place are both asked for, should anybody start without lint', () => {
  const twice = buildUncheckedSchema(
    `type Query ${A} { x: Int } extend type Query ${B} extend schema ${KNOWN}`,
  )
  expect([...readRules(twice)]).toEqual([['Query', [['a', 'b']]]])
})
