import { addBookBody, addBooksBody, type IdempotencyCase } from './idempotency-case.ts'

/** What a request's key may be. Keys of single books are N50 to N55. Numbers are permanent. */
export const IDEMPOTENCY_KEY_CASES: readonly IdempotencyCase[] = [
  [
    'N18',
    'of 255 characters',
    [
      ['job', 'k'.repeat(255), addBookBody('t'), 200],
      ['job', 'k'.repeat(255), addBookBody('t'), 200],
    ],
    1,
    1,
  ],
  ['N19', 'not of 256', [['job', 'k'.repeat(256), addBookBody('t'), 400, 'BAD_REQUEST']], 0, 0],
  ['N20', 'not empty', [['job', '""', addBookBody('t'), 400, 'BAD_REQUEST']], 0, 0],
  ['N21', 'not with a space', [['job', 'k l', addBookBody('t'), 400, 'BAD_REQUEST']], 0, 0],
  ['N22', 'not sent twice', [['job', 'k, k', addBookBody('t'), 400, 'BAD_REQUEST']], 0, 0],
  ['N23', 'not with a comma', [['job', 'k,l', addBookBody('t'), 400, 'BAD_REQUEST']], 0, 0],
  [
    'N37',
    'together with the request’s',
    [
      ['job', 'h', addBooksBody(['t', 'k']), 200],
      ['job', 'h', addBooksBody(['t', 'k']), 200],
      ['job', 'i', addBooksBody(['t', 'k']), 200],
    ],
    1,
    1,
  ],
  [
    'N38',
    'the same word for a request and for a book',
    [
      ['job', 'k', addBookBody('t'), 200],
      ['job', undefined, addBooksBody(['u', 'k']), 200],
      ['job', 'k', addBookBody('t'), 200],
      ['job', undefined, addBooksBody(['u', 'k']), 200],
    ],
    2,
    2,
  ],
]
