/** Published ways round other systems, each with a schema of its own. The numbers are permanent. */
export type Bypass = {
  readonly id: string
  readonly what: string
  readonly schema: string
  /** Coordinates that the start is refused for. */
  readonly refused?: readonly string[]
  /** What someone without scopes is denied: coordinate and path. */
  readonly asks?: readonly (readonly [
    document: string,
    denied: string,
    variables?: Record<string, unknown>,
  ])[]
}

const NODES = `
  type Query { n: N @public(reason: "r") }
  interface N { id: ID s: Int }
  type T implements N { id: ID @public(reason: "r") s: Int @requiresScope(scopes: "admin") }`
const POSTS = `
  type Query { posts: [Post] @public(reason: "r") me: Int @requiresScope(scopes: "read") }
  interface Post { title: String }
  type Open implements Post @public(reason: "r") { title: String }
  type Draft implements Post @requiresScope(scopes: "admin") { title: String }`
const WRITES = `
  type Query { me: Int @requiresScope(scopes: "read") }
  type Mutation { create: T @requiresScope(scopes: "read") drop: T @requiresScope(scopes: "admin") }
  type T { id: ID s: Int @requiresScope(scopes: "admin") }`
const one = (field: string, more = '') => `type Query { ${field} } ${more}`

export const BYPASSES: readonly Bypass[] = [
  {
    id: 'B01',
    what: 'a guarded implementer behind an interface',
    schema: NODES,
    asks: [
      ['{ n { s } }', 'T.s n.s'],
      ['{ n { ... on N { s } } }', 'T.s n.s'],
      ['{ n { id } }', ''],
    ],
  },
  {
    id: 'B01t',
    what: 'a guarded type behind an interface',
    schema: POSTS,
    asks: [
      ['{ posts { title } }', 'Draft posts.title'],
      ['{ posts { ... on Open { title } } }', ''],
    ],
  },
  {
    id: 'B02',
    what: 'a rule on the interface alone',
    refused: ['T.s'],
    schema:
      'type Query { n: N @requiresScope(scopes: "read") } interface N { s: Int @requiresScope(scopes: "admin") } type T implements N { s: Int }',
  },
  {
    id: 'B02a',
    what: 'a rule on the interface’s argument alone',
    refused: ['T.s(x:)'],
    schema:
      'type Query { n: N @requiresScope(scopes: "read") } interface N { s(x: Int @requiresScope(scopes: "admin")): Int } type T implements N { s(x: Int): Int }',
  },
  {
    id: 'B03',
    what: 'a directive by another name',
    schema: one('x: Int @needsScope(scopes: "admin")'),
    refused: ['Query.x', 'Query.x'],
  },
  {
    id: 'B04',
    what: 'a field that reads a guarded one for its callers',
    refused: ['T.f'],
    schema: `directive @requires(fields: String!) on FIELD_DEFINITION
      type Query { t: T @public(reason: "r") }
      type T { s: Int @requiresScope(scopes: "admin") f: Int @public(reason: "r") @requires(fields: "s") }`,
  },
  {
    id: 'B05',
    what: 'a type by its global id',
    asks: [
      ['{ node(id: 1) { id } }', 'Secret node.id'],
      ['{ node(id: 1) { ... on Secret { s } } }', 'Secret node.s'],
      ['{ _entities(representations: [1]) { ... on Secret { s } } }', 'Secret _entities.s'],
      ['{ _entities(representations: [1]) { __typename } }', 'Secret _entities.__typename'],
    ],
    schema: `type Query { node(id: ID): Node @public(reason: "r") _entities(representations: [Int!]!): [_Entity]! @public(reason: "r") }
      interface Node { id: ID } union _Entity = Secret
      type Secret implements Node @requiresScope(scopes: "admin") { id: ID s: Int }`,
  },
  {
    id: 'B07',
    what: 'names of the prototype',
    schema: WRITES,
    asks: [
      ['{ __proto__: me }', 'Query.me __proto__'],
      ['{ constructor: me toString: me }', 'Query.me constructor'],
      [
        'mutation { hasOwnProperty: drop { __proto__: s } }',
        'Mutation.drop hasOwnProperty, T.s hasOwnProperty.__proto__',
      ],
      [
        'query ($__proto__: Boolean!) { me @include(if: $__proto__) }',
        'Query.me me',
        JSON.parse('{"__proto__":true}'),
      ],
      ['query ($constructor: Boolean!) { me @include(if: $constructor) }', 'Query.me me'],
    ],
  },
  {
    id: 'B10',
    what: 'a flat list',
    schema: one('x: Int @requiresScope(scopes: ["admin", "read"])'),
    refused: ['Query.x'],
  },
  {
    id: 'B11a',
    what: 'no alternative',
    schema: one('x: Int @requiresScope(scopes: [])'),
    refused: ['Query.x'],
  },
  {
    id: 'B11b',
    what: 'an empty alternative',
    schema: one('x: Int @requiresScope(scopes: [[]])'),
    refused: ['Query.x'],
  },
  {
    id: 'B11c',
    what: 'an empty alternative beside another',
    schema: one('x: Int @requiresScope(scopes: [["admin"], []])'),
    refused: ['Query.x'],
  },
  {
    id: 'B11d',
    what: 'an empty scope',
    schema: one('x: Int @requiresScope(scopes: [[""]])'),
    refused: ['Query.x'],
  },
  { id: 'B11e', what: 'null', schema: one('x: Int @requiresScope(scopes: null)'), refused: ['Query.x'] },
  {
    id: 'B13',
    what: 'a fragment on the abstract type itself',
    schema: POSTS,
    asks: [
      ['{ posts { ... on Post { title } } }', 'Draft posts.title'],
      ['{ posts { ...F } } fragment F on Post { x: title }', 'Draft posts.x'],
    ],
  },
  {
    id: 'B14',
    what: '__typename of a guarded object',
    schema: POSTS,
    asks: [
      ['{ posts { __typename } }', 'Draft posts.__typename'],
      ['{ posts { ... on Draft { __typename } } }', 'Draft posts.__typename'],
    ],
  },
  {
    id: 'B15',
    what: 'sibling fragments that share a key',
    schema: POSTS,
    asks: [
      ['{ posts { ... on Open { x: title } ... on Draft { x: title } } }', 'Draft posts.x'],
      ['{ posts { ... on Open { title } } posts { ... on Draft { title } } }', 'Draft posts.title'],
    ],
  },
  {
    id: 'B16',
    what: 'a denied field beside or below a write that is allowed',
    schema: WRITES,
    asks: [
      ['mutation { create { id } drop { id } }', 'Mutation.create create, Mutation.drop drop'],
      ['mutation { create { id s } }', 'Mutation.create create, T.s create.s'],
    ],
  },
  {
    id: 'B17',
    what: '@skip and @include',
    schema: WRITES,
    asks: [
      ['query ($v: Boolean! = true) { me @include(if: $v) }', 'Query.me me'],
      ['query ($v: Boolean! = true) { ...F @skip(if: $v) ...F } fragment F on Query { me }', 'Query.me me'],
      ['query ($v: Boolean!) { me @skip(if: $v) me @include(if: $v) }', 'Query.me me', { v: true }],
      ['query ($v: Boolean! = false) { me @skip(if: $v) }', 'Query.me me'],
      ['query ($v: Boolean! = false) { __typename me @include(if: $v) }', ''],
    ],
  },
  {
    id: 'B18a',
    what: 'a scalar that is only given',
    refused: ['Money'],
    schema: one(
      'x(m: Money): Int @requiresScope(scopes: "read")',
      'scalar Money @requiresScope(scopes: "admin")',
    ),
  },
  {
    id: 'B18b',
    what: 'a type that nothing leads to',
    refused: ['Lost'],
    schema: one(
      'x: Int @requiresScope(scopes: "read")',
      'type Lost @requiresScope(scopes: "admin") { x: Int }',
    ),
  },
  {
    id: 'B18c',
    what: 'an interface',
    refused: ['N'],
    schema: one(
      'n: N @requiresScope(scopes: "read")',
      'interface N @requiresScope(scopes: "admin") { x: Int } type T implements N { x: Int }',
    ),
  },
  {
    id: 'B18d',
    what: 'two rules, one by extension',
    refused: ['Query'],
    schema: one(
      'x: Int',
      'extend type Query @requiresScope(scopes: "read") extend type Query @requiresScope(scopes: "admin")',
    ),
  },
  {
    id: 'B18e',
    what: 'a rule by extension counts',
    schema: one('x: Int', 'extend type Query @requiresScope(scopes: "admin")'),
    asks: [
      ['{ x }', 'Query x'],
      ['{ __typename }', 'Query __typename'],
    ],
  },
  {
    id: 'B18f',
    what: 'a directive’s argument',
    refused: ['@d(x:)'],
    schema: one(
      'x: Int @requiresScope(scopes: "read")',
      'directive @d(x: Int @requiresScope(scopes: "admin")) on FIELD',
    ),
  },
  {
    id: 'B19',
    what: 'one fragment at two places',
    schema: WRITES,
    asks: [
      [
        'mutation { create { ...F } x: drop { ...F } } fragment F on T { s }',
        'Mutation.create create, Mutation.drop x, T.s create.s',
      ],
    ],
  },
  {
    id: 'B20',
    what: 'a subscription',
    asks: [['subscription { s }', 'Subscription.s s']],
    schema:
      'type Query { me: Int @requiresScope(scopes: "read") } type Subscription { s: Int @requiresScope(scopes: "read") }',
  },
]
