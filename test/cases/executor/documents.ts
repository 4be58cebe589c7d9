import type { ExecutorCase } from './executor-case.ts'

const five = ['a', 'b', 'c', 'd', 'e']
const conditions = `query (${five.map((name) => `$${name}: Boolean!`).join()}) { ok ${five.map((name) => `${name}: ok @skip(if: $${name})`).join(' ')} }`
const combinations = Array.from({ length: 32 }, (_, bits) =>
  Object.fromEntries(five.map((name, i) => [name, (bits & (1 << i)) > 0])),
)
const wrong = Array.from({ length: 60 }, (_, i) => `v${i}`)

/** What a document asks, and what is sent with it. */
export const DOCUMENT_CASES: readonly ExecutorCase[] = [
  {
    id: 'X21',
    title: 'keys that JavaScript knows',
    operations: [
      ['{ constructor: ok toString: later hasOwnProperty: bad valueOf: ok then: ok toJSON: ok }'],
      ['{ __proto__: ok self { ok } }'],
      ['{ self { __proto__: self { ok } then: ok } }'],
      ['mutation { constructor: one(n: 1) then: slow(n: 2) toJSON: one(n: 3) }'],
    ],
  },
  {
    id: 'X22',
    title: 'variables that JavaScript knows',
    operations: [
      [
        'query ($constructor: Int, $toString: Int = 4, $__proto__: Int) { a: echo(a: $constructor) b: echo(a: $toString) c: echo(a: $__proto__) }',
      ],
      [
        'query ($constructor: Boolean!, $valueOf: Boolean = false) { ok @skip(if: $constructor) later @include(if: $valueOf) }',
        { constructor: false },
      ],
      ['query ($__proto__: Boolean = true) { ok @include(if: $__proto__) later }'],
      [
        'query ($__proto__: Boolean!) { ok @include(if: $__proto__) later }',
        JSON.parse('{"__proto__":true}'),
      ],
      ['query ($constructor: Int) { self { word(in: $constructor) } }'],
      ['query ($constructor: String, $other: ID) { word(of: $constructor, id: $other) }'],
      [
        'query ($constructor: String!, $__proto__: ID) { word(of: $constructor, id: $__proto__) }',
        JSON.parse('{"constructor":"c","__proto__":"p"}'),
      ],
      ['query ($of: String, $id: ID!) { word(of: $of, id: $id) }', { id: 'i' }],
      ['query ($of: String, $id: ID!) { word(of: $of, id: $id) }', { of: null, id: 'i' }],
      ['query ($of: String, $id: ID!) { word(id: $id, of: $of) }', { of: 'o', id: 'i' }],
      ['query ($of: String, $id: ID!) { word(of: $of, id: $id) }', { of: 1, id: 2 }],
      ['query ($of: String = "d", $id: ID!) { word(of: $of, id: $id) }', { id: '' }],
    ],
  },
  {
    id: 'X23',
    title: 'arguments that JavaScript knows',
    operations: [
      ['{ echo }'],
      ['{ echo(constructor: 1, toString: 2, in: { constructor: 3 }) }'],
      ['query ($in: In) { echo(in: $in) }', { in: { many: { constructor: 1 } } }],
    ],
  },
  {
    id: 'X24',
    title: 'prototypes that are sent',
    operations: [
      ['query ($in: In) { echo(in: $in) }', { in: JSON.parse('{"__proto__":{"p":1}}') }],
      ['query ($m: Money) { money(of: $m) }', { m: JSON.parse('{"__proto__":{"p":1},"x":1}') }],
      ['query ($a: Int) { echo(a: $a) }', JSON.parse('{"__proto__":{"a":1}}')],
    ],
  },
  {
    id: 'X25',
    title: 'a fragment in two places, not always',
    operations: [
      ['{ ...F @include(if: false) ...F } fragment F on Query { ok }'],
      ['{ ...F @skip(if: true) self { ...F @include(if: true) } ...F } fragment F on Query { ok }'],
      [
        'query ($v: Boolean!) { ...F @include(if: $v) self { ...F @skip(if: $v) } } fragment F on Query { ok }',
        { v: true },
      ],
      [
        'query ($v: Boolean!) { ...F @include(if: $v) self { ...F @skip(if: $v) } } fragment F on Query { ok }',
        { v: false },
      ],
    ],
  },
  {
    id: 'X26',
    title: 'a key in several places',
    operations: [
      ['{ self { ok } ... on Query { self { later } } ...F } fragment F on Query { self { ok bad } last }'],
      ['{ last ...F ok } fragment F on Query { ok last self { ...G } } fragment G on Query { ok }'],
    ],
  },
  {
    id: 'X27',
    title: 'conditions by default, by null, and both at once',
    operations: [{}, { v: null }, { v: true }, { v: false }].flatMap(
      (sent) =>
        [
          ['query ($v: Boolean = true) { ok @include(if: $v) later }', sent],
          [
            'query ($v: Boolean = false) { ok @skip(if: $v) @include(if: $v) self @skip(if: $v) { ok } ... @include(if: $v) { later } }',
            sent,
          ],
        ] as const,
    ),
  },
  {
    id: 'X28',
    title: 'more ways to answer conditions than are compiled',
    operations: combinations.map((sent) => [conditions, sent] as const),
  },
  {
    id: 'X29',
    title: 'variables that are wrong',
    operations: [
      ['query ($a: Int!) { echo(a: $a) }'],
      ['query ($a: Int!) { echo(a: $a) }', { a: null }],
      [
        'query ($a: Int!, $c: Color, $in: In) { echo(a: $a, color: $c, in: $in) }',
        { a: 1.5, c: 'REED', in: { pp: 1, many: [{ p: 'x' }] } },
      ],
      ['query ($a: Int) { echo(must: 1, a: $a) }', { a: 'text' }],
      ['query ($a: Int = 1) { echo(must: $a) }', { a: null }],
    ],
  },
  {
    id: 'X30',
    title: 'more wrong variables than are told',
    operations: [
      [
        `query (${wrong.map((name) => `$${name}: Int`).join()}) { ${wrong.map((name) => `${name}: echo(a: $${name})`).join(' ')} }`,
        Object.fromEntries(wrong.map((name) => [name, 'x'])),
      ],
    ],
  },
  {
    id: 'X31',
    title: 'several operations',
    operations: [
      [
        'query A($v: Money) { money(of: $v) } query B($v: Boolean!) { ok @skip(if: $v) }',
        { v: JSON.parse('{"toString":1}') },
      ],
      ['query A($v: Money) { money(of: $v) ok } query B($v: Boolean!) { ok @skip(if: $v) }', { v: ['true'] }],
      ['query A { ...F } mutation B { one(n: 1) } fragment F on Query { ok }'],
    ],
  },
  {
    id: 'X32',
    title: 'types that are known only when they are there',
    operations: [
      ['{ thing { __typename ok ... on Real { r: ok } } ok }'],
      ['{ either { __typename } ok }'],
      ['{ checked { ok } ok }'],
      ['{ ok ... on Either { ... on Query { later } } }'],
    ],
  },
  {
    id: 'X33',
    title: 'the schema’s description',
    operations: [
      [
        '{ __schema { queryType { name } } __type(name: "In") { inputFields { name defaultValue } } t: __typename self { __typename } }',
      ],
    ],
  },
  { id: 'X34', title: 'an operation of another kind', operations: [['subscription { ticks }']] },
]
