import { expect, test } from '@jest/globals'
import { buildSchema } from 'graphql'
import { describeRule, diffScopes, readRules } from '../../src/scopes/index.ts'
import { SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'

const ruled = (source: string) => {
  const schema = buildSchema(SCOPE_DIRECTIVES + source)
  return { schema, rules: readRules(schema) }
}
const A = '@requiresScope(scopes: "a")'
const B = '@requiresScope(scopes: "b")'
const AB = '@requiresScope(scopes: [["a", "b"]])'
const EITHER = '@requiresScope(scopes: [["a"], ["b"]])'

/** Before, after, and what is told. */
const CHANGES: readonly (readonly [id: string, before: string, after: string, told: readonly string[]])[] = [
  ['D01', `type Query { x: Int ${A} }`, `type Query { x: Int ${A} }`, []],
  ['D02', `type Query { x: Int ${A} }`, 'type Query { x: Int }', ['weaker Query.x: a > no scope']],
  ['D03', 'type Query { x: Int }', `type Query { x: Int ${A} }`, ['stronger Query.x: no scope > a']],
  ['D04', `type Query { x: Int ${A} }`, `type Query { x: Int ${B} }`, ['weaker Query.x: a > b']],
  ['D05', `type Query { x: Int ${A} }`, `type Query { x: Int ${AB} }`, ['stronger Query.x: a > a and b']],
  ['D06', `type Query { x: Int ${A} }`, `type Query { x: Int ${EITHER} }`, ['weaker Query.x: a > a, or b']],
  ['D07', `type Query { x: Int ${A} }`, `type Query ${A} { x: Int }`, []],
  ['D08', `type Query { x: M ${A} } scalar M`, `type Query { x: M } scalar M ${A}`, []],
  ['D09', `type Query { t: T ${A} } type T { x: Int }`, `type Query { t: T } type T ${A} { x: Int }`, []],
  [
    'D10',
    `type Query { t: T ${A} } type T { x: Int }`,
    `type Query { t: T ${A} u: T } type T { x: Int }`,
    ['new Query.u: (never allowed) > no scope', 'weaker T: a > no scope'],
  ],
  [
    'D11',
    `type Query { t: T ${A} } type T { x: Int ${B} }`,
    `type Query { t: T ${A} } type T { x: Int }`,
    ['weaker T.x: a and b > a'],
  ],
  [
    'D12',
    `type Query { t: T ${A} } type T { x: Int ${A} }`,
    `type Query { t: T ${A} } type T { x: Int }`,
    [],
  ],
  [
    'D13',
    `type Query { n: N ${A} } interface N { x: Int } type T implements N { x: Int }`,
    'type Query { n: N } interface N { x: Int } type T implements N { x: Int }',
    ['weaker Query.n: a > no scope', 'weaker T: a > no scope'],
  ],
  [
    'D14',
    `type Query { x(i: Int ${A}): Int }`,
    'type Query { x(i: Int): Int }',
    ['weaker Query.x(i:): a > no scope'],
  ],
  [
    'D15',
    'type Query { x(i: In): Int } input In { y: Int }',
    `type Query { x(i: In): Int } input In { y: Int ${A} }`,
    ['stronger In.y: no scope > a'],
  ],
  ['D16', 'type Query { x: Int }', `type Query { x: Int y: Int ${A} }`, ['new Query.y: (never allowed) > a']],
  ['D17', `type Query { x: Int y: Int ${A} }`, 'type Query { x: Int }', []],
  [
    'D18',
    'type Query { x: Int } type T { y: Int }',
    'type Query { x: Int t: T } type T { y: Int }',
    ['new Query.t: (never allowed) > no scope', 'weaker T: (never allowed) > no scope'],
  ],
  [
    'D19',
    `type Query { a: T ${A} b: T ${B} } type T { t: T x: Int }`,
    `type Query { a: T ${A} b: T ${AB} } type T { t: T x: Int }`,
    ['stronger Query.b: b > a and b', 'stronger T: a, or b > a'],
  ],
  [
    'D20',
    `type Query { n: N } interface N { x: Int } type T implements N ${A} { x: Int }`,
    'type Query { n: N } interface N { x: Int } type T implements N { x: Int }',
    ['weaker T: a > no scope', 'weaker T.x: a > no scope'],
  ],
]
test.each(CHANGES)('%s %s > %s', (_, before, after, told) => {
  const lines = diffScopes(ruled(before), ruled(after)).map(
    (one) => `${one.kind} ${one.coordinate}: ${describeRule(one.before)} > ${describeRule(one.after)}`,
  )
  expect(lines).toEqual(told)
})
