type Who = 'job' | 'another client' | 'another person of the client' | 'a reader'
/** What is sent; each row has its author, so that its books can be counted. */
type Body = { readonly url: '/graphql' | '/books'; readonly json: (author: string) => unknown }
/** Who sends it, under which Idempotency-Key, and the status and code of the answer. */
type Step = readonly [who: Who, key: string | undefined, body: Body, status: number, code?: string]

const input = (author: string, title: string, more = '') =>
  `{ title: "${title}", author: "${author}", cost: 7.99, numPages: 3${more} }`
const graphql = (source: (author: string) => string): Body => ({
  url: '/graphql',
  json: (author) => ({ query: source(author) }),
})
const add = (title: string) =>
  graphql((author) => `mutation { addBook(input: ${input(author, title)}) { id } }`)
const withVariables = (variables: Readonly<Record<string, unknown>>): Body => ({
  url: '/graphql',
  json: (author) => ({
    query: 'mutation ($input: AddBookInput!) { addBook(input: $input) { id } }',
    variables: { input: { author, cost: 1, numPages: 1, ...variables } },
  }),
})
const rest = (title: string): Body => ({
  url: '/books',
  json: (author) => ({ title, author, cost: 7.99, num_pages: 3 }),
})
const two = graphql(
  (author) =>
    `mutation { a: addBook(input: ${input(author, 'a')}) { id } b: addBook(input: ${input(author, 'a')}) { id } }`,
)
const batch = (...books: readonly (readonly [title: string, key: string, more?: string])[]) =>
  graphql((author) => {
    const inputs = books.map(([title, key, more]) =>
      input(author, title, `, idempotencyKey: "${key}"${more ?? ''}`),
    )
    return `mutation { addBooks(inputs: [${inputs.join(' ')}]) { id } }`
  })
const named = (name: string) =>
  graphql((author) => `mutation ${name} { addBook(input: ${input(author, 't')}) { id } }`)
const read = graphql((author) => `{ books(filter: { author: "${author}" }) { id } }`)
const nothing = graphql(() => 'mutation { addBooks(inputs: []) { id } }')

/** Requests in a row, how many books there are after them, and how many answers that added something say different things. */
export const REPEATS: readonly (readonly [
  string,
  string,
  readonly Step[],
  books: number,
  answers: number,
])[] = [
  [
    'N01',
    'the same again is done once',
    [
      ['job', 'k', add('t'), 200],
      ['job', 'k', add('t'), 200],
    ],
    1,
    1,
  ],
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
  [
    'N05',
    'another book under it is refused',
    [
      ['job', 'k', add('t'), 200],
      ['job', 'k', add('u'), 422, 'IDEMPOTENCY_MISMATCH'],
    ],
    1,
    1,
  ],
  [
    'N06',
    'and so is another operation',
    [
      ['job', 'k', named('A'), 200],
      ['job', 'k', named('B'), 422, 'IDEMPOTENCY_MISMATCH'],
    ],
    1,
    1,
  ],
  [
    'N07',
    'variables are part of what is asked',
    [
      ['job', 'k', withVariables({ title: 't' }), 200],
      ['job', 'k', withVariables({ title: 'u' }), 422, 'IDEMPOTENCY_MISMATCH'],
    ],
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
  [
    'N15',
    'each field of a request is a write of its own',
    [
      ['job', 'k', two, 200],
      ['job', 'k', two, 200],
    ],
    2,
    1,
  ],
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
  [
    'N17',
    'nothing is nothing again',
    [
      ['job', 'k', nothing, 200],
      ['job', 'k', nothing, 200],
    ],
    0,
    1,
  ],
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
