import { expect, test } from '@jest/globals'
import { buildSchema, getOperationAST, parse } from 'graphql'
import { authorizePlan, computeRequiredScopes } from '../../src/scopes/authorize-plan.ts'
import { compilePlan } from '../../src/scopes/plan.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'
import { LARGE_DOCUMENTS } from '../cases/scopes/large-documents.ts'
import { countSelections, countSteps } from '../support/scopes/count-steps.ts'

/** The most steps for a pair of a selection and an object type. */
const MAX_STEPS_PER_PAIR = 12

const FIELDS = 'x: Int y: Int @requiresScope(scopes: "y") n: N'
const buildImplementers = (count: number) =>
  buildSchema(
    `${SCOPE_DIRECTIVES} type Query { n: N } interface N { x: Int y: Int n: N } ${Array.from(
      { length: count },
      (_, i) => `type T${i} implements N @requiresScope(scopes: "s${i}") { ${FIELDS} }`,
    ).join(' ')}`,
  )

test.each(LARGE_DOCUMENTS)('$id plans $title in linear cost', (row) => {
  const schema = buildImplementers(row.implementers)
  const rules = readRules(schema)
  const document = parse(row.document)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('The document has no operation.')
  const pairs = countSelections(document) * row.implementers
  const names = operation.variableDefinitions?.map(({ variable }) => variable.name.value) ?? []
  const count = countSteps(schema, document)
  const plan = compilePlan(schema, rules, document, operation)
  expect(count.steps / pairs).toBeLessThan(MAX_STEPS_PER_PAIR)
  expect(computeRequiredScopes(plan).length).toBeGreaterThanOrEqual(row.implementers)
  for (const value of [true, false, true]) {
    count.steps = 0
    const variables = Object.fromEntries(names.map((name) => [name, value && name !== 'w']))
    const decision = authorizePlan(plan, new Set(), variables)
    expect(count.steps / pairs).toBeLessThan(MAX_STEPS_PER_PAIR)
    if (value) expect(decision).toMatchObject({ denials: { length: row.denialCount } })
  }
})

test('scopes/P09 a repeated decision visits no selection', () => {
  const schema = buildImplementers(3)
  const document = parse('query ($v: Boolean!, $w: Boolean!) { n { x @skip(if: $v) y @include(if: $w) } }')
  const operation = getOperationAST(document)
  if (!operation) throw new Error('The document has no operation.')
  const plan = compilePlan(schema, readRules(schema), document, operation)
  const count = countSteps(schema, document)
  const decide = (v: unknown, w: unknown) => {
    count.steps = 0
    const decision = authorizePlan(plan, new Set(['s0', 's1', 's2']), { v, w })
    return { isAllowed: decision.allowed, isCompiled: count.steps > 0 }
  }
  expect(decide(true, false)).toEqual({ isAllowed: true, isCompiled: true })
  expect(decide(true, false)).toEqual({ isAllowed: true, isCompiled: false })
  expect(decide(false, true)).toEqual({ isAllowed: false, isCompiled: true })
  // Values that exclude nothing are one and the same.
  expect(decide('text', null)).toEqual({ isAllowed: false, isCompiled: true })
  expect(decide(null, {})).toEqual({ isAllowed: false, isCompiled: false })
  expect(decide(true, false)).toEqual({ isAllowed: true, isCompiled: false })
})

test('scopes/P13 keeps the variants of few combinations of conditions', () => {
  const schema = buildImplementers(1)
  const document = parse(
    'query ($a: Boolean!, $b: Boolean!, $c: Boolean!) { n { x @skip(if: $a) y @skip(if: $b) n @skip(if: $c) { x } } }',
  )
  const operation = getOperationAST(document)
  if (!operation) throw new Error('The document has no operation.')
  const plan = compilePlan(schema, readRules(schema), document, operation)
  const count = countSteps(schema, document)
  const isCompiled = (bits: number) => {
    count.steps = 0
    plan.getVariant({ a: (bits & 1) > 0, b: (bits & 2) > 0, c: (bits & 4) > 0 })
    return count.steps > 0
  }
  const combinations = [0, 1, 2, 3, 4, 5, 6, 7]
  expect(combinations.filter(isCompiled)).toEqual(combinations)
  expect(combinations.slice(4).filter(isCompiled)).toEqual([])
  expect(isCompiled(0)).toBe(true)
})
