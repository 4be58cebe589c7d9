import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseBookId, parseBookInputs } from '../../src/graphql/book-input.ts'

const read = (cost: number) =>
  parseBookInputs([{ argument: 'input', input: { title: 't', author: 'a', cost, numPages: 1 } }])[0]?.cents

test('every price of whole cents comes in and goes out exact', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000 }), (cents) => {
      expect(read(cents / 100)).toBe(cents)
      expect(read(Number((cents / 100).toFixed(2)))).toBe(cents)
    }),
  )
})

test('a price is taken if and only if it is a number of whole cents in range', () => {
  fc.assert(
    fc.property(fc.double({ min: -10, max: 2_000_000 }), (cost) => {
      const whole = Number(cost.toFixed(2)) === cost && cost >= 0 && cost <= 1_000_000
      let taken = true
      try {
        read(cost)
      } catch {
        taken = false
      }
      expect(taken).toBe(whole)
    }),
  )
})

test('an id is read if and only if it is spelt as that number', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.bigInt().map(String), fc.integer().map(String)), (text) => {
      const id = parseBookId(text)
      const whole = /^-?\d+$/.test(text) && BigInt(text) >= 1n && BigInt(text) <= 2n ** 53n - 1n
      expect(id === undefined ? undefined : String(id)).toBe(
        whole && String(BigInt(text)) === text ? text : undefined,
      )
    }),
  )
})
