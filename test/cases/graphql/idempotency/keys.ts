import { add, batch, type Repeat } from './idempotency-case.ts'

/** What a request's key may be. Keys of single books are N50 to N55. Numbers are permanent. */
export const KEYS: readonly Repeat[] = [
  [
    'N18',
    'of 255 characters',
    [
      ['job', 'k'.repeat(255), add('t'), 200],
      ['job', 'k'.repeat(255), add('t'), 200],
    ],
    1,
    1,
  ],
  ['N19', 'not of 256', [['job', 'k'.repeat(256), add('t'), 400, 'BAD_REQUEST']], 0, 0],
  ['N20', 'not empty', [['job', '""', add('t'), 400, 'BAD_REQUEST']], 0, 0],
  ['N21', 'not with a space', [['job', 'k l', add('t'), 400, 'BAD_REQUEST']], 0, 0],
  ['N22', 'not sent twice', [['job', 'k, k', add('t'), 400, 'BAD_REQUEST']], 0, 0],
  ['N23', 'not with a comma', [['job', 'k,l', add('t'), 400, 'BAD_REQUEST']], 0, 0],
  [
    'N37',
    'together with the request’s',
    [
      ['job', 'h', batch(['t', 'k']), 200],
      ['job', 'h', batch(['t', 'k']), 200],
      ['job', 'i', batch(['t', 'k']), 200],
    ],
    1,
    1,
  ],
  [
    'N38',
    'the same word for a request and for a book',
    [
      ['job', 'k', add('t'), 200],
      ['job', undefined, batch(['u', 'k']), 200],
      ['job', 'k', add('t'), 200],
      ['job', undefined, batch(['u', 'k']), 200],
    ],
    2,
    2,
  ],
]
