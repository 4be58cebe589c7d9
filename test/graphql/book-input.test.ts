import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseBookId, parseBookInputs } from '../../src/graphql/book-input.ts'

const toCents = (cost: number) =>
  parseBookInputs([{ argument: 'input', input: { title: 't', author: 'a', cost, numPages: 1 } }])[0]?.cents

test('converts every price in whole cents exactly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000 }), (cents) => {
      expect(toCents(cents / 100)).toBe(cents)
      expect(toCents(Number((cents / 100).toFixed(2)))).toBe(cents)
    }),
  )
})

test('accepts a price if and only if it is a whole number of cents in range', () => {
  fc.assert(
    fc.property(fc.double({ min: -10, max: 2_000_000 }), (cost) => {
      const isValid = Number(cost.toFixed(2)) === cost && cost >= 0 && cost <= 1_000_000
      let isAccepted = true
      try {
        toCents(cost)
      } catch {
        isAccepted = false
      }
      expect(isAccepted).toBe(isValid)
    }),
  )
})

test('parses an id if and only if it is the canonical form of a positive integer', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.bigInt().map(String), fc.integer().map(String)), (text) => {
      const id = parseBookId(text)
      const isValid = /^-?\d+$/.test(text) && BigInt(text) >= 1n && BigInt(text) <= 2n ** 53n - 1n
      expect(id === undefined ? undefined : String(id)).toBe(
        isValid && String(BigInt(text)) === text ? text : undefined,
      )
    }),
  )
})

test.each(['a\ud800', '', '\u200b', 'x'.repeat(501)])(
  'says which texts a title may have, given %j',
  (title) => {
    const input = { title, author: 'a', cost: 1, numPages: 1 }
    expect(() => parseBookInputs([{ argument: 'input', input }])).toThrow(
      'input.title: must have 1 to 500 characters, at least one of them visible, and no unpaired surrogates.',
    )
  },
)

test('names a character that a title must not contain, and accepts all others', () => {
  const parse = (title: string) =>
    parseBookInputs([{ argument: 'input', input: { title, author: 'a', cost: 1, numPages: 1 } }])
  const rejected: number[] = []
  for (let code = 0; code <= 0xffff; code++) {
    const title = `a${String.fromCodePoint(code)}b`
    if (!title.isWellFormed()) continue
    try {
      parse(title)
    } catch (error) {
      const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
      expect((error as Error).message).toContain(`input.title: must not contain ${name}. Remove `)
      rejected.push(code)
    }
  }
  const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i)
  expect(rejected).toEqual([
    ...range(0, 0x1f),
    ...range(0x7f, 0x9f),
    ...range(0x2028, 0x202e),
    ...range(0x2066, 0x2069),
  ])
})
