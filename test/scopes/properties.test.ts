import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { buildSchema, Kind, parse } from 'graphql'
import { decide, scopesToAskFor } from '../../src/scopes/decide.ts'
import { compilePlan } from '../../src/scopes/plan.ts'
import { readRules } from '../../src/scopes/rules.ts'
import { DECISIONS, DIRECTIVES, SCHEMA } from '../cases/decisions.ts'

const schema = buildSchema(DIRECTIVES + SCHEMA)
const rules = readRules(schema)
const plans = DECISIONS.map(([, source, , variables = {}]) => {
  const document = parse(source)
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
  if (!operation) throw new Error('no operation')
  return { plan: compilePlan(schema, rules, document, operation), variables }
})

const anyPlan = fc.constantFrom(...plans)
const anyScopes = fc.subarray(['a', 'b', 'c', 'other'])

test('one scope more never closes what was open', () => {
  fc.assert(
    fc.property(anyPlan, anyScopes, anyScopes, ({ plan, variables }, held, more) => {
      if (decide(plan, new Set(held), variables).allowed)
        expect(decide(plan, new Set([...held, ...more]), variables).allowed).toBe(true)
    }),
  )
})

test('what a challenge names is enough, whatever was held', () => {
  fc.assert(
    fc.property(anyPlan, anyScopes, ({ plan, variables }, held) => {
      const decision = decide(plan, new Set(held), variables)
      if (!decision.allowed) expect(decide(plan, new Set(decision.needed), variables).allowed).toBe(true)
    }),
  )
})

test('what a typed client asks its token for is enough, whatever is skipped or included', () => {
  const withoutInputs = fc.constantFrom(...plans.filter(({ plan }) => plan.inputs.length === 0))
  fc.assert(
    fc.property(
      withoutInputs,
      fc.dictionary(fc.constant('v'), fc.jsonValue()),
      ({ plan, variables }, others) => {
        const scopes = new Set(scopesToAskFor(plan))
        expect(decide(plan, scopes, variables).allowed).toBe(true)
        expect(decide(plan, scopes, others).allowed).toBe(true)
      },
    ),
  )
})
