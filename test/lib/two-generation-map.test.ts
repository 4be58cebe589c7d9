import { expect, test } from '@jest/globals'
import { TwoGenerationMap } from '../../src/lib/two-generation-map.ts'
import { createTestClock } from '../support/test-clock.ts'

const MIN_AGE_MS = 100

test('keeps an entry for at least the minimum age and at most twice that, whenever it is accessed', async () => {
  for (let setAt = 0; setAt < 2 * MIN_AGE_MS; setAt += 10)
    for (let accessAfter = 0; accessAfter < 3 * MIN_AGE_MS; accessAfter += 10)
      for (let readAfter = 0; readAfter < 3 * MIN_AGE_MS; readAfter += 10) {
        const clock = createTestClock()
        const map = new TwoGenerationMap<true>(MIN_AGE_MS, clock)
        await clock.advance(setAt)
        map.set('k', true)
        await clock.advance(accessAfter)
        map.get('other')
        await clock.advance(readAfter)
        const age = accessAfter + readAfter
        if (age < MIN_AGE_MS) expect(map.get('k')).toBe(true)
        if (age >= 2 * MIN_AGE_MS) expect(map.get('k')).toBeUndefined()
      }
})
