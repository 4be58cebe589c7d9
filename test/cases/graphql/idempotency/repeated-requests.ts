import {
  add,
  again,
  aliased,
  halfTaken,
  named,
  nothing,
  type Repeat,
  read,
  rest,
  selecting,
  thenOther,
  two,
  withVariables,
} from './idempotency-case.ts'

/** Whole requests that are sent again. Numbers are permanent. */
export const REQUESTS: readonly Repeat[] = [
  ['N01', 'the same again is done once', again(add('t')), 1, 1],
  [
    'N02',
    'without a key it is done twice',
    [
      ['job', undefined, add('t'), 200],
      ['job', undefined, add('t'), 200],
    ],
    2,
    2,
  ],
  [
    'N03',
    'with another key too',
    [
      ['job', 'k', add('t'), 200],
      ['job', 'l', add('t'), 200],
    ],
    2,
    2,
  ],
  [
    'N04',
    'in quotes it is the same key',
    [
      ['job', 'k', add('t'), 200],
      ['job', '"k"', add('t'), 200],
    ],
    1,
    1,
  ],
  ['N05', 'another book under it is refused', thenOther(add('t'), add('u')), 1, 1],
  ['N06', 'and so is another operation', thenOther(named('A'), named('B')), 1, 1],
  [
    'N07',
    'variables are part of what is asked',
    thenOther(withVariables({ title: 't' }), withVariables({ title: 'u' })),
    1,
    1,
  ],
  [
    'N08',
    'in whatever order they stand',
    [
      ['job', 'k', withVariables({ title: 't', cost: 2 }), 200],
      ['job', 'k', withVariables({ cost: 2, title: 't' }), 200],
    ],
    1,
    1,
  ],
  [
    'N09',
    'another client has keys of its own',
    [
      ['job', 'k', add('t'), 200],
      ['another client', 'k', add('t'), 200],
    ],
    2,
    2,
  ],
  [
    'N10',
    'people of one client share them',
    [
      ['job', 'k', add('t'), 200],
      ['another person of the client', 'k', add('t'), 200],
    ],
    1,
    1,
  ],
  [
    'N11',
    'scopes are asked for again',
    [
      ['job', 'k', add('t'), 200],
      ['a reader', 'k', add('t'), 403, 'FORBIDDEN'],
    ],
    1,
    1,
  ],
  [
    'N12',
    'REST the same again is 201 again',
    [
      ['job', 'k', rest('t'), 201],
      ['job', 'k', rest('t'), 201],
    ],
    1,
    1,
  ],
  [
    'N13',
    'REST another book is 422',
    [
      ['job', 'k', rest('t'), 201],
      ['job', 'k', rest('u'), 422, 'IDEMPOTENCY_MISMATCH'],
    ],
    1,
    1,
  ],
  [
    'N14',
    'what was refused used up no key',
    [
      ['job', 'k', add(''), 200, 'BAD_USER_INPUT'],
      ['job', 'k', add('t'), 200],
    ],
    1,
    1,
  ],
  ['N15', 'each field of a request is a write of its own', again(two), 2, 1],
  [
    'N16',
    'a read has no use for a key',
    [
      ['job', 'k', read, 200],
      ['job', 'k', add('t'), 200],
    ],
    1,
    2,
  ],
  ['N17', 'nothing is nothing again', again(nothing), 0, 1],
  ['N24', 'another alias is another request', thenOther(add('t'), aliased), 1, 1],
  ['N25', 'other fields asked for are another request', thenOther(add('t'), selecting), 1, 1],
  ['N26', 'GraphQL, then REST', thenOther(add('t'), rest('t')), 1, 1],
  [
    'N27',
    'a field that was done is not done again, one that failed is',
    [
      ['job', 'k', halfTaken, 200, 'ALREADY_EXISTS'],
      ['job', 'k', halfTaken, 200, 'ALREADY_EXISTS'],
    ],
    1,
    0,
  ],
]
