import { expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { findMinimalScopes } from '../../src/scopes/minimal-scopes.ts'
import { isSatisfied } from '../../src/scopes/rule.ts'

const SCOPES = ['a', 'b', 'c', 'd', 'e', 'f']
const SUBSETS = Array.from({ length: 64 }, (_, bits) => SCOPES.filter((__, i) => bits & (1 << i)))

const alternative = fc.uniqueArray(fc.constantFrom(...SCOPES), { minLength: 1, maxLength: 3 })
const randomRules = fc.array(fc.array(alternative, { minLength: 1, maxLength: 4 }), { maxLength: 6 })

test('finds the set with the fewest missing scopes, then the fewest scopes, in any order of the rules', () => {
  fc.assert(
    fc.property(randomRules, fc.subarray(SCOPES), (rules, granted) => {
      const rank = (scopes: readonly string[]) =>
        scopes.filter((scope) => !granted.includes(scope)).length * 10 + scopes.length
      const satisfiesAll = (scopes: readonly string[]) =>
        rules.every((rule) => isSatisfied(rule, new Set(scopes)))
      const found = findMinimalScopes(rules, new Set(granted))
      expect(satisfiesAll(found)).toBe(true)
      expect(rank(found)).toBe(Math.min(...SUBSETS.filter(satisfiesAll).map(rank)))
      expect(findMinimalScopes(rules.toReversed(), new Set(granted))).toEqual(found)
    }),
    { numRuns: 2_000 },
  )
})

test('finds a sufficient set if there are more combinations than steps', () => {
  const rules = Array.from({ length: 40 }, (_, i) => [
    [`x${i}`, `y${i}`],
    [`y${(i * 7) % 40}`, `z${i}`],
    [`z${(i * 3) % 40}`, `w${i}`],
  ])
  const found = new Set(findMinimalScopes(rules, new Set()))
  expect(rules.every((rule) => isSatisfied(rule, found))).toBe(true)
})

test('scopes/P12 looks up few scopes per search step, however many rules there are', () => {
  const rules = Array.from({ length: 1_000 }, (_, i) =>
    i % 2 === 0 ? [[`x${i}`]] : [[`x${i}`, `y${(i * 7) % 1_000}`], [`z${(i * 3) % 1_000}`], [`w${i}`]],
  )
  const lookups = jest.spyOn(Set.prototype, 'has')
  const found = new Set(findMinimalScopes(rules, new Set()))
  const count = lookups.mock.calls.length
  lookups.mockRestore()
  expect(rules.every((rule) => isSatisfied(rule, found))).toBe(true)
  expect(count).toBeLessThan(200_000)
})
