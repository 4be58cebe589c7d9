import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { removeSuggestion } from '../../src/graphql/remove-suggestion.ts'

const APOLLO_PATTERN = / ?Did you mean(.+?)\?$/

const CASES = [
  {
    id: 'remove-suggestion/S01',
    message: 'Unknown type "Bok". Did you mean "Book"?',
    result: 'Unknown type "Bok".',
  },
  { id: 'remove-suggestion/S02', message: 'Did you mean "a"?', result: '' },
  { id: 'remove-suggestion/S03', message: 'Did you mean "a"', result: 'Did you mean "a"' },
  { id: 'remove-suggestion/S04', message: 'x Did you mean?', result: 'x Did you mean?' },
  { id: 'remove-suggestion/S05', message: 'Did you mean\n"a"?', result: 'Did you mean\n"a"?' },
  {
    id: 'remove-suggestion/S06',
    message: 'a Did you mean b\nc Did you mean d?',
    result: 'a Did you mean b\nc',
  },
]

test.each(CASES)('$id removes the suggestion of a message: $message', ({ message, result }) => {
  expect(removeSuggestion(message)).toBe(result)
})

test('removes the same as the pattern of Apollo Server', () => {
  const parts = ['Did you mean', ' ', '?', '\n', '\r', '\u2028', '\u2029', '\u0085', 'a', 'Did you']
  const messages = fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((each) => each.join(''))
  fc.assert(
    fc.property(messages, (message) => {
      expect(removeSuggestion(message)).toBe(message.replace(APOLLO_PATTERN, ''))
    }),
    { numRuns: 5_000 },
  )
})
