import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { buildSchema } from 'graphql'
import { coerceVariables } from '../../src/executor/graphql-version.ts'
import { authorizePlan } from '../../src/scopes/authorize-plan.ts'
import { compilePlan } from '../../src/scopes/plan.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'
import { parseOperation } from '../support/executor/parse-operation.ts'

const schema = buildSchema(`${SCOPE_DIRECTIVES}
  scalar Any
  type Query { f(in: In, many: [In], n: Int @requiresScope(scopes: "n")): Int }
  input In { p: Int q: Int @requiresScope(scopes: "q") toString: Any @requiresScope(scopes: "s") in: In many: [[In]] }`)
const { plan, coerce } = prepare('query ($in: In, $many: [In], $n: Int) { f(in: $in, many: $many, n: $n) }')

/** Plans an operation. Its variables are coerced to undefined if they are invalid. */
function prepare(source: string) {
  const { document, operation } = parseOperation(source)
  function coerce(variables: object) {
    const { variableDefinitions = [] } = operation
    const coercion = coerceVariables(schema, variableDefinitions, variables as Record<string, unknown>)
    return 'errors' in coercion ? undefined : coercion.variables
  }
  return { plan: compilePlan(schema, readRules(schema), document, operation), coerce }
}

/** Ways to hold the same properties. Getters give their value on the third read, after the authorization. */
const OBJECT_KINDS: readonly ((properties: object) => object)[] = [
  (properties) => properties,
  (properties) => Object.assign(Object.create(null), properties),
  (properties) => Object.create(properties),
  (properties) => Object.create(Object.create(properties)),
  (properties) =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        Object.entries(properties).map(([name, value]) => {
          let reads = 0
          return [name, { enumerable: true, get: () => (++reads > 2 ? value : undefined) }]
        }),
      ),
    ),
]
const LIST_KINDS: readonly ((items: readonly unknown[]) => unknown)[] = [
  (items) => items,
  (items) => new Set(items),
  (items) => items.values(),
  (items) => Object.assign([], { [Symbol.iterator]: () => items.values() }),
  (items) => ({ [Symbol.iterator]: () => items.values() }),
  ([item]) => item,
]
const { value: anyInput, variables: anyVariables } = fc.letrec<{
  value: object
  list: unknown
  variables: object
}>((tie) => {
  const number = fc.option(fc.constantFrom(1, undefined), { nil: null })
  const object = fc.record(
    { p: number, q: number, toString: number, in: tie('value'), many: tie('list') },
    { requiredKeys: [] },
  )
  return {
    value: fc
      .tuple(fc.constantFrom(...OBJECT_KINDS), object)
      .map(([create, properties]) => create(properties)),
    list: fc
      .tuple(fc.constantFrom(...LIST_KINDS), fc.array(fc.oneof(tie('value'), tie('list')), { maxLength: 2 }))
      .map(([create, items]) => create(items)),
    variables: fc
      .tuple(
        fc.constantFrom(...OBJECT_KINDS),
        fc.record({ in: tie('value'), many: tie('list'), n: number }, { requiredKeys: [] }),
      )
      .map(([create, properties]) => create(properties)),
  }
})

/** Lists the guarded coordinates in coerced values. The schema has no defaults, so that they are what was provided. */
function listProvided(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(listProvided)
  if (typeof value !== 'object' || value === null) return []
  const own = ['q', 'toString'].filter((name) => Object.hasOwn(value, name)).map((name) => `In.${name}`)
  return [...own, ...Object.values(value).flatMap(listProvided)]
}

test('guarded inputs in variables of any kind are denied if graphql-js reads them', () => {
  let providedCount = 0
  fc.assert(
    fc.property(anyVariables, (variables) => {
      const decision = authorizePlan(plan, new Set(), variables as Record<string, unknown>)
      const denied = decision.allowed ? [] : decision.denials.map(({ coordinate }) => coordinate)
      const coerced = coerce(variables)
      if (!coerced) return
      const provided = [
        ...listProvided([coerced.in, coerced.many]),
        ...(Object.hasOwn(coerced, 'n') ? ['Query.f(n:)'] : []),
      ]
      providedCount += provided.length
      expect(denied).toEqual(expect.arrayContaining(provided))
    }),
    { numRuns: 800 },
  )
  expect(providedCount).toBeGreaterThan(100)
})

test('guarded inputs in plain variables are denied only if graphql-js reads them', () => {
  let comparedCount = 0
  fc.assert(
    fc.property(anyInput, (value) => {
      const variables = JSON.parse(JSON.stringify({ in: value }))
      const coerced = coerce(variables)
      if (!coerced) return
      const decision = authorizePlan(plan, new Set(), variables)
      const denied = decision.allowed ? [] : decision.denials.map(({ coordinate }) => coordinate)
      comparedCount += 1
      expect(new Set(denied)).toEqual(new Set(listProvided(coerced.in)))
    }),
    { numRuns: 300 },
  )
  expect(comparedCount).toBeGreaterThan(100)
})

test('guarded fields of a default are denied if graphql-js reads it for a variable that is sent as undefined', () => {
  const withDefault = prepare('query ($in: In = { q: 1 }) { f(in: $in) }')
  for (const variables of [{}, { in: undefined }, { in: null }, { in: {} }]) {
    const decision = authorizePlan(withDefault.plan, new Set(), variables)
    const denied = decision.allowed ? [] : decision.denials.map(({ coordinate }) => coordinate)
    expect(denied).toEqual(listProvided(withDefault.coerce(variables)?.in))
  }
})
