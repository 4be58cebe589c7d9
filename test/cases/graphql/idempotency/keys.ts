import { addBookBody, addBooksBody, type IdempotencyCase } from './idempotency-case.ts'

/** Idempotency keys of requests. Keys of single books are idempotency/N50 to N55. Ids are permanent. */
export const IDEMPOTENCY_KEY_CASES: readonly IdempotencyCase[] = [
  {
    id: 'idempotency/N18',
    title: 'accepts a key of 255 characters',
    steps: [
      ['job', 'k'.repeat(255), addBookBody('t'), 200],
      ['job', 'k'.repeat(255), addBookBody('t'), 200],
    ],
    bookCount: 1,
    answerCount: 1,
  },
  {
    id: 'idempotency/N19',
    title: 'rejects a key of 256 characters',
    steps: [['job', 'k'.repeat(256), addBookBody('t'), 400, 'BAD_REQUEST']],
    bookCount: 0,
    answerCount: 0,
  },
  {
    id: 'idempotency/N20',
    title: 'rejects an empty key',
    steps: [['job', '""', addBookBody('t'), 400, 'BAD_REQUEST']],
    bookCount: 0,
    answerCount: 0,
  },
  {
    id: 'idempotency/N21',
    title: 'rejects a key with a space',
    steps: [['job', 'k l', addBookBody('t'), 400, 'BAD_REQUEST']],
    bookCount: 0,
    answerCount: 0,
  },
  {
    id: 'idempotency/N22',
    title: 'rejects two keys',
    steps: [['job', 'k, k', addBookBody('t'), 400, 'BAD_REQUEST']],
    bookCount: 0,
    answerCount: 0,
  },
  {
    id: 'idempotency/N23',
    title: 'rejects a key with a comma',
    steps: [['job', 'k,l', addBookBody('t'), 400, 'BAD_REQUEST']],
    bookCount: 0,
    answerCount: 0,
  },
  {
    id: 'idempotency/N37',
    title: 'accepts keys of single books together with a key of the request',
    steps: [
      ['job', 'h', addBooksBody(['t', 'k']), 200],
      ['job', 'h', addBooksBody(['t', 'k']), 200],
      ['job', 'i', addBooksBody(['t', 'k']), 200],
    ],
    bookCount: 1,
    answerCount: 1,
  },
  {
    id: 'idempotency/N38',
    title: 'does not confuse keys of requests with keys of books',
    steps: [
      ['job', 'k', addBookBody('t'), 200],
      ['job', undefined, addBooksBody(['u', 'k']), 200],
      ['job', 'k', addBookBody('t'), 200],
      ['job', undefined, addBooksBody(['u', 'k']), 200],
    ],
    bookCount: 2,
    answerCount: 2,
  },
]
