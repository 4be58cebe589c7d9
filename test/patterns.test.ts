import { expect, test } from '@jest/globals'
import { createAdversarialTexts } from './support/patterns/adversarial-texts.ts'
import { createStepCounter } from './support/patterns/count-steps.ts'
import { findPatterns } from './support/patterns/find-patterns.ts'

const KILOBYTE = 1_024
/** In steps for each character. At this rate, even a quadratic pattern is fast on long texts. */
const FEW_STEPS = 5
const MAX_STEPS = 1_000

/** Returns the beginning of a text for which the steps grow faster than its length, or undefined. */
function findSlowText(source: string, flags: string): string | undefined {
  const countSteps = createStepCounter(source, flags)
  const buildTexts = createAdversarialTexts(source, flags)
  const [short = [], ...longer] = [1, 2, 4, 8].map((size) => buildTexts(size * KILOBYTE))
  const isOver = (text: string, rate: number) => countSteps(text, rate * text.length) > rate * text.length
  const slow = short.find((text, i) => {
    const rate = countSteps(text, MAX_STEPS * text.length) / text.length
    if (rate <= FEW_STEPS) return false
    // Doubling the text adds half to the steps for each character at least, if they grow with the square of its length.
    return rate > MAX_STEPS || longer.every((texts, j) => isOver(texts[i] ?? '', rate * 1.3 ** (j + 1)))
  })
  return slow?.slice(0, 80)
}

const patterns = [...new Map(findPatterns().map((one) => [`/${one.source}/${one.flags}`, one]))]

test.each(patterns)('%s takes steps in proportion to the text', (_, { source, flags }) => {
  expect(findSlowText(source, flags)).toBeUndefined()
})

/** Ids never change. */
const SLOW_PATTERNS = [
  { id: 'patterns/Q01', title: 'nested repetitions', pattern: /(a+)+$/ },
  { id: 'patterns/Q02', title: 'alternatives that match the same', pattern: /(?:a|a)*b/ },
  { id: 'patterns/Q03', title: 'overlapping classes', pattern: /^(\w|\d)+$/ },
  { id: 'patterns/Q04', title: 'white space before the end', pattern: /^\s+|\s+$/ },
  { id: 'patterns/Q05', title: 'a repeated beginning', pattern: /:\/\/[^@]*@/g },
  { id: 'patterns/Q06', title: 'adjacent repetitions', pattern: /^\d*\.?\d+$/ },
  { id: 'patterns/Q07', title: 'a string that does not end', pattern: /("(?:[^"\\]|\\.)*")\s*:/g },
  { id: 'patterns/Q08', title: 'a name without a fixed start', pattern: /([\w-]+)="((?:[^"\\]|\\.)*)"/g },
  { id: 'patterns/Q09', title: 'a dot that few texts have', pattern: /eyJ[\w-]*\.[\w-]*(?:\.[\w-]*)*/g },
  {
    id: 'patterns/Q10',
    title: 'any text after a space',
    pattern: / (?:timeout exceeded|.*connection timeout)/i,
  },
  { id: 'patterns/Q11', title: 'a repetition in a lookahead', pattern: /a(?=[^!]*!)/g },
  { id: 'patterns/Q12', title: 'a repetition in a lookbehind', pattern: /(?<=x\w*)y/ },
  { id: 'patterns/Q13', title: 'a reference to a repetition', pattern: /^(a+)b?\1c/ },
  { id: 'patterns/Q14', title: 'a lazy repetition', pattern: /<.*?>/s },
  { id: 'patterns/Q15', title: 'a repetition that may be empty', pattern: /(?:a*)*b/ },
  { id: 'patterns/Q16', title: 'a property of Unicode', pattern: /^(?:\p{L}+\d?)+$/u },
]

test.each(SLOW_PATTERNS)('$id reports $title', ({ pattern }) => {
  expect(findSlowText(pattern.source, pattern.flags)).toBeDefined()
})

test('finds the patterns of the source', () => {
  expect(patterns.length).toBeGreaterThan(60)
})
