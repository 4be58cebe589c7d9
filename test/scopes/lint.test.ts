import { expect, test } from '@jest/globals'
import { buildSchema } from 'graphql'
import { lintedRules, SchemaFaults } from '../../src/scopes/lint.ts'
import { DIRECTIVES } from '../cases/decisions.ts'

const KNOWN = 'extend schema @scope(name: "a", description: "A") @scope(name: "b", description: "B")'

/** Schemas that a server must not start on, and the coordinates that are named. */
const REFUSED: readonly (readonly [string, string, readonly string[]])[] = [
  ['L01', 'type Query { x: Int }', ['Query.x']],
  ['L02', 'type Query { t: T @public(reason: "r") } type T { y: Int z: Int }', ['T.y', 'T.z']],
  [
    'L03',
    'type Query { n: N @public(reason: "r") } interface N { y: Int } type T implements N { y: Int }',
    ['T.y'],
  ],
  ['L04', 'type Query { x: Int @requiresScope(scopes: "typo") }', ['Query.x']],
  ['L05', 'type Query { x: Int @requiresScope(scopes: "a b") }', ['Query.x']],
  ['L06', 'type Query { x: Int @requiresScope(scopes: "a") } type Mutation { w: Int }', ['Mutation.w']],
  [
    'B02',
    'type Query { n: N @requiresScope(scopes: "a") } interface N { s: Int @requiresScope(scopes: "b") } type T implements N { s: Int }',
    ['T.s'],
  ],
  ['B10', 'type Query { x: Int @requiresScope(scopes: ["a", "b"]) }', ['Query.x']],
  ['B11a', 'type Query { x: Int @requiresScope(scopes: []) }', ['Query.x']],
  ['B11b', 'type Query { x: Int @requiresScope(scopes: [[]]) }', ['Query.x']],
  ['B11c', 'type Query { x: Int @requiresScope(scopes: [["a"], []]) }', ['Query.x']],
  ['B11d', 'type Query { x: Int @requiresScope(scopes: [[""]]) }', ['Query.x']],
  ['L07', 'type Query { x: Int @requiresScope(scopes: [["a"], ["a", "b"]]) }', ['Query.x']],
  ['L08', 'type Query { x: Int @requiresScope(scopes: "a") @public(reason: "r") }', ['Query.x']],
  [
    'L09',
    'type Query { x: Int @requiresScope(scopes: "typo") y: Int @requiresScope(scopes: []) }',
    ['Query.x', 'Query.y'],
  ],
]

test.each(REFUSED)('%s %s', (_, source, coordinates) => {
  const schema = buildSchema(`${DIRECTIVES} ${KNOWN} ${source}`)
  let fault: unknown
  try {
    lintedRules(schema)
  } catch (error) {
    fault = error
  }
  expect(fault).toBeInstanceOf(SchemaFaults)
  expect((fault as SchemaFaults).faults.map((one) => one.coordinate)).toEqual(coordinates)
})

test('B18 a rule written with `extend type` counts', () => {
  const schema = buildSchema(
    `${DIRECTIVES} ${KNOWN} type Query { x: Int } extend type Query @requiresScope(scopes: "a")`,
  )
  expect([...lintedRules(schema)]).toEqual([['Query', [['a']]]])
})
