import {
  addBookBody,
  addBooksBody,
  type IdempotencyCase,
  restAddBookBody,
  type Sender,
} from './idempotency-case.ts'

const add = (sender: Sender, key = 'k') => ({ sender, key, body: addBookBody('t'), status: 200 })

/** The same key from several callers. Ids are permanent. */
export const CALLER_CASES: readonly IdempotencyCase[] = [
  {
    id: 'idempotency/N56',
    title: 'keeps the keys of a client apart from those of a subject with its name',
    steps: [add('the client itself'), add('a subject with the name of the client'), add('the client itself')],
    bookCount: 2,
    answerCount: 2,
  },
  {
    id: 'idempotency/N57',
    title: 'keeps the keys of subjects without a client apart, and recognizes each',
    steps: [
      add('a subject with the name of the client'),
      add('another subject without a client'),
      add('a subject with the name of the client'),
      add('another subject without a client'),
    ],
    bookCount: 2,
    answerCount: 2,
  },
  {
    id: 'idempotency/N58',
    title: 'does not confuse callers whose names are equal when they are joined',
    steps: [
      add('job'),
      add('a client and a subject that read like the job'),
      add('a subject with the text of the job as its name'),
    ],
    bookCount: 3,
    answerCount: 3,
  },
  {
    id: 'idempotency/N59',
    title: 'keeps the keys of users apart over REST',
    steps: [
      { sender: 'job', key: 'k', body: restAddBookBody('t'), status: 201 },
      { sender: 'another user of the client', key: 'k', body: restAddBookBody('t'), status: 201 },
      { sender: 'another user of the client', key: 'k', body: restAddBookBody('t'), status: 201 },
    ],
    bookCount: 2,
    answerCount: 2,
  },
  {
    id: 'idempotency/N60',
    title: 'accepts a key that another user sent with another request',
    steps: [
      add('job'),
      { sender: 'another user of the client', key: 'k', body: addBookBody('u'), status: 200 },
      { sender: 'job', key: 'k', body: restAddBookBody('t'), status: 422, code: 'IDEMPOTENCY_MISMATCH' },
    ],
    bookCount: 2,
    answerCount: 2,
  },
  {
    id: 'idempotency/N61',
    title: 'keeps the keys of single books of users apart',
    steps: [
      { sender: 'job', body: addBooksBody(['t', 'k']), status: 200 },
      { sender: 'another user of the client', body: addBooksBody(['t', 'k']), status: 200 },
      {
        sender: 'another user of the client',
        body: addBooksBody(['u', 'k']),
        status: 422,
        code: 'IDEMPOTENCY_MISMATCH',
      },
      { sender: 'job', body: addBooksBody(['t', 'k']), status: 200 },
    ],
    bookCount: 2,
    answerCount: 2,
  },
  {
    id: 'idempotency/N68',
    title: 'keeps very long subjects apart, with the longest key',
    steps: [
      add('a very long subject', 'k'.repeat(255)),
      add('a subject that differs in its last character', 'k'.repeat(255)),
      add('a very long subject', 'k'.repeat(255)),
    ],
    bookCount: 2,
    answerCount: 2,
  },
]
