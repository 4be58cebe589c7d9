import { add, batch, type Repeat } from './sent.ts'

/** What a key may be, and the keys of single books. Numbers are permanent. */
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
    'N30',
    'a book’s own key',
    [
      ['job', undefined, batch(['t', 'k'], ['u', 'l']), 200],
      ['job', undefined, batch(['t', 'k'], ['u', 'l']), 200],
    ],
    2,
    1,
  ],
  [
    'N31',
    'some known, some new',
    [
      ['job', undefined, batch(['t', 'k']), 200],
      ['job', undefined, batch(['u', 'l'], ['t', 'k'], ['v', 'm']), 200],
    ],
    3,
    2,
  ],
  ['N32', 'twice in one batch', [['job', undefined, batch(['t', 'k'], ['t', 'k']), 200]], 1, 1],
  [
    'N33',
    'twice, on books that differ',
    [['job', undefined, batch(['t', 'k'], ['u', 'k']), 422, 'IDEMPOTENCY_MISMATCH']],
    0,
    0,
  ],
  [
    'N34',
    'on another book later',
    [
      ['job', undefined, batch(['t', 'k']), 200],
      ['job', undefined, batch(['u', 'l'], ['v', 'k']), 422, 'IDEMPOTENCY_MISMATCH'],
    ],
    1,
    1,
  ],
  [
    'N35',
    'a batch that fails leaves none',
    [
      ['job', undefined, batch(['t', 'k'], ['u', 'l', ', id: 1']), 200, 'ALREADY_EXISTS'],
      ['job', undefined, batch(['t', 'k']), 200],
    ],
    1,
    1,
  ],
  [
    'N36',
    'of characters that cannot be seen',
    [['job', undefined, batch(['t', 'k\\u0000']), 200, 'BAD_USER_INPUT']],
    0,
    0,
  ],
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
]
