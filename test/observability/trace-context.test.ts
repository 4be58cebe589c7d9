import { expect, test } from '@jest/globals'
import { parseTraceparent } from '../../src/observability/trace-context.ts'
import { PARENT_SPAN_ID as PARENT, TRACE_ID as TRACE } from '../support/trace-collector.ts'

type Row = {
  readonly id: string
  readonly title: string
  readonly header: string | undefined
  readonly traceId: string | undefined
}

const ROWS: readonly Row[] = [
  {
    id: 'trace-context/L01',
    title: 'accepts a sampled trace',
    header: `00-${TRACE}-${PARENT}-01`,
    traceId: TRACE,
  },
  {
    id: 'trace-context/L02',
    title: 'accepts a trace that is not sampled',
    header: `00-${TRACE}-${PARENT}-00`,
    traceId: TRACE,
  },
  {
    id: 'trace-context/L03',
    title: 'accepts a later version with appended fields',
    header: `cc-${TRACE}-${PARENT}-01-what-a-later-version-has`,
    traceId: TRACE,
  },
  {
    id: 'trace-context/L04',
    title: 'rejects appended fields in version 00',
    header: `00-${TRACE}-${PARENT}-01-more`,
    traceId: undefined,
  },
  {
    id: 'trace-context/L05',
    title: 'rejects version ff',
    header: `ff-${TRACE}-${PARENT}-01`,
    traceId: undefined,
  },
  {
    id: 'trace-context/L06',
    title: 'rejects a trace id of zeros',
    header: `00-${'0'.repeat(32)}-${PARENT}-01`,
    traceId: undefined,
  },
  {
    id: 'trace-context/L07',
    title: 'rejects a parent id of zeros',
    header: `00-${TRACE}-${'0'.repeat(16)}-01`,
    traceId: undefined,
  },
  {
    id: 'trace-context/L08',
    title: 'rejects upper case',
    header: `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    traceId: undefined,
  },
  {
    id: 'trace-context/L09',
    title: 'rejects two values',
    header: `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`,
    traceId: undefined,
  },
  {
    id: 'trace-context/L10',
    title: 'rejects a header without flags',
    header: `00-${TRACE}-${PARENT}`,
    traceId: undefined,
  },
  { id: 'trace-context/L11', title: 'rejects an empty header', header: '', traceId: undefined },
  {
    id: 'trace-context/L12',
    title: 'returns undefined without a header',
    header: undefined,
    traceId: undefined,
  },
]

test.each(ROWS)('$id $title', ({ header, traceId }) => {
  expect(parseTraceparent(header)?.traceId).toBe(traceId)
})

test('returns the caller’s span and flags', () => {
  expect(parseTraceparent(`00-${TRACE}-${PARENT}-03`)).toEqual({ traceId: TRACE, parentId: PARENT, flags: 3 })
})
