/** A document of the job, as codegen's manifest has it, and as the client sends it. */
const LIST =
  'query ListBooks($after: ID, $filter: BookFilter, $first: Int) { books(filter: $filter, first: $first, after: $after) { author cost id numPages title } }'
const SENT = `
    query ListBooks($filter: BookFilter, $first: Int, $after: ID) {
  books(filter: $filter, first: $first, after: $after) {
    id
    title
    author
    cost
    numPages
  }
}
    `
const ID = 'b69ae268de7490cd55e64f306430f5c139965f4f2a123bb5654ee4117896660e'
const OTHER = 'f'.repeat(64)

/** The status 200, or the code of the first error. */
type Expected = 200 | 'UNTRUSTED_DOCUMENT' | 'PERSISTED_QUERY_NOT_FOUND' | 'BAD_REQUEST' | 'LIMIT_EXCEEDED'

export type TrustedDocumentCase = {
  readonly id: string
  readonly title: string
  /** A body to post, or a query string. */
  readonly request: unknown
  /** The result in each mode. */
  readonly only: Expected
  readonly prefer: Expected
  readonly off: Expected
}

const unknown = 'PERSISTED_QUERY_NOT_FOUND'
const untrusted = 'UNTRUSTED_DOCUMENT'

/** Ids are permanent. */
export const TRUSTED_DOCUMENT_CASES: readonly TrustedDocumentCase[] = [
  {
    id: 'trusted-documents/Q01',
    title: 'the manifest’s text',
    request: { query: LIST },
    only: 200,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q02',
    title: 'the text as a typed client sends it',
    request: { query: SENT },
    only: 200,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q03',
    title: 'the text with a comment',
    request: { query: `# ${LIST}\n${LIST}` },
    only: 200,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q04',
    title: 'the document id',
    request: { documentId: `sha256:${ID}` },
    only: 200,
    prefer: 200,
    off: 'BAD_REQUEST',
  },
  {
    id: 'trusted-documents/Q05',
    title: 'Apollo’s hash',
    request: persisted(ID),
    only: 200,
    prefer: 200,
    off: unknown,
  },
  {
    id: 'trusted-documents/Q06',
    title: 'the document id with variables',
    request: { documentId: `sha256:${ID}`, variables: { first: 1 } },
    only: 200,
    prefer: 200,
    off: 'BAD_REQUEST',
  },
  {
    id: 'trusted-documents/Q07',
    title: 'the document id in a query string',
    request: `documentId=sha256:${ID}`,
    only: 200,
    prefer: 200,
    off: 'BAD_REQUEST',
  },
  {
    id: 'trusted-documents/Q08',
    title: 'Apollo’s hash in a query string',
    request: inSearch(persisted(ID)),
    only: 200,
    prefer: 200,
    off: unknown,
  },
  {
    id: 'trusted-documents/Q09',
    title: 'the document id with a page that is too large',
    request: { documentId: `sha256:${ID}`, variables: { first: 99999 } },
    only: 'LIMIT_EXCEEDED',
    prefer: 'LIMIT_EXCEEDED',
    off: 'BAD_REQUEST',
  },
  {
    id: 'trusted-documents/Q20',
    title: 'an additional field',
    request: { query: LIST.replace('title', 'title addedAt') },
    only: untrusted,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q21',
    title: 'a missing field',
    request: { query: LIST.replace(' title', '') },
    only: untrusted,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q22',
    title: 'another argument',
    request: { query: LIST.replace('first: $first, ', '') },
    only: untrusted,
    prefer: 'BAD_REQUEST',
    off: 'BAD_REQUEST',
  },
  {
    id: 'trusted-documents/Q23',
    title: 'an additional operation',
    request: { query: `${LIST} query B { books { id } }`, operationName: 'B' },
    only: untrusted,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q24',
    title: 'another alias',
    request: { query: LIST.replace('title', 't: title') },
    only: untrusted,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q25',
    title: 'another document',
    request: { query: '{ books { id } }' },
    only: untrusted,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q26',
    title: 'introspection',
    request: { query: '{ __schema { queryType { name } } }' },
    only: untrusted,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q27',
    title: 'text that is not a document',
    request: { query: '}{' },
    only: untrusted,
    prefer: 'BAD_REQUEST',
    off: 'BAD_REQUEST',
  },
  {
    id: 'trusted-documents/Q28',
    title: 'an unknown id',
    request: { documentId: `sha256:${OTHER}` },
    only: unknown,
    prefer: unknown,
    off: 'BAD_REQUEST',
  },
  {
    id: 'trusted-documents/Q29',
    title: 'an unknown hash',
    request: persisted(OTHER),
    only: unknown,
    prefer: unknown,
    off: unknown,
  },
  {
    id: 'trusted-documents/Q30',
    title: 'the name of an object property as id',
    request: { documentId: 'constructor' },
    only: unknown,
    prefer: unknown,
    off: 'BAD_REQUEST',
  },
  {
    id: 'trusted-documents/Q31',
    title: 'the registration of a text',
    request: {
      query: '{ books { id } }',
      ...persisted('b381363e28b14ed818b3d63f7dbeaf328f60410e148e972b4cc6946a3f66883b'),
    },
    only: untrusted,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q32',
    title: 'the registered hash',
    request: persisted('b381363e28b14ed818b3d63f7dbeaf328f60410e148e972b4cc6946a3f66883b'),
    only: unknown,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q33',
    title: 'a document id with another text',
    request: { documentId: `sha256:${ID}`, query: '{ books { id } }' },
    only: untrusted,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q34',
    title: 'a text in a query string',
    request: 'query=%7B%20books%20%7B%20id%20%7D%20%7D',
    only: untrusted,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q35',
    title: 'two texts in a query string',
    request: `query=${encodeURIComponent(LIST)}&query=%7Bbooks%7Bid%7D%7D`,
    only: 'BAD_REQUEST',
    prefer: 'BAD_REQUEST',
    off: 'BAD_REQUEST',
  },
  {
    id: 'trusted-documents/Q36',
    title: 'a document id and a text in a query string',
    request: `documentId=sha256:${ID}&query=%7Bbooks%7Bid%7D%7D`,
    only: untrusted,
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q38',
    title: 'a text with the hash of another',
    request: { query: '{ books { id } }', ...persisted(OTHER) },
    only: 'BAD_REQUEST',
    prefer: 'BAD_REQUEST',
    off: 'BAD_REQUEST',
  },
  {
    id: 'trusted-documents/Q39',
    title: 'a hash of an unknown version',
    request: { extensions: { persistedQuery: { version: 2, sha256Hash: ID } } },
    only: 'BAD_REQUEST',
    prefer: 'BAD_REQUEST',
    off: 'BAD_REQUEST',
  },
  {
    id: 'trusted-documents/Q40',
    title: 'a list in place of a hash',
    request: persisted([ID]),
    only: 'BAD_REQUEST',
    prefer: 'BAD_REQUEST',
    off: 'BAD_REQUEST',
  },
  {
    id: 'trusted-documents/Q41',
    title: 'an object in place of a hash',
    request: persisted({ toString: 1 }),
    only: 'BAD_REQUEST',
    prefer: 'BAD_REQUEST',
    off: 'BAD_REQUEST',
  },
  {
    id: 'trusted-documents/Q42',
    title: 'a text over a limit that is not a document',
    request: { query: `{ ${'a '.repeat(120_000)}` },
    only: 'LIMIT_EXCEEDED',
    prefer: 'LIMIT_EXCEEDED',
    off: 'LIMIT_EXCEEDED',
  },
  {
    id: 'trusted-documents/Q43',
    title: 'the manifest’s text after more comments than a document may have lines',
    request: { query: `${'#\n'.repeat(2_001)}${LIST}` },
    only: 'LIMIT_EXCEEDED',
    prefer: 'LIMIT_EXCEEDED',
    off: 'LIMIT_EXCEEDED',
  },
  {
    id: 'trusted-documents/Q44',
    title: 'a text of deep fragments',
    request: { query: `query Q {${'...{'.repeat(600)}__typename${'}'.repeat(601)}` },
    only: 'UNTRUSTED_DOCUMENT',
    prefer: 200,
    off: 200,
  },
  {
    id: 'trusted-documents/Q37',
    title: 'a list of requests',
    request: [{ query: '{ books { id } }' }],
    only: 'BAD_REQUEST',
    prefer: 'BAD_REQUEST',
    off: 'BAD_REQUEST',
  },
]

function persisted(sha256Hash: unknown) {
  return { extensions: { persistedQuery: { version: 1, sha256Hash } } }
}

function inSearch({ extensions }: { extensions: unknown }): string {
  return `extensions=${encodeURIComponent(JSON.stringify(extensions))}`
}
