/** A command of the package, run in a folder with these files. */
export type CommandLineCase = {
  readonly id: string
  readonly title: string
  readonly args: readonly string[]
  /** The files besides `schema.graphql`. */
  readonly files?: Readonly<Record<string, string>>
  readonly status: 0 | 1 | 2
  /** The whole output, or a pattern of it; nothing by default. */
  readonly stdout?: string | RegExp
  readonly stderr?: string | RegExp
}

export const SCHEMA = `schema @scope(name: "read", description: "Read books") @scope(name: "admin", description: "Add books") {
  query: Query
}
type Query {
  version: String @public(reason: "It reveals nothing.")
  books: [Book!]! @requiresScope(scopes: "read")
  me: String @authenticated
}
type Book {
  title: String
  addedBy: String @requiresScope(scopes: [["read", "admin"]])
}
`

const UNGUARDED = 'extend type Query {\n  a: Int\n}\n'
const NO_RULE = 'has no rule. Add @requiresScope(scopes: …) to it or to its type, or @public(reason: …).'
const NO_VIOLATIONS = 'No violations.\n'
const NOTE = 'Note: createScopes rejects this schema. Run "graphql-oauth-scopes lint" to see why.\n'
const TABLE = /^Query\.books +read$/m

const LINT: readonly CommandLineCase[] = [
  {
    id: 'scopes-cli/L01',
    title: 'a valid schema',
    args: ['lint', 'schema.graphql'],
    status: 0,
    stdout: NO_VIOLATIONS,
  },
  {
    id: 'scopes-cli/L02',
    title: 'every violation with its file, line and fix',
    args: ['lint', '*.graphql'],
    files: { 'a.graphql': UNGUARDED, 'b.graphql': UNGUARDED.replace('a:', 'b:') },
    status: 1,
    stdout: `a.graphql:2: Query.a ${NO_RULE}\nb.graphql:2: Query.b ${NO_RULE}\n\nViolations: 2\n`,
  },
  {
    id: 'scopes-cli/L03',
    title: 'the violations of strict mode',
    args: ['lint', '--strict', 'schema.graphql'],
    status: 1,
    stdout: /^schema\.graphql:10: Book\.title has no rule\. .*\n\nViolations: 1\n$/,
  },
  {
    id: 'scopes-cli/L04',
    title: 'a schema that is valid in strict mode only',
    args: ['lint', '*.graphql'],
    files: { 'a.graphql': 'extend type Book @public(reason: "r")' },
    status: 1,
    stdout:
      /^a\.graphql:1: Book is @public without effect: .*\n\nViolations: 1\nWith --strict, the schema has none\.\n$/,
  },
  {
    id: 'scopes-cli/L05',
    title: 'the syntax errors of all files',
    args: ['lint', 'a.graphql', 'b.graphql'],
    files: { 'a.graphql': '\ntype {', 'b.graphql': 'tipe Query' },
    status: 1,
    stdout: /^a\.graphql:2: schema is not valid .*: Syntax Error: .*\nb\.graphql:1: .*\n\nViolations: 2\n$/,
  },
  {
    id: 'scopes-cli/L06',
    title: 'invalid SDL',
    args: ['lint', '*.graphql'],
    files: { 'a.graphql': 'extend type Query {\n  a: Strin @x\n}' },
    status: 1,
    stdout:
      /^a\.graphql:2: Query\.a is not valid GraphQL: Unknown type "Strin"\. Did you mean "String"\?\na\.graphql:2: Query\.a is not valid GraphQL: Unknown directive "@x"\.\n/,
  },
  {
    id: 'scopes-cli/L07',
    title: 'a violation without a line',
    args: ['lint', 'empty.graphql'],
    files: { 'empty.graphql': '' },
    status: 1,
    stdout: 'schema is not valid GraphQL: Query root type must be provided.\n\nViolations: 1\n',
  },
  {
    id: 'scopes-cli/L08',
    title: 'files that are empty or contain comments only, beside others',
    args: ['lint', 'schema.graphql', 'empty.graphql', 'comment.graphql'],
    files: { 'empty.graphql': '', 'comment.graphql': '# nothing' },
    status: 0,
    stdout: NO_VIOLATIONS,
  },
  {
    id: 'scopes-cli/L14',
    title: 'operations beside the schema',
    args: ['lint', '*.graphql'],
    files: { 'a.graphql': 'query A($x: Int!) { a(x: $x) { ...F } } fragment F on Unknown { b @c }' },
    status: 0,
    stdout: NO_VIOLATIONS,
  },
  {
    id: 'scopes-cli/L09',
    title: 'a byte order mark and CRLF',
    args: ['lint', 'schema.graphql', 'a.graphql'],
    files: { 'a.graphql': `\uFEFF${UNGUARDED.replaceAll('\n', '\r\n')}` },
    status: 1,
    stdout: /^a\.graphql:2: Query\.a has no rule\./,
  },
  {
    id: 'scopes-cli/L10',
    title: 'a binary file',
    args: ['lint', 'a.graphql'],
    files: { 'a.graphql': '\0\u0001\u0002' },
    status: 1,
    stdout: /^a\.graphql:1: schema is not valid GraphQL: Syntax Error: /,
  },
  {
    id: 'scopes-cli/L11',
    title: 'a file that is nested too deeply',
    args: ['lint', 'a.graphql'],
    files: { 'a.graphql': `type Query { a: ${'['.repeat(50_000)}` },
    status: 2,
    stderr: 'The schema or the operation is nested too deeply.\n',
  },
  {
    id: 'scopes-cli/L12',
    title: 'more errors than it lists',
    args: ['lint', 'a.graphql'],
    files: {
      'a.graphql': `type Query { ${Array.from({ length: 5_000 }, (_, i) => `a${i}: B${i}`).join(' ')} }`,
    },
    status: 1,
    stdout:
      /\nschema is not valid GraphQL: Too many errors\. The first 100 are listed\.\n\nViolations: 101\n$/,
  },
  {
    id: 'scopes-cli/L13',
    title: 'definitions of the directives in the files',
    args: ['lint', 'schema.graphql', 'a.graphql'],
    files: {
      'a.graphql': 'directive @requiresScope(scopes: [String!]!) on FIELD_DEFINITION\nscalar Scope',
    },
    status: 1,
    stdout: /^a\.graphql:1: @requiresScope is declared with another type\. /,
  },
]

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9"'
const SCOPES = 'extend schema @scope(name: "read", description: "d")'

