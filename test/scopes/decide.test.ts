import { expect, test } from '@jest/globals'
import { buildSchema, Kind, parse, validate } from 'graphql'
import { decide } from '../../src/scopes/decide.ts'
import { compilePlan } from '../../src/scopes/plan.ts'
import { readRules } from '../../src/scopes/rules.ts'
import { DECISIONS, DIRECTIVES, SCHEMA } from '../cases/decisions.ts'

const schema = buildSchema(DIRECTIVES + SCHEMA)
const rules = readRules(schema)

function deniedBy(source: string, held: readonly string[], variables: Record<string, unknown> = {}) {
  const document = parse(source)
  expect(validate(schema, document)).toEqual([])
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
  if (!operation) throw new Error('no operation')
  return decide(compilePlan(schema, rules, document, operation), new Set(held), variables)
}

// Every row gets its variables: a parameter that a row leaves out would be jest's `done`.
const rows = DECISIONS.map(([id, source, denied, variables = {}]) => [id, source, denied, variables] as const)

test.each(rows)('%s %s', (_, source, denied, variables) => {
  const decision = deniedBy(source, [], variables)
  expect(
    decision.allowed ? [] : decision.denials.map((one) => `${one.coordinate} ${one.path.join('.')}`),
  ).toEqual(denied)
  const all = deniedBy(source, ['a', 'b', 'c'], variables)
  expect(all.allowed).toBe(true)
})

test('an OR of ANDs: one alternative held whole is enough; the nearest is named', () => {
  expect(deniedBy('{ either }', ['c']).allowed).toBe(true)
  expect(deniedBy('{ either }', ['a', 'b']).allowed).toBe(true)
  expect(deniedBy('{ either }', ['a'])).toEqual({
    allowed: false,
    needed: ['c'],
    denials: [
      {
        coordinate: 'Query.either',
        path: ['either'],
        requiredScopes: ['c'],
        missingScopes: ['c'],
        rule: [['a', 'b'], ['c']],
      },
    ],
  })
})

test('needed names what the whole operation needs, and lets it pass', () => {
  const decision = deniedBy('{ x: a either t { g } }', [])
  if (decision.allowed) throw new Error('allowed')
  expect(decision.needed.toSorted()).toEqual(['a', 'c'])
  expect(deniedBy('{ x: a either t { g } }', decision.needed).allowed).toBe(true)
})

test('thirty fragments spread in each other twice compile without blowing up', () => {
  const fragments = Array.from({ length: 30 }, (_, i) =>
    i === 29
      ? 'fragment F29 on N { s }'
      : `fragment F${i} on N { ...F${i + 1} ...F${i + 1} n { ...F${i + 1} @include(if: $v${i}) } }`,
  )
  const variables = Array.from({ length: 29 }, (_, i) => `$v${i}: Boolean!`).join(' ')
  const decision = deniedBy(`query (${variables}) { n { ...F0 } } ${fragments.join(' ')}`, [])
  expect(decision.allowed).toBe(false)
})
