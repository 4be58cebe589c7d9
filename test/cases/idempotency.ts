/** A write as it is sent. */
export type Sent = {
  readonly to: '/graphql' | '/books'
  /** The header, as it stands; a list: sent so often. */
  readonly key: string | readonly string[]
  readonly body: object
  /** Whose token: the job's own unless it is said. */
  readonly claims?: object
}

const BOOK = { title: 'Curtain', author: 'Agatha Christie', cost: 7.99 }
export const INPUT = { ...BOOK, numPages: 250 }
export const ADD = 'mutation Add($input: AddBookInput!) { addBook(input: $input) { id title } }'

const graphql = (key: Sent['key'], change: object = {}, claims: object = {}): Sent => ({
  to: '/graphql',
  key,
  body: { query: ADD, variables: { input: INPUT }, ...change },
  claims,
})
const rest = (key: Sent['key'], change: object = {}): Sent => ({
  to: '/books',
  key,
  body: { ...BOOK, num_pages: 250, ...change },
})
const otherTitle = { variables: { input: { ...INPUT, title: 'Nemesis' } } }
const aliased = ADD.replace('addBook', 'other: addBook')
const two = `${ADD} ${ADD.replace('Add(', 'Again(')}`

/**
 * Two writes after one another, and what becomes of the second: the first's answer, a book of its own, or 422.
 * Numbers are permanent.
 */
export const TWICE: readonly (readonly [
  id: string,
  name: string,
  first: Sent,
  second: Sent,
  becomes: 'same' | 'another' | 'mismatch',
])[] = [
  ['J01', 'the same', graphql('J01'), graphql('J01'), 'same'],
  ['J02', 'the same through REST', rest('J02'), rest('J02'), 'same'],
  ['J03', 'in quotes, then without', graphql('"J03"'), graphql('J03'), 'same'],
  [
    'J04',
    'variables in another order',
    rest('J04'),
    { ...rest('J04'), body: { num_pages: 250, ...BOOK } },
    'same',
  ],
  ['J05', '255 letters', graphql('x'.repeat(255)), graphql('x'.repeat(255)), 'same'],
  ['J06', 'another key', graphql('J06'), graphql('j06'), 'another'],
  ['J07', 'another book', graphql('J07'), graphql('J07', otherTitle), 'mismatch'],
  ['J08', 'another book through REST', rest('J08'), rest('J08', { cost: 8 }), 'mismatch'],
  ['J09', 'GraphQL, then REST', graphql('J09'), rest('J09'), 'mismatch'],
  ['J10', 'under another alias', graphql('J10'), graphql('J10', { query: aliased }), 'mismatch'],
  [
    'J11',
    'another operation of the document',
    graphql('J11', { query: two, operationName: 'Add' }),
    graphql('J11', { query: two, operationName: 'Again' }),
    'mismatch',
  ],
  [
    'J12',
    'another field is asked for',
    graphql('J12'),
    graphql('J12', { query: ADD.replace('title', 'cost') }),
    'mismatch',
  ],
  ['J13', 'another client', graphql('J13'), graphql('J13', {}, { cid: 'other', sub: 'other' }), 'another'],
  ['J14', 'another person of the same client', graphql('J14'), graphql('J14', {}, { sub: 'agatha' }), 'same'],
  [
    'J15',
    'another token with more scopes',
    graphql('J15'),
    graphql('J15', {}, { jti: 'AT.2', exp: 4_000_000_000 }),
    'same',
  ],
]

/** Keys that are refused: 400, and nothing is written. */
export const BAD_KEYS: readonly (readonly [id: string, name: string, key: Sent['key']])[] = [
  ['J20', 'empty', ''],
  ['J21', 'empty in quotes', '""'],
  ['J22', '256 letters', 'x'.repeat(256)],
  ['J23', 'a space within', 'a b'],
  ['J24', 'a comma', 'a,b'],
  ['J25', 'sent twice', ['a', 'b']],
  ['J26', 'sent twice alike', ['a', 'a']],
  ['J27', 'a letter beyond ASCII', 'schl\u00fcssel'],
]
