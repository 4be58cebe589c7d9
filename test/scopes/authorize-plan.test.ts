import { expect, test } from '@jest/globals'
import { buildSchema, parse, validate } from 'graphql'
import { computeRequiredScopes, readRules } from '../../src/scopes/index.ts'
import { DECISION_SCHEMA, SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'
import { DECISIONS } from '../cases/scopes/decisions/decisions.ts'
import { compileDocument, decideDocument, formatDenials } from '../support/scopes/decide-document.ts'

const schema = buildSchema(SCOPE_DIRECTIVES + DECISION_SCHEMA)
const rules = readRules(schema)

test('the table has at least 150 rows, and no number twice', () => {
  expect(DECISIONS.length).toBeGreaterThanOrEqual(150)
  expect(new Set(DECISIONS.map(([id]) => id)).size).toBe(DECISIONS.length)
})

test.each(DECISIONS)('%s %s', (_, source, denied, variables) => {
  expect(validate(schema, parse(source))).toEqual([])
  expect(formatDenials(decideDocument(schema, rules, source, [], variables))).toEqual(denied)
  expect(decideDocument(schema, rules, source, ['a', 'b', 'c'], variables).allowed).toBe(true)
})

/** id, document, held: what the challenge names, and which alternative each error names. */
const CHALLENGES: readonly (readonly [string, string, string[], string[], string[][]])[] = [
  ['N01', '{ either }', [], ['c'], [['c']]],
  ['N02', '{ either }', ['a'], ['c'], [['c']]],
  [
    'N03',
    '{ either pair }',
    [],
    ['a', 'b'],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  ],
  ['N04', '{ either a }', ['b'], ['a', 'b'], [['a', 'b'], ['a']]],
  ['N05', '{ either t { g } }', ['a'], ['c'], [['c'], ['c']]],
  ['N06', '{ x: a either t { g } }', [], ['a', 'c'], [['a'], ['c'], ['c']]],
  ['N08', '{ either pair t { g } }', [], ['a', 'b', 'c'], [['c'], ['a', 'b'], ['c']]],
  ['N07', '{ a t { s } }', ['a'], ['a', 'b'], [['b']]],
]
test.each(CHALLENGES)('%s %s with %j needs %j', (_, source, held, needed, required) => {
  const decision = decideDocument(schema, rules, source, held)
  if (decision.allowed) throw new Error('allowed')
  expect(decision.requiredScopes).toEqual(needed)
  expect(decision.denials.map((one) => one.requiredScopes)).toEqual(required)
  for (const { requiredScopes, missingScopes } of decision.denials)
    expect(missingScopes).toEqual(requiredScopes.filter((scope) => !held.includes(scope)))
  expect(decideDocument(schema, rules, source, needed).allowed).toBe(true)
})

test('a typed client asks for what @include may bring, and for the smallest set', () => {
  const source = 'query ($v: Boolean!) { either ... @include(if: $v) { t { ...F } } } fragment F on T { s }'
  expect(computeRequiredScopes(compileDocument(schema, rules, source))).toEqual(['a', 'b'])
})

test('what is decided on grows with distinct rules, not with fields', () => {
  const fields = Array.from({ length: 1000 }, (_, i) => `f${i}: a g${i}: a @include(if: $v)`).join(' ')
  const plan = compileDocument(schema, rules, `query ($v: Boolean!) { ${fields} x: pair @include(if: $v) }`)
  expect([plan.distinctRules.length, plan.conditionalSections.length]).toEqual([1, 1])
  expect(plan.conditionalSections[0]?.section.requirements.map((ask) => ask.coordinate)).toEqual([
    'Query.pair',
  ])
})

test('thirty fragments spread in each other twice compile without blowing up', () => {
  const fragments = Array.from({ length: 30 }, (_, i) =>
    i === 29
      ? 'fragment F29 on N { s }'
      : `fragment F${i} on N { ...F${i + 1} ...F${i + 1} n { ...F${i + 1} @include(if: $v${i}) } }`,
  )
  const variables = Array.from({ length: 29 }, (_, i) => `$v${i}: Boolean!`).join(' ')
  const source = `query (${variables}) { n { ...F0 } } ${fragments.join(' ')}`
  expect(decideDocument(schema, rules, source, []).allowed).toBe(false)
})

test('asking for the schema’s description is noticed, wherever it stands', () => {
  const asks = (source: string) => compileDocument(schema, rules, source).usesIntrospection
  expect(asks('{ __type(name: "T") { name } }')).toBe(true)
  expect(asks('{ ...F } fragment F on Query { x: __schema { types { name } } }')).toBe(true)
  expect(asks('{ t { __typename } }')).toBe(false)
})
