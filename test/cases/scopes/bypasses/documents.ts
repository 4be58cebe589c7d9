import type { Bypass } from './bypass.ts'

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

/** Ways round by what a document asks. */
export const DOCUMENT_BYPASSES: readonly Bypass[] = [
  {
    id: 'B01',
    title: 'a guarded implementer behind an interface',
    schema: NODES,
    documents: [
      ['{ n { s } }', 'T.s n.s'],
      ['{ n { ... on N { s } } }', 'T.s n.s'],
      ['{ n { id } }', ''],
    ],
  },
  {
    id: 'B01t',
    title: 'a guarded type behind an interface',
    schema: POSTS,
    documents: [
      ['{ posts { title } }', 'Draft posts.title'],
      ['{ posts { ... on Open { title } } }', ''],
    ],
  },
  {
    id: 'B05',
    title: 'a type by its global id',
    documents: [
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
    title: 'names of the prototype',
    schema: WRITES,
    documents: [
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
    id: 'B13',
    title: 'a fragment on the abstract type itself',
    schema: POSTS,
    documents: [
      ['{ posts { ... on Post { title } } }', 'Draft posts.title'],
      ['{ posts { ...F } } fragment F on Post { x: title }', 'Draft posts.x'],
    ],
  },
  {
    id: 'B14',
    title: '__typename of a guarded object',
    schema: POSTS,
    documents: [
      ['{ posts { __typename } }', 'Draft posts.__typename'],
      ['{ posts { ... on Draft { __typename } } }', 'Draft posts.__typename'],
    ],
  },
  {
    id: 'B15',
    title: 'sibling fragments that share a key',
    schema: POSTS,
    documents: [
      ['{ posts { ... on Open { x: title } ... on Draft { x: title } } }', 'Draft posts.x'],
      ['{ posts { ... on Open { title } } posts { ... on Draft { title } } }', 'Draft posts.title'],
    ],
  },
  {
    id: 'B16',
    title: 'a denied field beside or below a write that is allowed',
    schema: WRITES,
    documents: [
      ['mutation { create { id } drop { id } }', 'Mutation.create create, Mutation.drop drop'],
      ['mutation { create { id s } }', 'Mutation.create create, T.s create.s'],
    ],
  },
  {
    id: 'B17',
    title: '@skip and @include',
    schema: WRITES,
    documents: [
      ['query ($v: Boolean! = true) { me @include(if: $v) }', 'Query.me me'],
      ['query ($v: Boolean! = true) { ...F @skip(if: $v) ...F } fragment F on Query { me }', 'Query.me me'],
      ['query ($v: Boolean!) { me @skip(if: $v) me @include(if: $v) }', 'Query.me me', { v: true }],
      ['query ($v: Boolean! = false) { me @skip(if: $v) }', 'Query.me me'],
      ['query ($v: Boolean! = false) { __typename me @include(if: $v) }', ''],
    ],
  },
  {
    id: 'B18e',
    title: 'a rule by extension counts',
    schema: one('x: Int', 'extend type Query @requiresScope(scopes: "admin")'),
    documents: [
      ['{ x }', 'Query x'],
      ['{ __typename }', 'Query __typename'],
    ],
  },
  {
    id: 'B19',
    title: 'one fragment at two places',
    schema: WRITES,
    documents: [
      [
        'mutation { create { ...F } x: drop { ...F } } fragment F on T { s }',
        'Mutation.create create, Mutation.drop x, T.s create.s',
      ],
    ],
  },
  {
    id: 'B20',
    title: 'a subscription',
    documents: [['subscription { s }', 'Subscription.s s']],
    schema:
      'type Query { me: Int @requiresScope(scopes: "read") } type Subscription { s: Int @requiresScope(scopes: "read") }',
  },
]
