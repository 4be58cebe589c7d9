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

/** Bypasses by the shape of the document. */
export const DOCUMENT_BYPASSES: readonly Bypass[] = [
  {
    id: 'scopes/B01',
    title: 'selects a guarded field through its interface',
    schema: NODES,
    documents: [
      { document: '{ n { s } }', denied: ['T.s n.s'] },
      { document: '{ n { ... on N { s } } }', denied: ['T.s n.s'] },
      { document: '{ n { id } }', denied: [] },
    ],
  },
  {
    id: 'scopes/B01t',
    title: 'selects a guarded type through its interface',
    schema: POSTS,
    documents: [
      { document: '{ posts { title } }', denied: ['Draft posts.title'] },
      { document: '{ posts { ... on Open { title } } }', denied: [] },
    ],
  },
  {
    id: 'scopes/B05',
    title: 'fetches a guarded type by global id or as a Federation entity',
    schema: `type Query { node(id: ID): Node @public(reason: "r") _entities(representations: [Int!]!): [_Entity]! @public(reason: "r") }
      interface Node { id: ID } union _Entity = Secret
      type Secret implements Node @requiresScope(scopes: "admin") { id: ID s: Int }`,
    documents: [
      { document: '{ node(id: 1) { id } }', denied: ['Secret node.id'] },
      { document: '{ node(id: 1) { ... on Secret { s } } }', denied: ['Secret node.s'] },
      {
        document: '{ _entities(representations: [1]) { ... on Secret { s } } }',
        denied: ['Secret _entities.s'],
      },
      {
        document: '{ _entities(representations: [1]) { __typename } }',
        denied: ['Secret _entities.__typename'],
      },
    ],
  },
  {
    id: 'scopes/B07',
    title: 'uses names from Object.prototype',
    schema: WRITES,
    documents: [
      { document: '{ __proto__: me }', denied: ['Query.me __proto__'] },
      { document: '{ constructor: me toString: me }', denied: ['Query.me constructor'] },
      {
        document: 'mutation { hasOwnProperty: drop { __proto__: s } }',
        denied: ['Mutation.drop hasOwnProperty', 'T.s hasOwnProperty.__proto__'],
      },
      {
        document: 'query ($__proto__: Boolean!) { me @include(if: $__proto__) }',
        denied: ['Query.me me'],
        variables: JSON.parse('{"__proto__":true}'),
      },
      {
        document: 'query ($constructor: Boolean!) { me @include(if: $constructor) }',
        denied: ['Query.me me'],
      },
    ],
  },
  {
    id: 'scopes/B13',
    title: 'uses a fragment on the abstract type itself',
    schema: POSTS,
    documents: [
      { document: '{ posts { ... on Post { title } } }', denied: ['Draft posts.title'] },
      { document: '{ posts { ...F } } fragment F on Post { x: title }', denied: ['Draft posts.x'] },
    ],
  },
  {
    id: 'scopes/B14',
    title: 'selects __typename of a guarded type',
    schema: POSTS,
    documents: [
      { document: '{ posts { __typename } }', denied: ['Draft posts.__typename'] },
      { document: '{ posts { ... on Draft { __typename } } }', denied: ['Draft posts.__typename'] },
    ],
  },
  {
    id: 'scopes/B15',
    title: 'merges fragments on sibling types under one response key',
    schema: POSTS,
    documents: [
      {
        document: '{ posts { ... on Open { x: title } ... on Draft { x: title } } }',
        denied: ['Draft posts.x'],
      },
      {
        document: '{ posts { ... on Open { title } } posts { ... on Draft { title } } }',
        denied: ['Draft posts.title'],
      },
    ],
  },
  {
    id: 'scopes/B16',
    title: 'selects a denied field beside or below an allowed write',
    schema: WRITES,
    documents: [
      {
        document: 'mutation { create { id } drop { id } }',
        denied: ['Mutation.create create', 'Mutation.drop drop'],
      },
      { document: 'mutation { create { id s } }', denied: ['Mutation.create create', 'T.s create.s'] },
    ],
  },
  {
    id: 'scopes/B17',
    title: 'hides a field behind @skip and @include',
    schema: WRITES,
    documents: [
      { document: 'query ($v: Boolean! = true) { me @include(if: $v) }', denied: ['Query.me me'] },
      {
        document: 'query ($v: Boolean! = true) { ...F @skip(if: $v) ...F } fragment F on Query { me }',
        denied: ['Query.me me'],
      },
      {
        document: 'query ($v: Boolean!) { me @skip(if: $v) me @include(if: $v) }',
        denied: ['Query.me me'],
        variables: { v: true },
      },
      { document: 'query ($v: Boolean! = false) { me @skip(if: $v) }', denied: ['Query.me me'] },
      { document: 'query ($v: Boolean! = false) { __typename me @include(if: $v) }', denied: [] },
    ],
  },
  {
    id: 'scopes/B18e',
    title: 'adds the rule in a type extension',
    schema: 'type Query { x: Int } extend type Query @requiresScope(scopes: "admin")',
    documents: [
      { document: '{ x }', denied: ['Query x'] },
      { document: '{ __typename }', denied: ['Query __typename'] },
    ],
  },
  {
    id: 'scopes/B19',
    title: 'spreads one fragment at two places',
    schema: WRITES,
    documents: [
      {
        document: 'mutation { create { ...F } x: drop { ...F } } fragment F on T { s }',
        denied: ['Mutation.create create', 'Mutation.drop x', 'T.s create.s'],
      },
    ],
  },
  {
    id: 'scopes/B20',
    title: 'starts a subscription',
    schema:
      'type Query { me: Int @requiresScope(scopes: "read") } type Subscription { s: Int @requiresScope(scopes: "read") }',
    documents: [{ document: 'subscription { s }', denied: ['Subscription.s s'] }],
  },
]
