import {
  ALIASED_BOOK_BODY,
  addBookBody,
  addBookWithVariablesBody,
  EMPTY_BATCH_BODY,
  type IdempotencyCase,
  namedOperationBody,
  ONE_ID_TAKEN_BODY,
  OTHER_SELECTION_BODY,
  READ_BODY,
  restAddBookBody,
  reuseKey,
  sendTwice,
  TWO_BOOKS_BODY,
} from './idempotency-case.ts'

/** Whole requests that are sent again. Numbers are permanent. */
export const REPEATED_REQUEST_CASES: readonly IdempotencyCase[] = [
  ['N01', 'the same again is done once', sendTwice(addBookBody('t')), 1, 1],
  [
    'N02',
    'without a key it is done twice',
    [
      ['job', undefined, addBookBody('t'), 200],
      ['job', undefined, addBookBody('t'), 200],
    ],
    2,
    2,
  ],
  [
    'N03',
    'with another key too',
    [
      ['job', 'k', addBookBody('t'), 200],
      ['job', 'l', addBookBody('t'), 200],
    ],
    2,
    2,
  ],
  [
    'N04',
    'in quotes it is the same key',
    [
      ['job', 'k', addBookBody('t'), 200],
      ['job', '"k"', addBookBody('t'), 200],
    ],
    1,
    1,
  ],
  ['N05', 'another book under it is refused', reuseKey(addBookBody('t'), addBookBody('u')), 1, 1],
  ['N06', 'and so is another operation', reuseKey(namedOperationBody('A'), namedOperationBody('B')), 1, 1],
  [
    'N07',
    'variables are part of what is asked',
    reuseKey(addBookWithVariablesBody({ title: 't' }), addBookWithVariablesBody({ title: 'u' })),
    1,
    1,
  ],
  [
    'N08',
    'in whatever order they stand',
    [
      ['job', 'k', addBookWithVariablesBody({ title: 't', cost: 2 }), 200],
      ['job', 'k', addBookWithVariablesBody({ cost: 2, title: 't' }), 200],
    ],
    1,
    1,
  ],
  [
    'N09',
    'another client has keys of its own',
    [
      ['job', 'k', addBookBody('t'), 200],
      ['another client', 'k', addBookBody('t'), 200],
    ],
    2,
    2,
  ],
  [
    'N10',
    'people of one client share them',
    [
      ['job', 'k', addBookBody('t'), 200],
      ['another person of the client', 'k', addBookBody('t'), 200],
    ],
    1,
    1,
  ],
  [
    'N11',
    'scopes are asked for again',
    [
      ['job', 'k', addBookBody('t'), 200],
      ['a reader', 'k', addBookBody('t'), 403, 'FORBIDDEN'],
    ],
    1,
    1,
  ],
  [
    'N12',
    'REST the same again is 201 again',
    [
      ['job', 'k', restAddBookBody('t'), 201],
      ['job', 'k', restAddBookBody('t'), 201],
    ],
    1,
    1,
  ],
  [
    'N13',
    'REST another book is 422',
    [
      ['job', 'k', restAddBookBody('t'), 201],
      ['job', 'k', restAddBookBody('u'), 422, 'IDEMPOTENCY_MISMATCH'],
    ],
    1,
    1,
  ],
  [
    'N14',
    'what was refused used up no key',
    [
      ['job', 'k', addBookBody(''), 200, 'BAD_USER_INPUT'],
      ['job', 'k', addBookBody('t'), 200],
    ],
    1,
    1,
  ],
  ['N15', 'each field of a request is a write of its own', sendTwice(TWO_BOOKS_BODY), 2, 1],
  [
    'N16',
    'a read has no use for a key',
    [
      ['job', 'k', READ_BODY, 200],
      ['job', 'k', addBookBody('t'), 200],
    ],
    1,
    2,
  ],
  ['N17', 'nothing is nothing again', sendTwice(EMPTY_BATCH_BODY), 0, 1],
  ['N24', 'another alias is another request', reuseKey(addBookBody('t'), ALIASED_BOOK_BODY), 1, 1],
  [
    'N25',
    'other fields asked for are another request',
    reuseKey(addBookBody('t'), OTHER_SELECTION_BODY),
    1,
    1,
  ],
  ['N26', 'GraphQL, then REST', reuseKey(addBookBody('t'), restAddBookBody('t')), 1, 1],
  [
    'N27',
    'a field that was done is not done again, one that failed is',
    [
      ['job', 'k', ONE_ID_TAKEN_BODY, 200, 'ALREADY_EXISTS'],
      ['job', 'k', ONE_ID_TAKEN_BODY, 200, 'ALREADY_EXISTS'],
    ],
    1,
    0,
  ],
]
