import { expect, test } from '@jest/globals'
import { buildSchema, parse, validate } from 'graphql'
import { authorizePlan, type Rule, readRules } from '../../src/scopes/index.ts'
import { compileDocument } from '../support/scopes/decide-document.ts'
import { findRequirementsByExecution } from '../support/scopes/execution-oracle.ts'
import { randomOperation } from '../support/scopes/random-operation.ts'
import { RANDOM_SCOPES, randomSchema } from '../support/scopes/random-schema.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

const CASES = Number(process.env.CASES ?? 10_000)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const PER_SCHEMA = 20

const subsets = Array.from({ length: 2 ** RANDOM_SCOPES.length }, (_, bits) =>
  RANDOM_SCOPES.filter((__, i) => bits & (1 << i)),
)
const passes = (rule: Rule, held: readonly string[]) =>
  rule.some((all) => all.every((scope) => held.includes(scope)))

/** By trying every set of scopes: the fewest not held, then the fewest, then the first by name. */
function smallestByTrying(rules: readonly Rule[], held: readonly string[]): string[] {
  const rank = (set: readonly string[]) =>
    [set.filter((scope) => !held.includes(scope)).length, set.length, set.join(' ')] as const
  const [best] = subsets
    .filter((set) => rules.every((rule) => passes(rule, set)))
    .sort((one, other) => {
      const [a, b] = [rank(one), rank(other)]
      return a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1)
    })
  return best ?? []
}

test(`${CASES} random operations of random schemas: the engine and the slow evaluator agree (SEED=${SEED})`, () => {
  let refused = 0
  for (let i = 0; i < CASES / PER_SCHEMA; i++) {
    const r = createSeededRandom(SEED + i)
    const { sdl, expandedSdl } = randomSchema(r)
    const [schema, expandedSchema] = [buildSchema(sdl), buildSchema(expandedSdl)]
    const rules = readRules(schema)
    for (let k = 0; k < PER_SCHEMA; k++) {
      const { source, variables } = randomOperation(r, schema)
      const held = r.pick(subsets)
      const agree = (what: string, given: unknown, right: unknown) => {
        if (JSON.stringify(given) === JSON.stringify(right)) return
        expect({ what, held, given, real: sdl, source, variables }).toEqual({ what, given: right })
      }
      agree('validity', validate(schema, parse(source)), [])
      const met = [...findRequirementsByExecution(expandedSchema, parse(source), variables)].flatMap(
        ([coordinate, paths]) => {
          const rule = rules.get(coordinate)
          return rule ? [{ coordinate, paths, rule }] : []
        },
      )
      const denied = met.filter(({ rule }) => !passes(rule, held))
      const decision = authorizePlan(compileDocument(schema, rules, source), new Set(held), variables)
      const given = decision.allowed ? [] : decision.denials
      const names = (all: readonly { coordinate: string }[]) => all.map((one) => one.coordinate).sort()
      agree('allowed', decision.allowed, denied.length === 0)
      agree('denied', names(given), names(denied))
      if (decision.allowed) continue
      refused += 1
      for (const { coordinate, path } of given) {
        const paths = denied.find((one) => one.coordinate === coordinate)?.paths
        agree(`a path of ${coordinate}: ${path.join('.')}`, paths?.has(path.join('.')), true)
      }
      agree(
        'needed',
        decision.requiredScopes,
        smallestByTrying(
          met.map((one) => one.rule),
          held,
        ),
      )
    }
  }
  expect(refused).toBeGreaterThan(CASES / 10)
  expect(refused).toBeLessThan(CASES)
}, 120_000)
