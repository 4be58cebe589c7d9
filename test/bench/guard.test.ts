import { expect, test } from '@jest/globals'
import { type Costs, judgeCosts } from '../../bench/guard/judge-costs.ts'

/** What was recorded in every row but the last ones. */
const BEFORE: Costs = { book: { bytes: 80_000, calls: 1_500 } }
const book = (bytes: number, calls = 1_500): Costs => ({ book: { bytes, calls } })

type Case = readonly [id: string, what: string, before: Costs, now: Costs, failed: boolean, says: RegExp]

const CASES: readonly Case[] = [
  [
    'GD01',
    'the same',
    BEFORE,
    book(80_000),
    false,
    /^ok {5}book: bytes allocated from 80,000 to 80,000 a request, 0\.0 %$/m,
  ],
  ['GD02', 'a little more', BEFORE, book(82_000), false, /^ok .* 82,000 a request, \+2\.5 %$/m],
  ['GD03', 'a quarter more, to the byte', BEFORE, book(100_000), false, /^ok .*\+25\.0 %$/m],
  [
    'GD04',
    'a byte above',
    BEFORE,
    book(100_001),
    true,
    /^FAILED book: bytes allocated grew from 80,000 to 100,001 a request/m,
  ],
  [
    'GD05',
    'what to do then',
    BEFORE,
    book(160_000),
    true,
    /npm run bench -- http profile.*npm run guard -- --record/,
  ],
  [
    'GD06',
    'calls, a twentieth more',
    BEFORE,
    book(80_000, 1_575),
    false,
    /^ok {5}book: functions called from 1,500 to 1,575 a request, \+5\.0 %$/m,
  ],
  [
    'GD16',
    'a call above',
    BEFORE,
    book(80_000, 1_576),
    true,
    /^FAILED book: functions called grew from 1,500 to 1,576 a request, \+5\.1 %$/m,
  ],
  [
    'GD17',
    'calls, more than a twentieth less',
    BEFORE,
    book(80_000, 1_400),
    false,
    /^ok .*functions called fell .*npm run guard -- --record/m,
  ],
  ['GD07', 'a quarter less', BEFORE, book(60_000), false, /^ok .*bytes allocated from .*-25\.0 %$/m],
  [
    'GD08',
    'still less',
    BEFORE,
    book(59_999),
    false,
    /^ok .*bytes allocated fell .*npm run guard -- --record/m,
  ],
  ['GD09', 'a fall does not hide a growth', BEFORE, book(40_000, 3_000), true, /^FAILED .*\+100\.0 %$/m],
  ['GD10', 'nothing counted', BEFORE, book(0), true, /^FAILED .*no measurement/m],
  ['GD11', 'no number', BEFORE, book(Number.NaN), true, /^FAILED .*no measurement/m],
  ['GD12', 'recorded as nothing', book(0), book(80_000), true, /^FAILED .*no measurement/m],
  ['GD13', 'a new row', {}, BEFORE, true, /^FAILED book: not recorded/m],
  ['GD14', 'a row that is gone', BEFORE, {}, true, /^FAILED book: recorded, and no longer measured$/m],
  ['GD15', 'no row at all', {}, {}, true, /^FAILED .*nothing/m],
]

test.each(CASES)('%s %s', (_id, _what, before, now, failed, says) => {
  const verdict = judgeCosts(before, now)
  expect(verdict.failed).toBe(failed)
  expect(verdict.lines.join('\n')).toMatch(says)
  expect(verdict.lines.some((line) => line.startsWith('FAILED'))).toBe(failed)
})
