import { addBookBody, addBooksBody, type IdempotencyCase } from './idempotency-case.ts'

/** Idempotency keys of requests. Keys of single books are idempotency/N50 to N55, callers N56 to N61 and N68. Ids are permanent. */
export const IDEMPOTENCY_KEY_CASES: readonly IdempotencyCase[] = [
  {
    id: 'idempotency/N18',
    title: 'accepts a key of 255 characters',
    steps: [
      { sender: 'job', key: 'k'.repeat(255), body: addBookBody('t'), status: 200 },
      { sender: 'job', key: 'k'.repeat(255), body: addBookBody('t'), status: 200 },
    ],
    bookCount: 1,
    answerCount: 1,
  },
  {
    id: 'idempotency/N19',
    title: 'rejects a key of 256 characters',
    steps: [
      { sender: 'job', key: 'k'.repeat(256), body: addBookBody('t'), status: 400, code: 'BAD_REQUEST' },
    ],
    bookCount: 0,
    answerCount: 0,
  },
  {
    id: 'idempotency/N20',
    title: 'rejects an empty key',
    steps: [{ sender: 'job', key: '""', body: addBookBody('t'), status: 400, code: 'BAD_REQUEST' }],
    bookCount: 0,
    answerCount: 0,
  },
  {
    id: 'idempotency/N21',
    title: 'rejects a key with a space',
    steps: [{ sender: 'job', key: 'k l', body: addBookBody('t'), status: 400, code: 'BAD_REQUEST' }],
    bookCount: 0,
    answerCount: 0,
  },
  {
    id: 'idempotency/N22',
    title: 'rejects two keys',
    steps: [{ sender: 'job', key: 'k, k', body: addBookBody('t'), status: 400, code: 'BAD_REQUEST' }],
    bookCount: 0,
    answerCount: 0,
  },
  {
    id: 'idempotency/N23',
    title: 'rejects a key with a comma',
    steps: [{ sender: 'job', key: 'k,l', body: addBookBody('t'), status: 400, code: 'BAD_REQUEST' }],
    bookCount: 0,
    answerCount: 0,
  },
  {
    id: 'idempotency/N37',
    title: 'accepts keys of single books together with a key of the request',
    steps: [
      { sender: 'job', key: 'h', body: addBooksBody(['t', 'k']), status: 200 },
      { sender: 'job', key: 'h', body: addBooksBody(['t', 'k']), status: 200 },
      { sender: 'job', key: 'i', body: addBooksBody(['t', 'k']), status: 200 },
    ],
    bookCount: 1,
    answerCount: 1,
  },
  {
    id: 'idempotency/N38',
    title: 'does not confuse keys of requests with keys of books',
    steps: [
      { sender: 'job', key: 'k', body: addBookBody('t'), status: 200 },
      { sender: 'job', body: addBooksBody(['u', 'k']), status: 200 },
      { sender: 'job', key: 'k', body: addBookBody('t'), status: 200 },
      { sender: 'job', body: addBooksBody(['u', 'k']), status: 200 },
    ],
    bookCount: 2,
    answerCount: 2,
  },
  {
    id: 'idempotency/N62',
    title: 'rejects a key with a character that is not ASCII',
    steps: [{ sender: 'job', key: 'k\u00e9', body: addBookBody('t'), status: 400, code: 'BAD_REQUEST' }],
    bookCount: 0,
    answerCount: 0,
  },
  {
    id: 'idempotency/N63',
    title: 'does not interpret a key, and distinguishes upper and lower case',
    steps: [
      { sender: 'job', key: `%00\\'";--${'$'}{k}`, body: addBookBody('t'), status: 200 },
      { sender: 'job', key: `%00\\'";--${'$'}{K}`, body: addBookBody('t'), status: 200 },
      { sender: 'job', key: `%00\\'";--${'$'}{k}`, body: addBookBody('t'), status: 200 },
    ],
    bookCount: 2,
    answerCount: 2,
  },
]
