import type { ExecutorCase } from './executor-case.ts'

const CONDITIONS = ['a', 'b', 'c', 'd', 'e']
const CONDITIONAL_FIELDS = `query (${CONDITIONS.map((name) => `$${name}: Boolean!`).join()}) { ok ${CONDITIONS.map((name) => `${name}: ok @skip(if: $${name})`).join(' ')} }`
const VARIABLE_COMBINATIONS = Array.from({ length: 32 }, (_, bits) =>
  Object.fromEntries(CONDITIONS.map((name, i) => [name, (bits & (1 << i)) > 0])),
)
const INVALID_VARIABLES = Array.from({ length: 60 }, (_, i) => `v${i}`)

/** Documents and variables. */
export const DOCUMENT_CASES: readonly ExecutorCase[] = [
  {
    id: 'executor/X21',
    title: 'response keys named like members of Object.prototype',
    operations: [
      { source: '{ constructor: ok toString: later hasOwnProperty: bad valueOf: ok then: ok toJSON: ok }' },
      { source: '{ __proto__: ok self { ok } }' },
      { source: '{ self { __proto__: self { ok } then: ok } }' },
      { source: 'mutation { constructor: one(n: 1) then: slow(n: 2) toJSON: one(n: 3) }' },
    ],
  },
  {
    id: 'executor/X22',
    title: 'variables named like members of Object.prototype',
    operations: [
      {
        source:
          'query ($constructor: Int, $toString: Int = 4, $__proto__: Int) { a: echo(a: $constructor) b: echo(a: $toString) c: echo(a: $__proto__) }',
      },
      {
        source:
          'query ($constructor: Boolean!, $valueOf: Boolean = false) { ok @skip(if: $constructor) later @include(if: $valueOf) }',
        variables: { constructor: false },
      },
      { source: 'query ($__proto__: Boolean = true) { ok @include(if: $__proto__) later }' },
      {
        source: 'query ($__proto__: Boolean!) { ok @include(if: $__proto__) later }',
        variables: JSON.parse('{"__proto__":true}'),
      },
      { source: 'query ($constructor: Int) { self { word(in: $constructor) } }' },
      { source: 'query ($constructor: String, $other: ID) { word(of: $constructor, id: $other) }' },
      {
        source: 'query ($constructor: String!, $__proto__: ID) { word(of: $constructor, id: $__proto__) }',
        variables: JSON.parse('{"constructor":"c","__proto__":"p"}'),
      },
      { source: 'query ($of: String, $id: ID!) { word(of: $of, id: $id) }', variables: { id: 'i' } },
      {
        source: 'query ($of: String, $id: ID!) { word(of: $of, id: $id) }',
        variables: { of: null, id: 'i' },
      },
      { source: 'query ($of: String, $id: ID!) { word(id: $id, of: $of) }', variables: { of: 'o', id: 'i' } },
      { source: 'query ($of: String, $id: ID!) { word(of: $of, id: $id) }', variables: { of: 1, id: 2 } },
      { source: 'query ($of: String = "d", $id: ID!) { word(of: $of, id: $id) }', variables: { id: '' } },
    ],
  },
  {
    id: 'executor/X23',
    title: 'arguments named like members of Object.prototype',
    operations: [
      { source: '{ echo }' },
      { source: '{ echo(constructor: 1, toString: 2, in: { constructor: 3 }) }' },
      { source: 'query ($in: In) { echo(in: $in) }', variables: { in: { many: { constructor: 1 } } } },
    ],
  },
  {
    id: 'executor/X24',
    title: 'values with a __proto__ key',
    operations: [
      { source: 'query ($in: In) { echo(in: $in) }', variables: { in: JSON.parse('{"__proto__":{"p":1}}') } },
      {
        source: 'query ($m: Money) { money(of: $m) }',
        variables: { m: JSON.parse('{"__proto__":{"p":1},"x":1}') },
      },
      { source: 'query ($a: Int) { echo(a: $a) }', variables: JSON.parse('{"__proto__":{"a":1}}') },
    ],
  },
  {
    id: 'executor/X25',
    title: 'a fragment that is spread twice, once conditionally',
    operations: [
      { source: '{ ...F @include(if: false) ...F } fragment F on Query { ok }' },
      { source: '{ ...F @skip(if: true) self { ...F @include(if: true) } ...F } fragment F on Query { ok }' },
      {
        source:
          'query ($v: Boolean!) { ...F @include(if: $v) self { ...F @skip(if: $v) } } fragment F on Query { ok }',
        variables: { v: true },
      },
      {
        source:
          'query ($v: Boolean!) { ...F @include(if: $v) self { ...F @skip(if: $v) } } fragment F on Query { ok }',
        variables: { v: false },
      },
    ],
  },
  {
    id: 'executor/X26',
    title: 'a response key that is selected in several places',
    operations: [
      {
        source:
          '{ self { ok } ... on Query { self { later } } ...F } fragment F on Query { self { ok bad } last }',
      },
      { source: '{ last ...F ok } fragment F on Query { ok last self { ...G } } fragment G on Query { ok }' },
    ],
  },
  {
    id: 'executor/X27',
    title: 'conditions with defaults, nulls and both directives',
    operations: [{}, { v: null }, { v: true }, { v: false }].flatMap((variables) => [
      { source: 'query ($v: Boolean = true) { ok @include(if: $v) later }', variables },
      {
        source:
          'query ($v: Boolean = false) { ok @skip(if: $v) @include(if: $v) self @skip(if: $v) { ok } ... @include(if: $v) { later } }',
        variables,
      },
    ]),
  },
  {
    id: 'executor/X28',
    title: 'more combinations of conditions than are compiled',
    operations: VARIABLE_COMBINATIONS.map((variables) => ({ source: CONDITIONAL_FIELDS, variables })),
  },
  {
    id: 'executor/X29',
    title: 'invalid variables',
    operations: [
      { source: 'query ($a: Int!) { echo(a: $a) }' },
      { source: 'query ($a: Int!) { echo(a: $a) }', variables: { a: null } },
      {
        source: 'query ($a: Int!, $c: Color, $in: In) { echo(a: $a, color: $c, in: $in) }',
        variables: { a: 1.5, c: 'REED', in: { pp: 1, many: [{ p: 'x' }] } },
      },
      { source: 'query ($a: Int) { echo(must: 1, a: $a) }', variables: { a: 'text' } },
      { source: 'query ($a: Int = 1) { echo(must: $a) }', variables: { a: null } },
    ],
  },
  {
    id: 'executor/X30',
    title: 'more invalid variables than are reported',
    operations: [
      {
        source: `query (${INVALID_VARIABLES.map((name) => `$${name}: Int`).join()}) { ${INVALID_VARIABLES.map((name) => `${name}: echo(a: $${name})`).join(' ')} }`,
        variables: Object.fromEntries(INVALID_VARIABLES.map((name) => [name, 'x'])),
      },
    ],
  },
  {
    id: 'executor/X31',
    title: 'a document with several operations',
    operations: [
      {
        source: 'query A($v: Money) { money(of: $v) } query B($v: Boolean!) { ok @skip(if: $v) }',
        variables: { v: JSON.parse('{"toString":1}') },
      },
      {
        source: 'query A($v: Money) { money(of: $v) ok } query B($v: Boolean!) { ok @skip(if: $v) }',
        variables: { v: ['true'] },
      },
      { source: 'query A { ...F } mutation B { one(n: 1) } fragment F on Query { ok }' },
    ],
  },
  {
    id: 'executor/X32',
    title: 'interfaces, unions and isTypeOf',
    operations: [
      { source: '{ thing { __typename ok ... on Real { r: ok } } ok }' },
      { source: '{ either { __typename } ok }' },
      { source: '{ checked { ok } ok }' },
      { source: '{ ok ... on Either { ... on Query { later } } }' },
    ],
  },
  {
    id: 'executor/X33',
    title: 'introspection',
    operations: [
      {
        source:
          '{ __schema { queryType { name } } __type(name: "In") { inputFields { name defaultValue } } t: __typename self { __typename } }',
      },
    ],
  },
  { id: 'executor/X34', title: 'a subscription', operations: [{ source: 'subscription { ticks }' }] },
  {
    id: 'executor/X35',
    title: 'arguments of properties and methods, with a variable that is nullable',
    operations: [{}, { id: null }, { id: 'x' }].flatMap((variables) => [
      {
        source: 'query ($id: ID = "d") { self { property(id: $id) ok } laterSelf { property(id: $id) } }',
        variables,
      },
      { source: 'query ($id: ID = "d") { self { methodWith(id: $id) ok } property(id: $id) }', variables },
      { source: 'query ($id: ID = "d", $a: Int) { self { methodWith(id: $id, a: $a) } }', variables },
    ]),
  },
  {
    id: 'executor/X36',
    title: 'a resolver that lists the properties of info',
    operations: [{ source: '{ infoKeys }' }],
  },
]
