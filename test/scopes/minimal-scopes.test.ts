import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isSatisfied } from '../../src/scopes/index.ts'
import { findMinimalScopes } from '../../src/scopes/minimal-scopes.ts'

const scope = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const alternative = fc.uniqueArray(scope, { minLength: 1, maxLength: 3 })
const rules = fc.array(fc.array(alternative, { minLength: 1, maxLength: 4 }), { maxLength: 6 })
const ALL = ['a', 'b', 'c', 'd', 'e', 'f']
const subsets = Array.from({ length: 64 }, (_, bits) => ALL.filter((__, i) => bits & (1 << i)))

test('no set that suffices lacks fewer, or as many and is smaller, whatever the rules', () => {
  fc.assert(
    fc.property(rules, fc.subarray(ALL), (all, held) => {
      const rank = (set: readonly string[]) =>
        set.filter((one) => !held.includes(one)).length * 10 + set.length
      const enough = subsets.filter((set) => all.every((rule) => isSatisfied(rule, new Set(set))))
      const found = findMinimalScopes(all, new Set(held))
      expect(all.every((rule) => isSatisfied(rule, new Set(found)))).toBe(true)
      expect(rank(found)).toBe(Math.min(...enough.map(rank)))
      expect(findMinimalScopes(all.toReversed(), new Set(held))).toEqual(found)
    }),
    { numRuns: 2_000 },
  )
})

test('with more choices than can be tried the answer still suffices', () => {
  const many = Array.from({ length: 40 }, (_, i) => [
    [`x${i}`, `y${i}`],
    [`y${(i * 7) % 40}`, `z${i}`],
    [`z${(i * 3) % 40}`, `w${i}`],
  ])
  const found = new Set(findMinimalScopes(many, new Set()))
  expect(many.every((rule) => isSatisfied(rule, found))).toBe(true)
})