const FEDERATION: readonly CommandLineCase[] = [
  {
    id: 'scopes-cli/F01',
    title: 'a subgraph: undefined directives and scalars, other names, a root type that is only extended',
    args: ['table', 'a.graphql'],
    files: {
      'a.graphql': `${LINK}, import: ["@key", "FieldSet", { name: "@requiresScopes", as: "@needs" }, "@authenticated"])
        ${SCOPES}
        directive @own(fields: FieldSet) on OBJECT
        type Book @key(fields: "id") @own {
          id: ID @public(reason: "r") title: String @needs(scopes: [["read"]]) x: Int @federation__inaccessible @authenticated
        }
        extend type Query { book: Book @needs(scopes: [["read"]]) }`,
    },
    status: 0,
    stdout: 'Book.title  read\nBook.x      an access token\nQuery.book  read\n',
  },
  {
    id: 'scopes-cli/F02',
    title: 'a subgraph of Federation 1',
    args: ['lint', 'a.graphql'],
    files: {
      'a.graphql': `${SCOPES} extend type User @key(fields: "id") @requiresScope(scopes: "read") { id: ID! @external }`,
    },
    status: 0,
    stdout: NO_VIOLATIONS,
  },
  {
    id: 'scopes-cli/F03',
    title: 'entities, which need a rule although no field returns them',
    args: ['lint', 'a.graphql'],
    files: {
      'a.graphql': `${LINK}, import: ["@key"])
        type User @key(fields: "id") { id: ID! }
        type Stub @key(fields: "id", resolvable: false) { id: ID! }`,
    },
    status: 1,
    stdout: `a.graphql:2: User.id ${NO_RULE}\n\nViolations: 1\n`,
  },
  {
    id: 'scopes-cli/F04',
    title: 'entities below a query type with a rule',
    args: ['lint', 'a.graphql'],
    files: {
      'a.graphql': `${LINK}, as: "fed") ${SCOPES}
        schema { query: Root }
        type Root @fed__requiresScopes(scopes: "read") { user: User }
        type User @fed__key(fields: "id") { id: ID! }`,
    },
    status: 0,
    stdout: NO_VIOLATIONS,
  },
  {
    id: 'scopes-cli/F04a',
    title: 'a rule of _entities, whose union the gateway defines',
    args: ['lint', 'a.graphql'],
    files: {
      'a.graphql': `${LINK}, import: ["@key", "@requiresScopes"]) ${SCOPES}
        type Query { user: User @requiresScopes(scopes: [["read"]]) }
        extend type Query { _entities(representations: [_Any!]!): [_Entity]! @requiresScopes(scopes: [["read"]]) }
        type User @key(fields: "id") { id: ID! }`,
    },
    status: 0,
    stdout: NO_VIOLATIONS,
  },
  {
    id: 'scopes-cli/F05',
    title: 'an operation of the gateway',
    args: [
      'explain',
      'a.graphql',
      '--query',
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id } } }',
    ],
    files: {
      'a.graphql': `${LINK}, import: ["@key", "@requiresScopes"]) ${SCOPES}
        type User @key(fields: "id") @requiresScopes(scopes: [["read"]]) { id: ID! }
        type Book @key(fields: "id") { id: ID! @public(reason: "r") }`,
    },
    status: 1,
    stdout: /^missing +_entities\.id +User requires read$/m,
  },
  {
    id: 'scopes-cli/F06',
    title: 'a type Scope of the API',
    args: ['table', 'a.graphql'],
    files: {
      'a.graphql': `${LINK}, import: ["@requiresScopes"])
        type Query { scope: Scope @requiresScopes(scopes: [["read"]]) } type Scope { id: ID }`,
    },
    status: 0,
    stdout: 'Query.scope  read\n',
    stderr: NOTE,
  },
  {
    id: 'scopes-cli/F07',
    title: 'a directive of Federation without a link, which would lose the rule',
    args: ['table', 'a.graphql'],
    files: { 'a.graphql': 'type Query { a: Int @requiresScopes(scopes: [["read"]]) }' },
    status: 1,
    stderr: /^Invalid schema:\n {2}Query\.a \(a\.graphql:1\): .*Unknown directive "@requiresScopes"\.\n$/,
  },
  {
    id: 'scopes-cli/F09',
    title: 'a subgraph of two files with the same link',
    args: ['lint', 'a.graphql', 'b.graphql'],
    files: {
      'a.graphql': `${LINK}, import: ["@key"]) ${SCOPES}
        type Book @key(fields: "id") @requiresScope(scopes: "read") { id: ID }`,
      'b.graphql': `${LINK}, import: ["@key"]) extend type Book @key(fields: "isbn") { isbn: ID }`,
    },
    status: 0,
    stdout: NO_VIOLATIONS,
  },
  {
    id: 'scopes-cli/F08',
    title: 'an extension of an unknown type without a link',
    args: ['lint', '*.graphql'],
    files: { 'a.graphql': 'extend type Boook { a: Int }' },
    status: 1,
    stdout:
      /^a\.graphql:1: Boook is not valid GraphQL: Cannot extend type "Boook" because it is not defined\./,
  },
]

