/** The text of the job's first document as codegen's manifest has it, and as its client sends it. */
const LIST =
  'query ListBooks($after: ID, $filter: BookFilter, $first: PositiveInt) { books(filter: $filter, first: $first, after: $after) { author cost id numPages title } }'
const SENT = `
    query ListBooks($filter: BookFilter, $first: PositiveInt, $after: ID) {
  books(filter: $filter, first: $first, after: $after) {
    id
    title
    author
    cost
    numPages
  }
}
    `
const ID = '6aefc2d4221ef9887b55d29ba33ff56c33ca326941b3a5137b61796e3d121554'
const OTHER = 'f'.repeat(64)

/** What comes back: 200, or the first error's code. */
type Expected = 200 | 'UNTRUSTED_DOCUMENT' | 'PERSISTED_QUERY_NOT_FOUND' | 'BAD_REQUEST' | 'LIMIT_EXCEEDED'

export type TrustedDocumentCase = readonly [
  id: string,
  what: string,
  /** A body to post, or a query string. */
  request: unknown,
  only: Expected,
  prefer: Expected,
  off: Expected,
]

const unknown = 'PERSISTED_QUERY_NOT_FOUND'
const untrusted = 'UNTRUSTED_DOCUMENT'

/** Permanent numbers. */
export const TRUSTED_DOCUMENT_CASES: readonly TrustedDocumentCase[] = [
  ['Q01', 'the manifest’s text', { query: LIST }, 200, 200, 200],
  ['Q02', 'as a typed client sends it', { query: SENT }, 200, 200, 200],
  ['Q03', 'with a comment', { query: `# ${LIST}\n${LIST}` }, 200, 200, 200],
  ['Q04', 'by its id', { documentId: `sha256:${ID}` }, 200, 200, 'BAD_REQUEST'],
  ['Q05', 'by Apollo’s hash', persisted(ID), 200, 200, unknown],
  ['Q06', 'with variables', { documentId: `sha256:${ID}`, variables: { first: 1 } }, 200, 200, 'BAD_REQUEST'],
  ['Q07', 'by its id in a query string', `documentId=sha256:${ID}`, 200, 200, 'BAD_REQUEST'],
  ['Q08', 'by Apollo’s hash in a query string', inSearch(persisted(ID)), 200, 200, unknown],
  [
    'Q09',
    'a page that is too large',
    { documentId: `sha256:${ID}`, variables: { first: 99999 } },
    'LIMIT_EXCEEDED',
    'LIMIT_EXCEEDED',
    'BAD_REQUEST',
  ],
  ['Q20', 'one field more', { query: LIST.replace('title', 'title addedAt') }, untrusted, 200, 200],
  ['Q21', 'one field less', { query: LIST.replace(' title', '') }, untrusted, 200, 200],
  [
    'Q22',
    'another argument',
    { query: LIST.replace('first: $first, ', '') },
    untrusted,
    'BAD_REQUEST',
    'BAD_REQUEST',
  ],
  [
    'Q23',
    'a second operation beside it',
    { query: `${LIST} query B { books { id } }`, operationName: 'B' },
    untrusted,
    200,
    200,
  ],
  ['Q24', 'another alias', { query: LIST.replace('title', 't: title') }, untrusted, 200, 200],
  ['Q25', 'another document', { query: '{ books { id } }' }, untrusted, 200, 200],
  ['Q26', 'introspection', { query: '{ __schema { queryType { name } } }' }, untrusted, 200, 200],
  ['Q27', 'no document', { query: '}{' }, untrusted, 'BAD_REQUEST', 'BAD_REQUEST'],
  ['Q28', 'an unknown id', { documentId: `sha256:${OTHER}` }, unknown, unknown, 'BAD_REQUEST'],
  ['Q29', 'an unknown hash', persisted(OTHER), unknown, unknown, unknown],
  ['Q30', 'a name of an object', { documentId: 'constructor' }, unknown, unknown, 'BAD_REQUEST'],
  [
    'Q31',
    'a text to be remembered by its hash',
    {
      query: '{ books { id } }',
      ...persisted('b381363e28b14ed818b3d63f7dbeaf328f60410e148e972b4cc6946a3f66883b'),
    },
    untrusted,
    200,
    200,
  ],
  [
    'Q32',
    'that hash afterwards',
    persisted('b381363e28b14ed818b3d63f7dbeaf328f60410e148e972b4cc6946a3f66883b'),
    unknown,
    200,
    200,
  ],
  [
    'Q33',
    'an id beside another text',
    { documentId: `sha256:${ID}`, query: '{ books { id } }' },
    untrusted,
    200,
    200,
  ],
  ['Q34', 'a text in a query string', 'query=%7B%20books%20%7B%20id%20%7D%20%7D', untrusted, 200, 200],
  [
    'Q35',
    'two texts in a query string',
    `query=${encodeURIComponent(LIST)}&query=%7Bbooks%7Bid%7D%7D`,
    'BAD_REQUEST',
    'BAD_REQUEST',
    'BAD_REQUEST',
  ],
  [
    'Q36',
    'an id and a text in a query string',
    `documentId=sha256:${ID}&query=%7Bbooks%7Bid%7D%7D`,
    untrusted,
    200,
    200,
  ],
  [
    'Q38',
    'a text under another’s hash',
    { query: '{ books { id } }', ...persisted(OTHER) },
    'BAD_REQUEST',
    'BAD_REQUEST',
    'BAD_REQUEST',
  ],
  [
    'Q39',
    'a hash of another version',
    { extensions: { persistedQuery: { version: 2, sha256Hash: ID } } },
    'BAD_REQUEST',
    'BAD_REQUEST',
    'BAD_REQUEST',
  ],
  ['Q40', 'a hash in a list', persisted([ID]), 'BAD_REQUEST', 'BAD_REQUEST', 'BAD_REQUEST'],
  [
    'Q41',
    'a hash that no text can be made of',
    persisted({ toString: 1 }),
    'BAD_REQUEST',
    'BAD_REQUEST',
    'BAD_REQUEST',
  ],
  ['Q37', 'a list of requests', [{ query: '{ books { id } }' }], 'BAD_REQUEST', 'BAD_REQUEST', 'BAD_REQUEST'],
]

function persisted(sha256Hash: unknown) {
  return { extensions: { persistedQuery: { version: 1, sha256Hash } } }
}

function inSearch({ extensions }: { extensions: unknown }): string {
  return `extensions=${encodeURIComponent(JSON.stringify(extensions))}`
}
