import type { DecisionCase } from './decision-schema.ts'

const TWO_PLACES =
  'query ($p: Boolean!, $q: Boolean!, $v: Boolean!) { x: t { id ...F @include(if: $p) } y: t { id ...F @include(if: $q) } } fragment F on T { g @include(if: $v) id }'
const NESTED =
  'query ($v: Boolean!, $w: Boolean!) { ... @include(if: $v) { open ... @include(if: $w) { a } } open }'

/** `@skip` and `@include`. */
export const CONDITION_DECISIONS: readonly DecisionCase[] = [
  { id: 'scopes/C01', document: '{ a @include(if: true) }', denied: ['Query.a a'] },
  { id: 'scopes/C02', document: '{ a @skip(if: false) }', denied: ['Query.a a'] },
  { id: 'scopes/C03', document: '{ open ... @skip(if: true) { a } }', denied: [] },
  { id: 'scopes/C04', document: '{ open ... @include(if: false) { a } }', denied: [] },
  { id: 'scopes/C05', document: '{ ...F @skip(if: true) open } fragment F on Query { a }', denied: [] },
  {
    id: 'scopes/C06',
    document: '{ ...F @skip(if: true) ...F } fragment F on Query { a }',
    denied: ['Query.a a'],
  },
  { id: 'scopes/C07', document: '{ a @skip(if: true) @include(if: true) open }', denied: [] },
  { id: 'scopes/C08', document: '{ a @skip(if: false) @include(if: false) open }', denied: [] },
  { id: 'scopes/C09', document: '{ a @skip(if: false) @include(if: true) }', denied: ['Query.a a'] },
  {
    id: 'scopes/C10',
    document: 'query ($v: Boolean!) { open a @skip(if: $v) @include(if: true) }',
    denied: [],
    variables: { v: true },
  },
  {
    id: 'scopes/C11',
    document: 'query ($v: Boolean!) { open a @skip(if: $v) @include(if: true) }',
    denied: ['Query.a a'],
    variables: { v: false },
  },
  {
    id: 'scopes/C12',
    document: 'query ($v: Boolean!) { open a @skip(if: $v) @include(if: $v) }',
    denied: [],
    variables: { v: true },
  },
  {
    id: 'scopes/C13',
    document: 'query ($v: Boolean!) { open a @skip(if: $v) @include(if: $v) }',
    denied: [],
    variables: { v: false },
  },
  {
    id: 'scopes/C14',
    document: 'query ($v: Boolean!) { a @include(if: $v) b: a @skip(if: $v) }',
    denied: ['Query.a a'],
    variables: { v: true },
  },
  {
    id: 'scopes/C15',
    document: 'query ($v: Boolean!) { a @include(if: $v) b: a @skip(if: $v) }',
    denied: ['Query.a b'],
    variables: { v: false },
  },
  {
    id: 'scopes/C16',
    document: 'query ($v: Boolean = false) { a @include(if: $v) open }',
    denied: ['Query.a a'],
    variables: { v: true },
  },
  {
    id: 'scopes/C17',
    document: 'query ($v: Boolean = true) { a @include(if: $v) open }',
    denied: [],
    variables: { v: false },
  },
  { id: 'scopes/C18', document: 'query ($v: Boolean = false) { a @skip(if: $v) }', denied: ['Query.a a'] },
  {
    id: 'scopes/C19',
    document: 'query ($v: Boolean = true) { a @skip(if: $v) open }',
    denied: ['Query.a a'],
    variables: { v: false },
  },
  {
    id: 'scopes/C20',
    document: 'query ($v: Boolean = true) { a @include(if: $v) open }',
    denied: ['Query.a a'],
    variables: { v: null },
  },
  { id: 'scopes/C21', document: 'query ($v: Boolean!) { a @skip(if: $v) open }', denied: ['Query.a a'] },
  {
    id: 'scopes/C22',
    document: 'query ($v: Boolean!) { ... @include(if: $v) { t { g } } }',
    denied: ['T.g t.g'],
    variables: { v: true },
  },
  { id: 'scopes/C23', document: NESTED, denied: ['Query.a a'], variables: { v: true, w: true } },
  { id: 'scopes/C24', document: NESTED, denied: [], variables: { v: true, w: false } },
  { id: 'scopes/C25', document: NESTED, denied: [], variables: { v: false, w: true } },
  {
    id: 'scopes/C26',
    document: 'query ($v: Boolean!) { x: t { ...F } y: t { id } } fragment F on T { g @include(if: $v) id }',
    denied: ['T.g x.g'],
    variables: { v: true },
  },
  { id: 'scopes/C27', document: TWO_PLACES, denied: ['T.g y.g'], variables: { p: false, q: true, v: true } },
  { id: 'scopes/C28', document: TWO_PLACES, denied: ['T.g x.g'], variables: { p: true, q: true, v: true } },
  { id: 'scopes/C29', document: TWO_PLACES, denied: [], variables: { p: true, q: true, v: false } },
  {
    id: 'scopes/C30',
    document: 'query ($v: Boolean!) { t @skip(if: $v) { g } open }',
    denied: [],
    variables: { v: true },
  },
  {
    id: 'scopes/C31',
    document: 'query ($v: Boolean!) { t @skip(if: $v) { g } open }',
    denied: ['T.g t.g'],
    variables: { v: false },
  },
  {
    id: 'scopes/C32',
    document: 'query ($v: Boolean!) { secret { id @include(if: $v) } }',
    denied: ['Secret secret'],
    variables: { v: false },
  },
  {
    id: 'scopes/C33',
    document: 'query ($v: Boolean!) { u { __typename @include(if: $v) } }',
    denied: [],
    variables: { v: false },
  },
  {
    id: 'scopes/C34',
    document: 'query ($v: Boolean!) { u { __typename @include(if: $v) } }',
    denied: ['Secret u.__typename'],
    variables: { v: true },
  },
  {
    id: 'scopes/C35',
    document: 'query ($v: Boolean!) { n { id ... on T @include(if: $v) { s } } }',
    denied: ['T.s n.s'],
    variables: { v: true },
  },
  {
    id: 'scopes/C36',
    document: 'query ($v: Boolean!) { n { id ... on T @include(if: $v) { s } } }',
    denied: [],
    variables: { v: false },
  },
  {
    id: 'scopes/C37',
    document: 'query ($v: Boolean!) { arg(guarded: 1) @include(if: $v) open }',
    denied: [],
    variables: { v: false },
  },
  {
    id: 'scopes/C38',
    document: 'query ($v: Boolean!) { arg(guarded: 1) @include(if: $v) open }',
    denied: ['Query.arg(guarded:) arg'],
    variables: { v: true },
  },
  {
    id: 'scopes/C39',
    document: 'query ($v: Boolean!, $i: Int) { arg(guarded: $i) @include(if: $v) open }',
    denied: ['Query.arg(guarded:) arg'],
    variables: { v: true, i: 1 },
  },
  {
    id: 'scopes/C40',
    document: 'query ($v: Boolean!, $i: Int) { arg(guarded: $i) @include(if: $v) open }',
    denied: [],
    variables: { v: false, i: 1 },
  },
  {
    id: 'scopes/C41',
    document: 'query ($v: Boolean!, $i: Int) { arg(guarded: $i) @include(if: $v) open }',
    denied: [],
    variables: { v: true },
  },
  {
    id: 'scopes/C42',
    document:
      'query ($v: Boolean!) { x: a @include(if: $v) y: a @include(if: $v) z: a @include(if: $v) open }',
    denied: ['Query.a x'],
    variables: { v: true },
  },
  {
    id: 'scopes/C43',
    document: 'query ($v: Boolean!) { a @include(if: $v) pair @include(if: $v) }',
    denied: ['Query.a a', 'Query.pair pair'],
    variables: { v: true },
  },
  {
    id: 'scopes/C44',
    document: 'mutation ($v: Boolean!) { free write @include(if: $v) { id } }',
    denied: ['Mutation.write write'],
    variables: { v: true },
  },
  {
    id: 'scopes/C45',
    document: 'mutation ($v: Boolean!) { free write @include(if: $v) { id } }',
    denied: [],
    variables: { v: false },
  },
  {
    id: 'scopes/C46',
    document: 'query ($constructor: Boolean!) { open a @include(if: $constructor) }',
    denied: ['Query.a a'],
  },
  {
    id: 'scopes/C47',
    document: 'query ($constructor: Boolean!) { open a @include(if: $constructor) }',
    denied: [],
    variables: { constructor: false },
  },
  {
    id: 'scopes/C48',
    document: 'query ($toString: Boolean = false) { open a @include(if: $toString) }',
    denied: [],
  },
  {
    id: 'scopes/C49',
    document: 'query ($__proto__: Boolean!) { open a @include(if: $__proto__) }',
    denied: [],
    variables: JSON.parse('{"__proto__":false}'),
  },
  {
    id: 'scopes/C50',
    document: 'query ($v: Boolean!) { a x: a @include(if: $v) }',
    denied: ['Query.a a'],
    variables: { v: true },
  },
  {
    id: 'scopes/C52',
    document: 'query ($v: Boolean!, $i: Int) { open a @include(if: $v) arg(guarded: $i) }',
    denied: ['Query.a a', 'Query.arg(guarded:) arg'],
    variables: { v: true, i: 1 },
  },
  { id: 'scopes/C53', document: '{ a @trace(if: false) x: a @trace(if: true) }', denied: ['Query.a a'] },
  {
    id: 'scopes/C51',
    document: 'query ($v: Boolean!) { t { id } ... @include(if: $v) { t { s } x: t { g } } }',
    denied: ['T.g x.g', 'T.s t.s'],
    variables: { v: true },
  },
  {
    id: 'scopes/C54',
    document: 'query ($v: Boolean!) { open a @include(if: $v) }',
    denied: ['Query.a a'],
    variables: {
      get v() {
        return false
      },
    },
  },
  {
    id: 'scopes/C55',
    document: 'query ($v: Boolean = false) { open a @include(if: $v) }',
    denied: ['Query.a a'],
    variables: { v: undefined },
  },
  {
    id: 'scopes/C56',
    document: 'query ($v: Boolean!) { open a @skip(if: $v) }',
    denied: ['Query.a a'],
    variables: { v: Object(true) },
  },
  {
    id: 'scopes/C57',
    document: 'query ($v: Boolean = false) { open a @include(if: $v) }',
    denied: [],
    variables: Object.create({ v: true }),
  },
]
