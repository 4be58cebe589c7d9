const FEDERATION = 'https://specs.apollo.dev/federation'
const LINK = `
  directive @link(url: String!, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
  scalar link__Import
  enum link__Purpose { SECURITY EXECUTION }
`
const KEY = `scalar federation__FieldSet
  directive @key(fields: federation__FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE`
const TAG =
  'directive @tag(name: String!) repeatable on FIELD_DEFINITION | OBJECT | ARGUMENT_DEFINITION | ENUM_VALUE'
const SHAREABLE = 'directive @shareable repeatable on OBJECT | FIELD_DEFINITION'
const HEADER = `extend schema @link(url: "${FEDERATION}/v2.5", import: `

/** A schema and its SDL as a subgraph. Directives of the package are added, and declarations of the scopes. */
type Subgraph = {
  readonly id: string
  readonly title: string
  readonly sdl: string
  /** White space and the order of definitions do not count. */
  readonly printed: string
  /** Texts in the supergraph. */
  readonly composed: readonly string[]
}
export const SUBGRAPHS: readonly Subgraph[] = [
  {
    id: 'federation/F01',
    title: 'a rule on a field, with its scopes as OR of AND',
    sdl: 'type Query { a: Int @requiresScope(scopes: "read") b: Int @requiresScope(scopes: [["read"], ["admin", "x\\"y"]]) }',
    printed: `${HEADER}["@requiresScopes"])
      type Query { a: Int @requiresScopes(scopes: [["read"]]) b: Int @requiresScopes(scopes: [["read"], ["admin", "x\\"y"]]) }`,
    composed: ['a: Int @requiresScopes(scopes: [["read"]])', 'specs.apollo.dev/requiresScopes/v0.1'],
  },
  {
    id: 'federation/F02',
    title: '@authenticated, also beside a rule, which includes it',
    sdl: 'type Query { a: Int @authenticated b: Int @authenticated @requiresScope(scopes: "read") }',
    printed: `${HEADER}["@authenticated", "@requiresScopes"])
      type Query { a: Int @authenticated b: Int @requiresScopes(scopes: [["read"]]) }`,
    composed: ['a: Int @authenticated', 'b: Int @requiresScopes(scopes: [["read"]])'],
  },
  {
    id: 'federation/F03',
    title: 'rules on objects, scalars and enums',
    sdl: `type Query { a: A } scalar S @requiresScope(scopes: "admin") enum E @authenticated { V }
      type A @requiresScope(scopes: "read") { s: S e: E }`,
    printed: `${HEADER}["@requiresScopes", "@authenticated"])
      type Query { a: A } scalar S @requiresScopes(scopes: [["admin"]]) enum E @authenticated { V }
      type A @requiresScopes(scopes: [["read"]]) { s: S e: E }`,
    composed: ['scalar S @join__type(graph: S0) @requiresScopes(scopes: [["admin"]])', '@authenticated {'],
  },
  {
    id: 'federation/F04',
    title: 'no rules on arguments and input fields, which Federation does not have',
    sdl: `type Query { a(x: Int @requiresScope(scopes: "admin"), i: I): Int @requiresScope(scopes: "read") }
      input I { y: Int = 1 @requiresScope(scopes: "admin") }`,
    printed: `${HEADER}["@requiresScopes"])
      type Query { a(x: Int, i: I): Int @requiresScopes(scopes: [["read"]]) } input I { y: Int = 1 }`,
    composed: ['a(x: Int, i: I): Int @requiresScopes(scopes: [["read"]])'],
  },
  {
    id: 'federation/F05',
    title: 'no rules on the fields of interfaces, which get those of the implementing types',
    sdl: `type Query { a: N @requiresScope(scopes: "read") } interface N { id: ID @requiresScope(scopes: "admin") }
      type A implements N { id: ID @requiresScope(scopes: "admin") }`,
    printed: `${HEADER}["@requiresScopes"])
      type Query { a: N @requiresScopes(scopes: [["read"]]) } interface N { id: ID }
      type A implements N { id: ID @requiresScopes(scopes: [["admin"]]) }`,
    composed: ['interface N @join__type(graph: S0) { id: ID @requiresScopes(scopes: [["admin"]]) }'],
  },
  {
    id: 'federation/F06',
    title: '@public and the declarations of scopes not at all',
    sdl: 'type Query { a: Int @public(reason: "r") b: Int @requiresScope(scopes: "read") }',
    printed: `${HEADER}["@requiresScopes"]) type Query { a: Int b: Int @requiresScopes(scopes: [["read"]]) }`,
    composed: ['a: Int b: Int @requiresScopes'],
  },
  {
    id: 'federation/F07',
    title: 'a schema without rules',
    sdl: 'type Query { a: Int }',
    printed: `extend schema @link(url: "${FEDERATION}/v2.5") type Query { a: Int }`,
    composed: ['a: Int'],
  },
  {
    id: 'federation/F08',
    title: 'an existing link, with its renames',
    sdl: `${LINK} ${KEY} extend schema @link(url: "${FEDERATION}/v2.7", import: ["@key", { name: "@tag", as: "@mark" }, { name: "@requiresScopes", as: "@needs" }])
      directive @mark(name: String!) repeatable on FIELD_DEFINITION
      scalar federation__Scope
      directive @needs(scopes: [[federation__Scope!]!]!) on FIELD_DEFINITION
      directive @federation__shareable repeatable on OBJECT
      type Query { a: A @needs(scopes: [["read"], ["admin"]]) b: Int @requiresScope(scopes: "read") c: Int @authenticated @mark(name: "t") }
      type A @key(fields: "id") @federation__shareable { id: ID! }`,
    printed: `extend schema @link(url: "${FEDERATION}/v2.7", import: ["@key", { name: "@tag", as: "@mark" }, { name: "@requiresScopes", as: "@needs" }, "@authenticated"])
      type Query { a: A @needs(scopes: [["read"], ["admin"]]) b: Int @needs(scopes: [["read"]]) c: Int @mark(name: "t") @authenticated }
      type A @key(fields: "id") @federation__shareable { id: ID! }`,
    composed: [
      'a: A @requiresScopes(scopes: [["read"], ["admin"]]) b: Int @requiresScopes(scopes: [["read"]])',
      'c: Int @tag(name: "t") @authenticated',
    ],
  },
  {
    id: 'federation/F09',
    title: 'a link to an older version, which has no rules, as 2.5',
    sdl: `${LINK} ${SHAREABLE} extend schema @link(url: "${FEDERATION}/v2.0", import: "@shareable")
      type Query { a: Int @shareable @requiresScope(scopes: "read") }`,
    printed: `${HEADER}["@shareable", "@requiresScopes"])
      type Query { a: Int @shareable @requiresScopes(scopes: [["read"]]) }`,
    composed: ['a: Int @requiresScopes(scopes: [["read"]])'],
  },
  {
    id: 'federation/F10',
    title: 'directives of Federation that are used without a link',
    sdl: `${KEY} ${TAG} type Query { a: A @authenticated } type A @key(fields: "id") @key(fields: "b") { id: ID! b: ID! @tag(name: "t") }`,
    printed: `${HEADER}["@key", "@tag", "@authenticated"])
      type Query { a: A @authenticated } type A @key(fields: "id") @key(fields: "b") { id: ID! b: ID! @tag(name: "t") }`,
    composed: [
      '@join__type(graph: S0, key: "id") @join__type(graph: S0, key: "b")',
      'b: ID! @tag(name: "t")',
    ],
  },
  {
    id: 'federation/F11',
    title: 'directives of the schema’s own, with their definitions and the other links',
    sdl: `${LINK}
      directive @composeDirective(name: String!) repeatable on SCHEMA
      directive @acme(of: Acme = { one: "x" }) repeatable on OBJECT | ARGUMENT_DEFINITION
      directive @cost(weight: String!) on FIELD_DEFINITION
      input Acme { one: String @deprecated(reason: "old") }
      extend schema @link(url: "https://example.com/acme/v1.0", import: ["@acme"]) @composeDirective(name: "@acme")
        @link(url: "${FEDERATION}/v2.5", import: ["@composeDirective"])
      "A." type Query @acme(of: { one: "a" }) { "B." a(x: Int @acme): Int @cost(weight: "5") @deprecated(reason: "old") @requiresScope(scopes: "read") }`,
    printed: `extend schema @link(url: "${FEDERATION}/v2.5", import: ["@composeDirective", "@requiresScopes"]) @link(url: "https://example.com/acme/v1.0", import: ["@acme"]) @composeDirective(name: "@acme")
      directive @acme(of: Acme = { one: "x" }) repeatable on OBJECT | ARGUMENT_DEFINITION
      directive @cost(weight: String!) on FIELD_DEFINITION
      input Acme { one: String @deprecated(reason: "old") }
      """A.""" type Query @acme(of: { one: "a" }) { """B.""" a(x: Int @acme): Int @deprecated(reason: "old") @cost(weight: "5") @requiresScopes(scopes: [["read"]]) }`,
    composed: ['@acme(of: {one: "a"})', '@deprecated(reason: "old")'],
  },
  {
    id: 'federation/F12',
    title: 'root types with names of their own',
    sdl: 'schema { query: Q mutation: M } type Q { a: Int @authenticated } type M @requiresScope(scopes: "admin") { b: Int }',
    printed: `${HEADER}["@authenticated", "@requiresScopes"]) schema { query: Q mutation: M }
      type Q { a: Int @authenticated } type M @requiresScopes(scopes: [["admin"]]) { b: Int }`,
    composed: ['type Mutation @join__type(graph: S0) @requiresScopes(scopes: [["admin"]])'],
  },
  {
    id: 'federation/F13',
    title: 'no fields and types for the gateway, which composition adds',
    sdl: `${KEY} scalar _Any union _Entity = A type _Service { sdl: String }
      type Query { _service: _Service! @public(reason: "r") a: A @authenticated
        _entities(representations: [_Any!]!): [_Entity]! @requiresScope(scopes: "read") }
      type A @key(fields: "id") { id: ID! }`,
    printed: `${HEADER}["@key", "@authenticated"]) type Query { a: A @authenticated } type A @key(fields: "id") { id: ID! }`,
    composed: ['a: A @authenticated'],
  },
  {
    id: 'federation/F14',
    title: 'a field that returns the scalar Scope, beside Federation’s own',
    sdl: 'type Query { a: [Scope!] @requiresScope(scopes: "read") }',
    printed: `${HEADER}["@requiresScopes"]) type Query { a: [Scope!] @requiresScopes(scopes: [["read"]]) } scalar Scope`,
    composed: ['scalar Scope', 'scalar requiresScopes__Scope'],
  },
  {
    id: 'federation/F15',
    title: 'a link to the specification of a rule, which Federation’s replaces',
    sdl: `${LINK} scalar S directive @needs(scopes: [[S!]!]!) on FIELD_DEFINITION
      extend schema @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", as: "needs", for: SECURITY)
      type Query { a: Int @needs(scopes: [["read"]]) }`,
    printed: `${HEADER}["@requiresScopes"]) type Query { a: Int @requiresScopes(scopes: [["read"]]) }`,
    composed: ['a: Int @requiresScopes(scopes: [["read"]])'],
  },
]
