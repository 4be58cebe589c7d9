import { scopeDirectives } from '../../../src/scopes/index.ts'

/** The types and rules, without the definitions of the directives. */
const TYPES = `
  schema
    @scope(name: "read", description: "d") @scope(name: "admin", description: "d")
    @scope(name: "films", description: "d") @scope(name: "audit", description: "d")
  { query: Query mutation: Mutation }
  type Query {
    version: String @public(reason: "test")
    me: Int @authenticated
    book: Book @requiresScope(scopes: "read")
    items: [Item!] @requiresScope(scopes: "read")
    both: Int @requiresScope(scopes: [["admin", "read"]])
    either: Int @requiresScope(scopes: [["admin", "films"], ["audit"]])
    search(text: String, hidden: Boolean @requiresScope(scopes: "admin"), filter: Filter): Int
      @requiresScope(scopes: "read")
  }
  type Mutation { addBook(title: String!): Book @requiresScope(scopes: "admin") }
  input Filter { text: String sales: Int @requiresScope(scopes: "audit") }
  interface Item { title: String }
  type Book implements Item { title: String sales: Int @requiresScope(scopes: "audit") }
  type Film implements Item @requiresScope(scopes: "films") { title: String }`

export const CODEGEN_SCHEMA = scopeDirectives + TYPES

/** Documents, each the text of a file, and the scopes of the operations in them. */
export type CodegenCase = {
  readonly id: string
  readonly title: string
  readonly documents: readonly string[]
  /** The text of each file; `CODEGEN_SCHEMA` by default. */
  readonly schema?: readonly string[]
  /** By the name of the operation. */
  readonly requiredScopes: Readonly<Record<string, readonly string[]>>
}

export const CODEGEN_CASES: readonly CodegenCase[] = [
  {
    id: 'codegen/G01',
    title: 'in the order of their declarations',
    documents: ['query Both { both }'],
    requiredScopes: { Both: ['read', 'admin'] },
  },
  {
    id: 'codegen/G02',
    title: 'of fragments in other files, nested',
    documents: [
      'query A { book { ...B } }',
      'fragment B on Book { title ...C }',
      'fragment C on Book { sales }',
    ],
    requiredScopes: { A: ['read', 'audit'] },
  },
  {
    id: 'codegen/G03',
    title: 'of each operation of a document by itself',
    documents: ['query A { book { title } } query B { both } mutation C { addBook(title: "t") { title } }'],
    requiredScopes: { A: ['read'], B: ['read', 'admin'], C: ['admin'] },
  },
  {
    id: 'codegen/G04',
    title: 'none, of fields that are public or require a token only',
    documents: ['query A { version } query B { me }'],
    requiredScopes: { A: [], B: [] },
  },
  {
    id: 'codegen/G05',
    title: 'of selections under @skip and @include',
    documents: ['query A($a: Boolean!) { version both @skip(if: $a) book @include(if: $a) { title } }'],
    requiredScopes: { A: ['read', 'admin'] },
  },
  {
    id: 'codegen/G06',
    title: 'of arguments and of input fields in the document',
    documents: ['query A { search(hidden: null) } query B { search(filter: { sales: 1 }) }'],
    requiredScopes: { A: ['read', 'admin'], B: ['read', 'audit'] },
  },
  {
    id: 'codegen/G07',
    title: 'not of input fields in a variable',
    documents: ['query A($filter: Filter) { search(filter: $filter) }'],
    requiredScopes: { A: ['read'] },
  },
  {
    id: 'codegen/G08',
    title: 'of the fewest scopes, where a rule has alternatives',
    documents: [
      'query A { either } query B { either both ... on Query { items { ... on Film { title } } } }',
    ],
    requiredScopes: { A: ['audit'], B: ['read', 'admin', 'films'] },
  },
  {
    id: 'codegen/G09',
    title: 'of every type that an interface can stand for',
    documents: ['query A { items { title } } query B { items { ... on Book { title } __typename } }'],
    requiredScopes: { A: ['read', 'films'], B: ['read', 'films'] },
  },
  {
    id: 'codegen/G10',
    title: 'of a schema that does not define the directives',
    schema: [TYPES],
    documents: ['query A { both book { sales } }'],
    requiredScopes: { A: ['read', 'admin', 'audit'] },
  },
  {
    id: 'codegen/G11',
    title: 'of extensions in other files',
    schema: [
      CODEGEN_SCHEMA,
      'extend type Film { rating: Int @requiresScope(scopes: "admin") }',
      'extend type Query { more: Int @requiresScope(scopes: "audit") }',
    ],
    documents: ['query A { more items { ... on Film { rating } } }'],
    requiredScopes: { A: ['read', 'admin', 'films', 'audit'] },
  },
  {
    id: 'codegen/G12',
    title: 'of the names that @link gives to the directives of Federation',
    schema: [
      `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", { name: "@requiresScopes", as: "@needs" }])
      type Query { book: Book @needs(scopes: [["read"]]) }
      type Book @key(fields: "id") { id: ID! notes: Int @needs(scopes: [["audit", "admin"]]) }`,
    ],
    documents: ['query A { book { id notes } }'],
    requiredScopes: { A: ['admin', 'audit', 'read'] },
  },
  {
    id: 'codegen/G13',
    title: 'also of fields that a client adds to the schema without a rule',
    schema: [CODEGEN_SCHEMA, 'directive @client on FIELD extend type Query { isOpen: Boolean! }'],
    documents: ['query A { isOpen @client book { title } }'],
    requiredScopes: { A: ['read'] },
  },
]

/** A configuration that the preset rejects. */
export type CodegenErrorCase = {
  readonly id: string
  readonly title: string
  readonly schema?: string
  readonly isIntrospected?: boolean
  readonly documents?: string
  readonly folder?: string
  readonly config?: Readonly<Record<string, unknown>>
  readonly message: string
}

export const CODEGEN_ERRORS: readonly CodegenErrorCase[] = [
  {
    id: 'codegen/E01',
    title: 'a schema from introspection',
    isIntrospected: true,
    message: 'The schema has no scope rules, such as @requiresScope. A schema from introspection has no',
  },
  {
    id: 'codegen/E02',
    title: 'a schema without rules',
    schema: `${scopeDirectives} type Query { version: String @public(reason: "test") }`,
    message: 'The schema has no scope rules',
  },
  {
    id: 'codegen/E03',
    title: 'documents of graphql-tag',
    config: { documentMode: 'graphQLTag' },
    message: 'documentMode must be "string", "documentNode" or left out',
  },
  {
    id: 'codegen/E04',
    title: 'documents that are imported from other files',
    config: { documentMode: 'external' },
    message: 'documentMode must be "string", "documentNode" or left out',
  },
  {
    id: 'codegen/E05',
    title: 'a document with an unknown field',
    documents: 'query A { version nothing }',
    message: 'Cannot query field "nothing"',
  },
  {
    id: 'codegen/E06',
    title: 'a document with an unknown field, if the validation is turned off',
    documents: 'query A { version nothing }',
    config: { skipDocumentsValidation: true },
    message: 'Cannot query field "nothing"',
  },
  {
    id: 'codegen/E07',
    title: 'a document with an unknown fragment, if the validation is turned off',
    documents: 'query A { version ...Nothing }',
    config: { skipDocumentsValidation: true },
    message: 'Unknown fragment "Nothing"',
  },
  {
    id: 'codegen/E08',
    title: 'an output that is not a folder, as the client preset does',
    folder: 'gql.ts',
    message: 'target output should be a directory',
  },
]