const TABLES: readonly CommandLineCase[] = [
  {
    id: 'scopes-cli/T01',
    title: 'the rules, and the non-null fields among them',
    args: ['table', 'schema.graphql'],
    status: 0,
    stdout: `Query.books   read
Query.me      an access token
Book.addedBy  read and admin

Note: these fields are non-null, so that denying one makes its object null in lenient handling: Query.books.
`,
  },
  {
    id: 'scopes-cli/T02',
    title: 'JSON',
    args: ['table', '--json', 'schema.graphql'],
    status: 0,
    stdout: `${JSON.stringify(
      [
        { coordinate: 'Query.books', scopes: [['read']] },
        { coordinate: 'Query.me', scopes: [[]] },
        { coordinate: 'Book.addedBy', scopes: [['read', 'admin']] },
      ],
      null,
      2,
    )}\n`,
  },
  {
    id: 'scopes-cli/T03',
    title: 'a schema without rules',
    args: ['table', 'a.graphql'],
    files: { 'a.graphql': 'type Query { a: Int @public(reason: "r") }' },
    status: 0,
    stdout: 'The schema has no rules.\n',
  },
  {
    id: 'scopes-cli/T04',
    title: 'a schema that createScopes rejects, with a note',
    args: ['table', 'a.graphql'],
    files: { 'a.graphql': 'type Query { a: Int @requiresScope(scopes: "x") }' },
    status: 0,
    stdout: 'Query.a  x\n',
    stderr: NOTE,
  },
  {
    id: 'scopes-cli/T05',
    title: 'control characters in a scope as in JSON',
    args: ['table', 'a.graphql'],
    files: { 'a.graphql': String.raw`type Query { a: Int @requiresScope(scopes: "\u001b[31m\n::error::") }` },
    status: 0,
    stdout: `${String.raw`Query.a  \u001b[31m\u000a::error::`}\n`,
    stderr: NOTE,
  },
  {
    id: 'scopes-cli/T06',
    title: 'the names of an object’s prototype',
    args: ['table', 'a.graphql'],
    files: {
      'a.graphql': `type Query { constructor: toString @requiresScope(scopes: "__proto__") }
        type toString { hasOwnProperty(valueOf: Int @requiresScope(scopes: "constructor")): Int }`,
    },
    status: 0,
    stdout: 'Query.constructor                  __proto__\ntoString.hasOwnProperty(valueOf:)  constructor\n',
    stderr: NOTE,
  },
]

const FILES: readonly CommandLineCase[] = [
  {
    id: 'scopes-cli/P01',
    title: '** in folders of any depth, without node_modules, hidden folders and circular links',
    args: ['table', '**/*.graphql'],
    files: {
      'x/y/a.graphql': 'extend type Query { a: Int @requiresScope(scopes: "read") }',
      'x/.hidden/b.graphql': 'not a schema',
      'x/node_modules/c.graphql': 'not a schema',
    },
    status: 0,
    stdout: /^Query\.a +read$/m,
  },
  {
    id: 'scopes-cli/P02',
    title: 'braces, ? and * in folders and names',
    args: ['table', 's{ch,k}ema.graphql', '{x,y}*/?.{graphql,gql}'],
    files: { 'xx/a.gql': 'extend type Query { a: Int @requiresScope(scopes: "read") }', 'xx/bb.gql': '{' },
    status: 0,
    stdout: /^Query\.a +read$/m,
  },
  {
    id: 'scopes-cli/P10',
    title: '* for a folder, without node_modules and hidden folders',
    args: ['table', 'schema.graphql', '*/*.graphql'],
    files: {
      'x/a.graphql': 'extend type Query { a: Int @requiresScope(scopes: "read") }',
      '.hidden/b.graphql': 'not a schema',
      'node_modules/c.graphql': 'not a schema',
    },
    status: 0,
    stdout: /^Query\.a +read$/m,
  },
  {
    id: 'scopes-cli/P03',
    title: 'a path that exists, with the characters of patterns',
    args: ['table', 'a*[b]{c,d}?.graphql'],
    files: { 'a*[b]{c,d}?.graphql': SCHEMA, 'ab[b]cx.graphql': 'not a schema' },
    status: 0,
    stdout: TABLE,
  },
  {
    id: 'scopes-cli/P04',
    title: 'a file that two patterns match',
    args: ['table', 'schema.graphql', './schema.graphql', '*.graphql'],
    status: 0,
    stdout: TABLE,
  },
  {
    id: 'scopes-cli/P05',
    title: 'a pattern without a match',
    args: ['lint', 'missing/**/*.graphql'],
    status: 2,
    stderr: 'No file matches missing/**/*.graphql.\n',
  },
  {
    id: 'scopes-cli/P06',
    title: 'a missing file',
    args: ['lint', 'schema.graphql', 'missing.graphql'],
    status: 2,
    stderr: 'missing.graphql cannot be read: no such file or directory.\n',
  },
  {
    id: 'scopes-cli/P07',
    title: 'a folder in place of a file',
    args: ['lint', 'x'],
    files: { 'x/a.graphql': '' },
    status: 2,
    stderr: "x is a folder. Name its files, for example 'x/**/*.graphql'.\n",
  },
  {
    id: 'scopes-cli/P08',
    title: 'a symbolic link to itself',
    args: ['lint', 'circle'],
    status: 2,
    stderr: 'circle cannot be read: too many symbolic links encountered.\n',
  },
  {
    id: 'scopes-cli/P09',
    title: 'a pattern that matches a folder and a symbolic link to itself only',
    args: ['lint', '{x,c}*'],
    files: { 'x/a.graphql': '' },
    status: 2,
    stderr: 'No file matches {x,c}*.\n',
  },
]

const BOOKS = '{ books { title addedBy } }'
const TWO = 'query A { version } query B { books { title } }'
const explain = (...args: readonly string[]) => ['explain', 'schema.graphql', ...args]

const EXPLANATIONS: readonly CommandLineCase[] = [
  {
    id: 'scopes-cli/E01',
    title: 'a denied operation',
    args: explain('--query', BOOKS, '--scopes', 'read'),
    status: 1,
    stdout: `Denied before execution.
ok       books          Query.books requires read
missing  books.addedBy  Book.addedBy requires read and admin
Scopes for the whole operation: read admin
`,
  },
  {
    id: 'scopes-cli/E02',
    title: 'an allowed operation, with scopes separated by commas and spaces',
    args: explain('--query', BOOKS, '--scopes', ' read,  admin '),
    status: 0,
    stdout: /^Allowed\.\nok +books +Query\.books requires read\n/,
  },
  {
    id: 'scopes-cli/E03',
    title: 'a request without a token',
    args: explain('--query', '{ me }'),
    status: 1,
    stdout:
      /^missing +me +Query\.me requires an access token\nScopes for the whole operation: none, only an access token\nNo scopes were given\. .*$/m,
  },
  {
    id: 'scopes-cli/E04',
    title: 'a token without scopes',
    args: explain('--query', '{ me }', '--scopes', ''),
    status: 0,
    stdout: /^Allowed\.$/m,
  },
  {
    id: 'scopes-cli/E05',
    title: 'variables',
    args: explain(
      ...['--query', 'query ($all: Boolean!) { version books @include(if: $all) { title } }'],
      ...['--variables', '{ "all": false, "__proto__": 1 }'],
    ),
    status: 0,
    stdout: 'Allowed.\n',
  },
  {
    id: 'scopes-cli/E06',
    title: 'invalid variables',
    args: explain('--query', BOOKS, '--variables', '[1'),
    status: 2,
    stderr: `--variables must be a JSON object, for example '{"id": 1}'.\n`,
  },
  {
    id: 'scopes-cli/E07',
    title: 'a document with two operations',
    args: explain('--query', TWO),
    status: 2,
    stderr: 'The document must have one operation, or the name of one must be given.\n',
  },
  {
    id: 'scopes-cli/E08',
    title: 'one operation of two',
    args: explain('--query', TWO, '--operation', 'B'),
    status: 1,
    stdout: /Query\.books requires read/,
  },
  {
    id: 'scopes-cli/E09',
    title: 'an operation that the document does not have',
    args: explain('--query', TWO, '--operation', 'constructor'),
    status: 2,
    stderr: 'The document has no operation named "constructor".\n',
  },
  {
    id: 'scopes-cli/E10',
    title: 'a document in a file',
    args: explain('--document', 'query.graphql', '--scopes', 'read'),
    files: { 'query.graphql': BOOKS },
    status: 1,
    stdout: /^missing +books\.addedBy /m,
  },
  {
    id: 'scopes-cli/E11',
    title: 'an invalid document in a file, with its line',
    args: explain('--document', 'query.graphql'),
    files: { 'query.graphql': '{\n  bookz\n}' },
    status: 2,
    stderr: /^query\.graphql:2: Cannot query field "bookz" on type "Query"\./,
  },
  {
    id: 'scopes-cli/E12',
    title: 'a syntax error in the query',
    args: explain('--query', '{ books'),
    status: 2,
    stderr: 'Syntax Error: Expected Name, found <EOF>.\n',
  },
  {
    id: 'scopes-cli/E13',
    title: 'no operation',
    args: explain(),
    status: 2,
    stderr: 'Give the operation with either --query or --document.\n',
  },
  {
    id: 'scopes-cli/E14',
    title: 'both a query and a document',
    args: explain('--query', BOOKS, '--document', 'query.graphql'),
    status: 2,
    stderr: 'Give the operation with either --query or --document.\n',
  },
]

const diff = (...args: readonly string[]) => ['diff', 'schema.graphql', '--old', 'old.graphql', ...args]
const old = (from: string, to: string) => ({ 'old.graphql': SCHEMA.replace(from, to) })
const WITHOUT_TITLE = old('  title: String\n', '')

const DIFFS: readonly CommandLineCase[] = [
  {
    id: 'scopes-cli/D01',
    title: 'no change',
    args: diff(),
    files: old('', ''),
    status: 0,
    stdout: 'No rule is weaker or stronger.\n',
  },
  {
    id: 'scopes-cli/D02',
    title: 'a weaker rule',
    args: diff(),
    files: old('@requiresScope(scopes: "read")', '@requiresScope(scopes: "admin")'),
    status: 1,
    stdout: /^weaker +Query\.books +required admin, now read$/m,
  },
  {
    id: 'scopes-cli/D03',
    title: 'a stronger rule',
    args: diff(),
    files: old('@authenticated', '@public(reason: "r")'),
    status: 0,
    stdout: 'stronger  Query.me  required no scope, now an access token\n',
  },
  {
    id: 'scopes-cli/D04',
    title: 'a new field that inherits its rule',
    args: diff(),
    files: WITHOUT_TITLE,
    status: 1,
    stdout:
      'inherited  Book.title  requires read\nAdd @requiresScope or @public to the inherited fields, or use --allow-inherited.\n',
  },
  {
    id: 'scopes-cli/D05',
    title: 'a new field that may inherit its rule',
    args: diff('--allow-inherited'),
    files: WITHOUT_TITLE,
    status: 0,
    stdout: 'inherited  Book.title  requires read\n',
  },
  {
    id: 'scopes-cli/D06',
    title: 'several old files',
    args: ['diff', 'schema.graphql', '--old', 'old/*.graphql', '--old', 'old.gql'],
    files: {
      'old/a.graphql': SCHEMA,
      'old.gql': 'extend type Query { gone: Int @requiresScope(scopes: "read") }',
    },
    status: 0,
    stdout: 'No rule is weaker or stronger.\n',
  },
  {
    id: 'scopes-cli/D07',
    title: 'an old schema that is not valid',
    args: diff(),
    files: { 'old.graphql': 'type Query {\n  a: Strin\n}' },
    status: 2,
    stderr: /^Invalid schema:\n {2}Query\.a \(old\.graphql:2\): is not valid GraphQL: Unknown type "Strin"/,
  },
  {
    id: 'scopes-cli/D08',
    title: 'a new schema that is not valid',
    args: ['diff', 'a.graphql', '--old', 'schema.graphql'],
    files: { 'a.graphql': 'type Query {' },
    status: 1,
    stderr: /^Invalid schema:\n {2}schema \(a\.graphql:1\): is not valid GraphQL: Syntax Error/,
  },
  {
    id: 'scopes-cli/D09',
    title: 'no old schema',
    args: ['diff', 'schema.graphql'],
    status: 2,
    stderr: 'Name the old schema with --old FILE.\n',
  },
  {
    id: 'scopes-cli/D10',
    title: 'an argument with a new default and a new argument',
    args: ['diff', 'a.graphql', '--old', 'old.graphql'],
    files: {
      'a.graphql': 'type Query { a(b: Int = 2 @authenticated, c: Int): Int @public(reason: "r") }',
      'old.graphql': 'type Query { a(b: Int = 1 @authenticated): Int @public(reason: "r") }',
    },
    status: 1,
    stdout:
      'weaker  Query.a(b:) = 2  required an access token, now no scope\nnew     Query.a(c:)      requires no scope\n',
  },
]

const USAGE: readonly CommandLineCase[] = [
  {
    id: 'scopes-cli/U01',
    title: 'no command',
    args: [],
    status: 2,
    stderr: /^Name a command\.\n\nUsage: graphql-oauth-scopes <command> /,
  },
  {
    id: 'scopes-cli/U02',
    title: 'an unknown command',
    args: ['constructor', 'schema.graphql'],
    status: 2,
    stderr: /^Unknown command "constructor"\.\n\nUsage: /,
  },
  {
    id: 'scopes-cli/U03',
    title: 'an unknown option',
    args: ['lint', '--json', 'schema.graphql'],
    status: 2,
    stderr: /^Unknown option '--json'.*\nRun "graphql-oauth-scopes lint --help" to see its usage\.\n$/,
  },
  {
    id: 'scopes-cli/U04',
    title: 'an option without its value',
    args: explain('--query'),
    status: 2,
    stderr: /^Option '--query <value>' argument missing\nRun /,
  },
  {
    id: 'scopes-cli/U05',
    title: 'no files',
    args: ['table'],
    status: 2,
    stderr: "Name the files of the schema, for example 'schema/**/*.graphql'.\n",
  },
  {
    id: 'scopes-cli/U06',
    title: 'help',
    args: ['--help'],
    status: 0,
    stdout:
      /^Usage: [\s\S]*\n {2}lint .*\n {2}table .*\n {2}explain .*\n {2}diff [\s\S]*\nExit status: .*\n$/,
  },
  ...['lint', 'table', 'explain', 'diff'].map((command, i) => ({
    id: `scopes-cli/H0${i + 1}`,
    title: `the help of ${command}`,
    args: [command, '-h'],
    status: 0 as const,
    stdout: new RegExp(
      `^Usage: graphql-oauth-scopes ${command} FILES\\.\\.\\. [\\s\\S]*\n  -h, --help +prints this help\n$`,
    ),
  })),
]

export const COMMAND_LINE_CASES: readonly CommandLineCase[] = [
  ...LINT,
  ...FEDERATION,
  ...TABLES,
  ...FILES,
  ...EXPLANATIONS,
  ...DIFFS,
  ...USAGE,
]
