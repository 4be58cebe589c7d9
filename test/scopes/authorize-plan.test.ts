import { expect, test } from '@jest/globals'
import { buildSchema, getOperationAST, parse, validate, visit } from 'graphql'
import { authorizePlan, computeRequiredScopes } from '../../src/scopes/authorize-plan.ts'
import { compilePlan } from '../../src/scopes/plan.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { DECISION_SCHEMA, SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'
import { DECISIONS } from '../cases/scopes/decisions/decisions.ts'
import { compileDocument, decideDocument, formatDenials } from '../support/scopes/decide-document.ts'

const schema = buildSchema(SCOPE_DIRECTIVES + DECISION_SCHEMA)
const rules = readRules(schema)

test('the table has at least 150 rows with unique ids', () => {
  expect(DECISIONS.length).toBeGreaterThanOrEqual(150)
  expect(new Set(DECISIONS.map(({ id }) => id)).size).toBe(DECISIONS.length)
})

test.each(DECISIONS)('$id $document: denies $denied', ({ document, denied, variables }) => {
  expect(validate(schema, parse(document))).toEqual([])
  expect(formatDenials(decideDocument(schema, rules, document, [], variables))).toEqual(denied)
  expect(decideDocument(schema, rules, document, ['a', 'b', 'c'], variables).allowed).toBe(true)
})

/** Denied operations, the scopes of the challenge, and the alternative that each denial names. */
const CHALLENGES: readonly {
  readonly id: string
  readonly document: string
  readonly granted: readonly string[]
  readonly required: readonly string[]
  readonly alternatives: readonly (readonly string[])[]
}[] = [
  { id: 'scopes/N01', document: '{ either }', granted: [], required: ['c'], alternatives: [['c']] },
  { id: 'scopes/N02', document: '{ either }', granted: ['a'], required: ['c'], alternatives: [['c']] },
  {
    id: 'scopes/N03',
    document: '{ either pair }',
    granted: [],
    required: ['a', 'b'],
    alternatives: [
      ['a', 'b'],
      ['a', 'b'],
    ],
  },
  {
    id: 'scopes/N04',
    document: '{ either a }',
    granted: ['b'],
    required: ['a', 'b'],
    alternatives: [['a', 'b'], ['a']],
  },
  {
    id: 'scopes/N05',
    document: '{ either t { g } }',
    granted: ['a'],
    required: ['c'],
    alternatives: [['c'], ['c']],
  },
  {
    id: 'scopes/N06',
    document: '{ x: a either t { g } }',
    granted: [],
    required: ['a', 'c'],
    alternatives: [['a'], ['c'], ['c']],
  },
  {
    id: 'scopes/N08',
    document: '{ either pair t { g } }',
    granted: [],
    required: ['a', 'b', 'c'],
    alternatives: [['c'], ['a', 'b'], ['c']],
  },
  {
    id: 'scopes/N07',
    document: '{ a t { s } }',
    granted: ['a'],
    required: ['a', 'b'],
    alternatives: [['b']],
  },
]
test.each(CHALLENGES)(
  '$id $document requires $required if $granted is granted',
  ({ document, granted, required, alternatives }) => {
    const decision = decideDocument(schema, rules, document, granted)
    if (decision.allowed) throw new Error('allowed')
    expect(decision.needed).toEqual(required)
    expect(decision.denials.map(({ requiredScopes }) => requiredScopes)).toEqual(alternatives)
    for (const { requiredScopes, missingScopes } of decision.denials)
      expect(missingScopes).toEqual(requiredScopes.filter((scope) => !granted.includes(scope)))
    expect(decideDocument(schema, rules, document, required).allowed).toBe(true)
  },
)

test('the scopes that a client needs include those of conditional selections, and are the fewest', () => {
  const document = 'query ($v: Boolean!) { either ... @include(if: $v) { t { ...F } } } fragment F on T { s }'
  expect(computeRequiredScopes(compileDocument(schema, rules, document))).toEqual(['a', 'b'])
})

test('a plan grows with the number of distinct rules, not of fields', () => {
  const fields = Array.from({ length: 1000 }, (_, i) => `f${i}: a g${i}: a @include(if: $v)`).join(' ')
  const plan = compileDocument(schema, rules, `query ($v: Boolean!) { ${fields} x: pair @include(if: $v) }`)
  expect([plan.distinctRules.length, plan.requirements.length]).toEqual([2, 2])
  const variant = plan.getVariant({ v: false })
  expect(variant.requirements.map(({ coordinate }) => coordinate)).toEqual(['Query.a'])
})

test('compiling does not grow exponentially with nested fragments', () => {
  const fragments = Array.from({ length: 30 }, (_, i) =>
    i === 29
      ? 'fragment F29 on N { s }'
      : `fragment F${i} on N { ...F${i + 1} ...F${i + 1} n { ...F${i + 1} @include(if: $v${i}) } }`,
  )
  const variables = Array.from({ length: 29 }, (_, i) => `$v${i}: Boolean!`).join(' ')
  const document = `query (${variables}) { n { ...F0 } } ${fragments.join(' ')}`
  expect(decideDocument(schema, rules, document, []).allowed).toBe(false)
})

test('scopes/P14 a plan depends on variables if a condition or a guarded input does', () => {
  const dependsOnVariables = (document: string) => compileDocument(schema, rules, document).dependsOnVariables
  expect(dependsOnVariables('query ($v: Boolean!) { a @include(if: $v) }')).toBe(true)
  expect(dependsOnVariables('query ($i: Int) { arg(guarded: $i) }')).toBe(true)
  expect(dependsOnVariables('query ($o: Outer) { shape(in: $o) }')).toBe(true)
  expect(dependsOnVariables('query ($i: Int) { a @include(if: true) arg(plain: $i, guarded: 1) }')).toBe(
    false,
  )
})

test('scopes/P15 a selection set that is used twice requires the rules of both places', () => {
  const sharedSchema = buildSchema(`${SCOPE_DIRECTIVES} type Query { n: N t: T }
    interface N { f(x: Int @requiresScope(scopes: "a")): Int } type T implements N { f(x: Int): Int }`)
  const document = parse('{ t { f(x: 1) } n { f(x: 1) } }')
  const operation = getOperationAST(document)
  const [first] = operation?.selectionSet.selections ?? []
  if (!operation || first?.kind !== 'Field') throw new Error('The document has no operation.')
  const shared = visit(operation, {
    Field: (node) => (node.name.value === 'n' ? { ...node, selectionSet: first.selectionSet } : undefined),
  })
  const plan = compilePlan(sharedSchema, readRules(sharedSchema), document, shared)
  expect(formatDenials(authorizePlan(plan, new Set(), {}))).toEqual(['N.f(x:) n.f'])
})
