import { expect, test } from '@jest/globals'
import { buildSchema, parse, validate } from 'graphql'
import { authorizePlan } from '../../src/scopes/authorize-plan.ts'
import type { Rule } from '../../src/scopes/index.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { compileDocument } from '../support/scopes/decide-document.ts'
import { findRequirementsByExecution } from '../support/scopes/execution-oracle.ts'
import { randomOperation } from '../support/scopes/random-operation.ts'
import { RANDOM_SCOPES, randomSchema } from '../support/scopes/random-schema.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

const CASES = Number(process.env.CASES ?? 10_000)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const OPERATIONS_PER_SCHEMA = 20

const SUBSETS = Array.from({ length: 2 ** RANDOM_SCOPES.length }, (_, bits) =>
  RANDOM_SCOPES.filter((__, i) => bits & (1 << i)),
)
const satisfies = (scopes: readonly string[], rule: Rule) =>
  rule.some((alternative) => alternative.every((scope) => scopes.includes(scope)))

/** Finds the best set by trying all: the fewest missing scopes, then the fewest scopes, then the first by name. */
function findMinimalScopesByTrying(rules: readonly Rule[], granted: readonly string[]): string[] {
  const rank = (scopes: readonly string[]) => ({
    missing: scopes.filter((scope) => !granted.includes(scope)).length,
    length: scopes.length,
    names: scopes.join(' '),
  })
  const [best] = SUBSETS.filter((scopes) => rules.every((rule) => satisfies(scopes, rule))).sort(
    (one, other) => {
      const [a, b] = [rank(one), rank(other)]
      return a.missing - b.missing || a.length - b.length || (a.names < b.names ? -1 : 1)
    },
  )
  return best ?? []
}

test(`decides on ${CASES} random operations like an evaluator that executes them (SEED=${SEED})`, () => {
  let deniedCount = 0
  for (let i = 0; i < CASES / OPERATIONS_PER_SCHEMA; i++) {
    const random = createSeededRandom(SEED + i)
    const { sdl, expandedSdl } = randomSchema(random)
    const [schema, expandedSchema] = [buildSchema(sdl), buildSchema(expandedSdl)]
    const rules = readRules(schema)
    for (let k = 0; k < OPERATIONS_PER_SCHEMA; k++) {
      const { source, variables } = randomOperation(random, schema)
      const granted = random.pick(SUBSETS)
      const expectSame = (subject: string, actual: unknown, expected: unknown) => {
        if (JSON.stringify(actual) === JSON.stringify(expected)) return
        expect({ subject, actual, granted, sdl, source, variables }).toEqual({ subject, actual: expected })
      }
      expectSame('validation errors', validate(schema, parse(source)), [])
      const requirements = [...findRequirementsByExecution(expandedSchema, parse(source), variables)].flatMap(
        ([coordinate, paths]) => {
          const rule = rules.get(coordinate)
          return rule ? [{ coordinate, paths, rule }] : []
        },
      )
      const denied = requirements.filter(({ rule }) => !satisfies(granted, rule))
      const decision = authorizePlan(compileDocument(schema, rules, source), new Set(granted), variables)
      const denials = decision.allowed ? [] : decision.denials
      const sortedCoordinates = (items: readonly { coordinate: string }[]) =>
        items.map(({ coordinate }) => coordinate).sort()
      expectSame('allowed', decision.allowed, denied.length === 0)
      expectSame('denied coordinates', sortedCoordinates(denials), sortedCoordinates(denied))
      if (decision.allowed) continue
      deniedCount += 1
      for (const { coordinate, path } of denials) {
        const paths = denied.find((requirement) => requirement.coordinate === coordinate)?.paths
        expectSame(`path of ${coordinate}: ${path.join('.')}`, paths?.has(path.join('.')), true)
      }
      const expectedScopes = findMinimalScopesByTrying(
        requirements.map(({ rule }) => rule),
        granted,
      )
      expectSame('required scopes', decision.needed, expectedScopes)
    }
  }
  expect(deniedCount).toBeGreaterThan(CASES / 10)
  expect(deniedCount).toBeLessThan(CASES)
}, 120_000)
