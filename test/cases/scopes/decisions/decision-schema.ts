/** The definitions of `scopeDirectives`, without descriptions. */
export const SCOPE_DIRECTIVES = `
  directive @requiresScope(scopes: [[Scope!]!]!) on OBJECT | FIELD_DEFINITION | SCALAR | ENUM | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
  directive @authenticated on OBJECT | FIELD_DEFINITION | SCALAR | ENUM | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
  directive @public(reason: String!) on OBJECT | FIELD_DEFINITION
  directive @scope(name: Scope!, description: String!) repeatable on SCHEMA
  scalar Scope
`

/** A schema with every kind of type. `readValidatedRules` would reject it, but decisions must be correct all the same. */
export const DECISION_SCHEMA = `
  directive @trace(if: Boolean) on FIELD
  type Query @public(reason: "test") {
    open: Int
    a: Int @requiresScope(scopes: "a")
    either: Int @requiresScope(scopes: [["a", "b"], ["c"]])
    pair: Int @requiresScope(scopes: [["a", "b"]])
    n: N
    u: U
    t: T
    list: [T!]!
    secret: Secret
    nested: [[Secret!]!]!
    leaf: Money
    money: [Money!]!
    color: Color
    colors: Color!
    base: Base
    mid: Mid
    ab: AB
    one: Lone
    empty: Empty
    wide: Wide
    root: Query
    arg(plain: Int, guarded: Int @requiresScope(scopes: "a")): Int
    f(x: Int @requiresScope(scopes: "a"), y: [Int!] @requiresScope(scopes: "b")): Int
    input(in: In, many: [In!]): Int
    shape(in: Outer): Int
    parcel(p: Parcel): Int
    dflt(in: Outer = { tag: "d" }, n: Int = 1 @requiresScope(scopes: "a")): Int
  }
  interface N { s: Int id: ID n: N }
  type P implements N { s: Int id: ID n: N }
  type T implements N { s: Int @requiresScope(scopes: "b") id: ID n: N g: Int @requiresScope(scopes: "c") }
  type Secret @requiresScope(scopes: "a") { id: ID other: T }
  union U = P | T | Secret
  interface Base { id: ID deep: Base guarded(x: Int @requiresScope(scopes: "c")): Int }
  interface Mid implements Base { id: ID deep: Base guarded(x: Int): Int m: Int @requiresScope(scopes: "b") }
  type A implements Mid & Base { id: ID deep: Base guarded(x: Int): Int m: Int own: Int @requiresScope(scopes: "a") }
  type B implements Base { id: ID deep: Base guarded(x: Int): Int own: Int }
  union AB = A | B
  interface Lone { id: ID }
  type Solo implements Lone @requiresScope(scopes: "b") { id: ID }
  interface Empty { id: ID }
  interface Wide { t: N m: Mid }
  type Narrow implements Wide { t: T m: A }
  scalar Money @requiresScope(scopes: "a")
  enum Color @requiresScope(scopes: "b") { RED }
  input In { plain: Int guarded: Int = 1 @requiresScope(scopes: "c") inner: In list: [In] }
  input Outer {
    plain: Int
    tag: String @requiresScope(scopes: "a")
    inner: In
    list: [In!]
    grid: [[In!]!]
    self: Outer
    scale: Money
  }
  input Parcel { plain: Int in: In }
  type Mutation {
    free: Int
    write: T @requiresScope(scopes: "a")
    put(in: Outer): Int
  }
  type Subscription { ticks: Int @requiresScope(scopes: "a") quiet: Int }
`

/** An operation, and the decision on it for a caller without scopes. Ids are permanent. */
export type DecisionCase = {
  readonly id: string
  readonly document: string
  /** The denials as `coordinate path`, sorted. */
  readonly denied: readonly string[]
  readonly variables?: Readonly<Record<string, unknown>>
}
