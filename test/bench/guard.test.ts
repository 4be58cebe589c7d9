import { expect, test } from '@jest/globals'
import { type Costs, judgeCosts } from '../../bench/guard/judge-costs.ts'

const RECORDED: Costs = { book: { bytes: 80_000, calls: 1_500 } }
const book = (bytes: number, calls = 1_500): Costs => ({ book: { bytes, calls } })

interface GuardCase {
  readonly id: string
  readonly title: string
  readonly recorded: Costs
  readonly measured: Costs
  readonly failed: boolean
  readonly output: RegExp
}

const CASES: readonly GuardCase[] = [
  {
    id: 'guard/GD01',
    title: 'accepts the same costs',
    recorded: RECORDED,
    measured: book(80_000),
    failed: false,
    output: /^ok {5}book: bytes allocated from 80,000 to 80,000 a request, 0\.0 %$/m,
  },
  {
    id: 'guard/GD02',
    title: 'accepts slightly more bytes',
    recorded: RECORDED,
    measured: book(82_000),
    failed: false,
    output: /^ok .* 82,000 a request, \+2\.5 %$/m,
  },
  {
    id: 'guard/GD03',
    title: 'accepts exactly a quarter more bytes',
    recorded: RECORDED,
    measured: book(100_000),
    failed: false,
    output: /^ok .*\+25\.0 %$/m,
  },
  {
    id: 'guard/GD04',
    title: 'rejects a byte above the bound',
    recorded: RECORDED,
    measured: book(100_001),
    failed: true,
    output: /^FAILED book: bytes allocated grew from 80,000 to 100,001 a request/m,
  },
  {
    id: 'guard/GD05',
    title: 'advises what to do about growth',
    recorded: RECORDED,
    measured: book(160_000),
    failed: true,
    output: /npm run bench -- http profile.*npm run bench -- guard --record/,
  },
  {
    id: 'guard/GD06',
    title: 'accepts exactly a twentieth more calls',
    recorded: RECORDED,
    measured: book(80_000, 1_575),
    failed: false,
    output: /^ok {5}book: functions called from 1,500 to 1,575 a request, \+5\.0 %$/m,
  },
  {
    id: 'guard/GD16',
    title: 'rejects a call above the bound',
    recorded: RECORDED,
    measured: book(80_000, 1_576),
    failed: true,
    output: /^FAILED book: functions called grew from 1,500 to 1,576 a request, \+5\.1 %$/m,
  },
  {
    id: 'guard/GD17',
    title: 'asks to record a fall of more than a twentieth in calls',
    recorded: RECORDED,
    measured: book(80_000, 1_400),
    failed: false,
    output: /^ok .*functions called fell .*npm run bench -- guard --record/m,
  },
  {
    id: 'guard/GD07',
    title: 'accepts a quarter fewer bytes',
    recorded: RECORDED,
    measured: book(60_000),
    failed: false,
    output: /^ok .*bytes allocated from .*-25\.0 %$/m,
  },
  {
    id: 'guard/GD08',
    title: 'asks to record a fall of more than a quarter in bytes',
    recorded: RECORDED,
    measured: book(59_999),
    failed: false,
    output: /^ok .*bytes allocated fell .*npm run bench -- guard --record/m,
  },
  {
    id: 'guard/GD09',
    title: 'rejects growth beside a fall',
    recorded: RECORDED,
    measured: book(40_000, 3_000),
    failed: true,
    output: /^FAILED .*\+100\.0 %$/m,
  },
  {
    id: 'guard/GD10',
    title: 'rejects a count of 0',
    recorded: RECORDED,
    measured: book(0),
    failed: true,
    output: /^FAILED .*no measurement/m,
  },
  {
    id: 'guard/GD11',
    title: 'rejects NaN',
    recorded: RECORDED,
    measured: book(Number.NaN),
    failed: true,
    output: /^FAILED .*no measurement/m,
  },
  {
    id: 'guard/GD12',
    title: 'rejects a recorded 0',
    recorded: book(0),
    measured: book(80_000),
    failed: true,
    output: /^FAILED .*no measurement/m,
  },
  {
    id: 'guard/GD13',
    title: 'rejects a request that is not recorded',
    recorded: {},
    measured: RECORDED,
    failed: true,
    output: /^FAILED book: not recorded/m,
  },
  {
    id: 'guard/GD14',
    title: 'rejects a recorded request that is not measured',
    recorded: RECORDED,
    measured: {},
    failed: true,
    output: /^FAILED book: recorded, and no longer measured$/m,
  },
  {
    id: 'guard/GD15',
    title: 'rejects an empty measurement',
    recorded: {},
    measured: {},
    failed: true,
    output: /^FAILED .*nothing/m,
  },
]

test.each(CASES)('$id $title', ({ recorded, measured, failed, output }) => {
  const verdict = judgeCosts(recorded, measured)
  expect(verdict.failed).toBe(failed)
  expect(verdict.lines.join('\n')).toMatch(output)
  expect(verdict.lines.some((line) => line.startsWith('FAILED'))).toBe(failed)
})
