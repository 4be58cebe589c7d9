import { describe, expect, test } from '@jest/globals'
import { parse, validate } from 'graphql'
import { lintedRules } from '../../src/scopes/lint.ts'
import { BYPASSES } from '../cases/bypasses.ts'
import { faultsOf, unchecked } from './linted.ts'
import { decided, denials } from './plans.ts'

const KNOWN = 'extend schema @scope(name: "read", description: "R") @scope(name: "admin", description: "A")'

describe.each(BYPASSES)('$id $what', ({ schema: source, refused = [], asks = [] }) => {
  const schema = unchecked(`${KNOWN} ${source}`)
  test('is accepted or refused at start', () => {
    expect(faultsOf(schema).map((fault) => fault.coordinate)).toEqual(refused)
  })
  test.each(asks.map(([document, denied, variables = {}]) => [document, denied, variables] as const))(
    '%s',
    (document, denied, variables) => {
      expect(validate(schema, parse(document))).toEqual([])
      const rules = lintedRules(schema)
      expect(denials(decided(schema, rules, document, [], variables)).join(', ')).toBe(denied)
      expect(decided(schema, rules, document, ['read', 'admin'], variables).allowed).toBe(true)
    },
  )
})

test('B12 directives that nobody declared are not passed over', () => {
  const schema = unchecked('type Query { x: Int @requiresScope(scopes: "read") }', '')
  expect(faultsOf(schema).map((fault) => fault.coordinate)).toEqual([
    '@requiresScope',
    '@public',
    '@scope',
    'Query.x',
    'Query.x',
  ])
})
