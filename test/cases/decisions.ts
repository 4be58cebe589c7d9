export const DIRECTIVES = `
  directive @requiresScope(scopes: [[Scope!]!]!) on OBJECT | FIELD_DEFINITION | SCALAR | ENUM | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
  directive @public(reason: String!) on OBJECT | FIELD_DEFINITION
  directive @scope(name: Scope!, description: String!) repeatable on SCHEMA
  scalar Scope
`

export const SCHEMA = `
  type Query @public(reason: "test") {
    open: Int
    a: Int @requiresScope(scopes: "a")
    either: Int @requiresScope(scopes: [["a", "b"], ["c"]])
    n: N
    u: U
    t: T
    list: [T!]!
    secret: Secret
    leaf: Money
    color: Color
    arg(plain: Int, guarded: Int @requiresScope(scopes: "a")): Int
    input(in: In, many: [In!]): Int
  }
  interface N { s: Int id: ID n: N }
  type P implements N { s: Int id: ID n: N }
  type T implements N { s: Int @requiresScope(scopes: "b") id: ID n: N g: Int @requiresScope(scopes: "c") }
  type Secret @requiresScope(scopes: "a") { id: ID other: T }
  union U = P | T | Secret
  scalar Money @requiresScope(scopes: "a")
  enum Color @requiresScope(scopes: "b") { RED }
  input In { plain: Int guarded: Int = 1 @requiresScope(scopes: "c") inner: In list: [In] }
  type Mutation { write: T @requiresScope(scopes: "a") }
  type Subscription { ticks: Int @requiresScope(scopes: "a") }
`

type Row = readonly [
  id: string,
  source: string,
  denied: readonly string[],
  variables?: Record<string, unknown>,
]

/** What someone without scopes is denied: coordinate and response path. The numbers are permanent. */
export const DECISIONS: readonly Row[] = [
  ['S01', '{ open }', []],
  ['S02', '{ a }', ['Query.a a']],
  ['S03', '{ open x: a }', ['Query.a x']],
  ['S04', '{ x: a y: a }', ['Query.a x']],
  ['S05', '{ t { id } }', []],
  ['S06', '{ list { g } }', ['T.g list.g']],
  ['S07', '{ ...F } fragment F on Query { a }', ['Query.a a']],
  ['S08', '{ ... { ... on Query { a } } }', ['Query.a a']],
  ['S09', '{ a @skip(if: true) }', []],
  ['S10', '{ a @include(if: false) }', []],
  ['S11', '{ a @skip(if: true) a }', ['Query.a a']],
  ['S12', 'query ($v: Boolean!) { a @include(if: $v) }', ['Query.a a'], { v: true }],
  ['S13', 'query ($v: Boolean!) { a @include(if: $v) open }', [], { v: false }],
  ['S14', 'query ($v: Boolean = true) { a @include(if: $v) }', ['Query.a a']],
  ['S15', 'query ($v: Boolean = true) { a @skip(if: $v) open }', []],
  [
    'S16',
    'query ($v: Boolean!, $w: Boolean!) { a @skip(if: $v) @include(if: $w) }',
    ['Query.a a'],
    { v: false, w: true },
  ],
  [
    'S17',
    'query ($v: Boolean!, $w: Boolean!) { open a @skip(if: $v) @include(if: $w) }',
    [],
    { v: true, w: true },
  ],
  [
    'S18',
    'query ($v: Boolean!) { ...F @include(if: $v) open } fragment F on Query { a }',
    ['Query.a a'],
    { v: true },
  ],
  ['S19', 'query ($v: Boolean!) { ... @skip(if: $v) { a } open }', [], { v: true }],
  ['S20', 'query ($v: Boolean!) { a @include(if: $v) }', ['Query.a a'], { v: 'not a boolean' }],
  ['S21', 'query ($v: Boolean!) { a @include(if: $v) }', ['Query.a a']],
  ['S22', 'query One { a } ', ['Query.a a']],
  ['S23', '{ secret { __typename } }', ['Secret secret']],
  ['S24', '{ secret { other { g } } }', ['Secret secret', 'T.g secret.other.g']],
  ['S25', '{ leaf }', ['Money leaf']],
  ['S26', '{ color }', ['Color color']],
  ['S27', '{ arg(plain: 1) }', []],
  ['S28', '{ arg(guarded: 1) }', ['Query.arg(guarded:) arg']],
  ['S29', '{ arg(guarded: null) }', ['Query.arg(guarded:) arg']],
  ['S30', 'query ($v: Int) { arg(guarded: $v) }', []],
  ['S31', 'query ($v: Int) { arg(guarded: $v) }', ['Query.arg(guarded:) arg'], { v: null }],
  ['S32', 'query ($v: Int = 1) { arg(guarded: $v) }', ['Query.arg(guarded:) arg']],
  ['S33', '{ input(in: { plain: 1 }) }', []],
  ['S34', '{ input(in: { inner: { list: [{ guarded: 1 }] } }) }', ['In.guarded input']],
  [
    'S35',
    'query ($v: In) { input(in: $v) }',
    ['In.guarded input'],
    { v: { list: [null, { inner: { guarded: null } }] } },
  ],
  ['S36', 'query ($v: In) { input(in: $v) }', [], { v: { inner: { plain: 1 } } }],
  ['S37', 'query ($v: In) { input(in: { inner: $v }) }', ['In.guarded input'], { v: { guarded: 2 } }],
  ['S38', 'query ($v: [In!]) { input(many: $v) }', ['In.guarded input'], { v: { guarded: 2 } }],
  ['S39', 'query ($v: Int) { input(in: { guarded: $v }) }', ['In.guarded input'], { v: 3 }],
  ['S40', 'mutation { write { id } }', ['Mutation.write write']],
  ['S41', 'mutation { x: write { g } }', ['Mutation.write x', 'T.g x.g']],
  ['S42', 'subscription { ticks }', ['Subscription.ticks ticks']],
  ['S43', '{ __schema { types { name } } }', []],
  ['B01a', '{ n { s } }', ['T.s n.s']],
  ['B01b', '{ u { __typename } }', ['Secret u.__typename']],
  ['B01c', '{ n { ... on P { s } } }', []],
  [
    'B07',
    '{ __proto__: a constructor: t { toString: g } }',
    ['Query.a __proto__', 'T.g constructor.toString'],
  ],
  ['B13', '{ n { ... on N { s } } }', ['T.s n.s']],
  ['B14', '{ secret { id } }', ['Secret secret']],
  ['B15', '{ u { ... on P { s } ... on T { x: s } } }', ['T.s u.x']],
  ['B17', 'query ($v: Boolean = false) { a @include(if: $v) ... @include(if: $v) { a } open }', []],
  ['B19', '{ ...F t { ...G } } fragment F on Query { t { ...G } } fragment G on T { g }', ['T.g t.g']],
]
