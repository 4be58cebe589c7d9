import { expect, test } from '@jest/globals'
import { buildSchema } from 'graphql'
import { diffScopes } from '../../src/scopes/diff-scopes.ts'
import type { Rule } from '../../src/scopes/index.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { describeRule } from '../../src/scopes/rule.ts'
import { SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'

const buildRuledSchema = (source: string) => {
  const schema = buildSchema(SCOPE_DIRECTIVES + source)
  return { schema, rules: readRules(schema) }
}
/** A chain of types, each below a rule with two alternatives, so that access to the last one has 2^length. */
const chain = (length: number) =>
  Array.from({ length: length + 1 }, (_, i) => {
    const next = i < length ? `t: T${i + 1} @requiresScope(scopes: [["s${i}"], ["o${i}"]])` : ''
    return `type ${i === 0 ? 'Query' : `T${i}`} { x: Int ${next} }`
  }).join(' ')
const alternatives = (name: string) =>
  `@requiresScope(scopes: ${JSON.stringify(Array.from({ length: 10 }, (_, i) => [`${name}${i}`]))})`
const describe = (rule: Rule | undefined) => (rule ? describeRule(rule) : 'unknown')

const A = '@requiresScope(scopes: "a")'
const B = '@requiresScope(scopes: "b")'
const OPEN = '@public(reason: "r")'
const AB = '@requiresScope(scopes: [["a", "b"]])'
const EITHER = '@requiresScope(scopes: [["a"], ["b"]])'

/** Two schemas, and the changes between them as `kind coordinate: before > after`. */
const DIFFS: readonly {
  readonly id: string
  readonly title: string
  readonly before: string
  readonly after: string
  readonly changes: readonly string[]
}[] = [
  {
    id: 'scopes/D01',
    title: 'the same schema',
    before: `type Query { x: Int ${A} }`,
    after: `type Query { x: Int ${A} }`,
    changes: [],
  },
  {
    id: 'scopes/D02',
    title: 'a removed rule',
    before: `type Query { x: Int ${A} }`,
    after: 'type Query { x: Int }',
    changes: ['weaker Query.x: a > no scope'],
  },
  {
    id: 'scopes/D03',
    title: 'an added rule',
    before: 'type Query { x: Int }',
    after: `type Query { x: Int ${A} }`,
    changes: ['stronger Query.x: no scope > a'],
  },
  {
    id: 'scopes/D04',
    title: 'a changed scope',
    before: `type Query { x: Int ${A} }`,
    after: `type Query { x: Int ${B} }`,
    changes: ['weaker Query.x: a > b'],
  },
  {
    id: 'scopes/D05',
    title: 'one more scope required together',
    before: `type Query { x: Int ${A} }`,
    after: `type Query { x: Int ${AB} }`,
    changes: ['stronger Query.x: a > a and b'],
  },
  {
    id: 'scopes/D06',
    title: 'one more alternative',
    before: `type Query { x: Int ${A} }`,
    after: `type Query { x: Int ${EITHER} }`,
    changes: ['weaker Query.x: a > a, or b'],
  },
  {
    id: 'scopes/D07',
    title: 'a rule moved from a field to its type',
    before: `type Query { x: Int ${A} }`,
    after: `type Query ${A} { x: Int }`,
    changes: [],
  },
  {
    id: 'scopes/D08',
    title: 'a rule moved to the returned scalar',
    before: `type Query { x: M ${A} } scalar M`,
    after: `type Query { x: M } scalar M ${A}`,
    changes: [],
  },
  {
    id: 'scopes/D09',
    title: 'a rule moved to the returned type',
    before: `type Query { t: T ${A} } type T { x: Int }`,
    after: `type Query { t: T } type T ${A} { x: Int }`,
    changes: [],
  },
  {
    id: 'scopes/D10',
    title: 'a new field that leads to a guarded type',
    before: `type Query { t: T ${A} } type T { x: Int }`,
    after: `type Query { t: T ${A} u: T } type T { x: Int }`,
    changes: ['inherited Query.u: (never allowed) > no scope', 'weaker T: a > no scope'],
  },
  {
    id: 'scopes/D11',
    title: 'a rule removed below another rule',
    before: `type Query { t: T ${A} } type T { x: Int ${B} }`,
    after: `type Query { t: T ${A} } type T { x: Int }`,
    changes: ['weaker T.x: a and b > a'],
  },
  {
    id: 'scopes/D12',
    title: 'a redundant rule removed below the same rule',
    before: `type Query { t: T ${A} } type T { x: Int ${A} }`,
    after: `type Query { t: T ${A} } type T { x: Int }`,
    changes: [],
  },
  {
    id: 'scopes/D13',
    title: 'a rule removed from a field that returns an interface',
    before: `type Query { n: N ${A} } interface N { x: Int } type T implements N { x: Int }`,
    after: 'type Query { n: N } interface N { x: Int } type T implements N { x: Int }',
    changes: ['weaker Query.n: a > no scope', 'weaker T: a > no scope'],
  },
  {
    id: 'scopes/D14',
    title: 'a rule removed from an argument',
    before: `type Query { x(i: Int ${A}): Int }`,
    after: 'type Query { x(i: Int): Int }',
    changes: ['weaker Query.x(i:): a > no scope'],
  },
  {
    id: 'scopes/D15',
    title: 'a rule added to an input field',
    before: 'type Query { x(i: In): Int } input In { y: Int }',
    after: `type Query { x(i: In): Int } input In { y: Int ${A} }`,
    changes: ['stronger In.y: no scope > a'],
  },
  {
    id: 'scopes/D16',
    title: 'a new field',
    before: 'type Query { x: Int }',
    after: `type Query { x: Int y: Int ${A} }`,
    changes: ['new Query.y: (never allowed) > a'],
  },
  {
    id: 'scopes/D17',
    title: 'a removed field',
    before: `type Query { x: Int y: Int ${A} }`,
    after: 'type Query { x: Int }',
    changes: [],
  },
  {
    id: 'scopes/D18',
    title: 'a type that becomes reachable',
    before: 'type Query { x: Int } type T { y: Int }',
    after: 'type Query { x: Int t: T } type T { y: Int }',
    changes: ['inherited Query.t: (never allowed) > no scope', 'weaker T: (never allowed) > no scope'],
  },
  {
    id: 'scopes/D19',
    title: 'a rule strengthened on one of two paths',
    before: `type Query { a: T ${A} b: T ${B} } type T { t: T x: Int }`,
    after: `type Query { a: T ${A} b: T ${AB} } type T { t: T x: Int }`,
    changes: ['stronger Query.b: b > a and b', 'stronger T: a, or b > a'],
  },
  {
    id: 'scopes/D20',
    title: 'a rule removed from an implementing type',
    before: `type Query { n: N } interface N { x: Int } type T implements N ${A} { x: Int }`,
    after: 'type Query { n: N } interface N { x: Int } type T implements N { x: Int }',
    changes: ['weaker T: a > no scope', 'weaker T.x: a > no scope'],
  },
  {
    id: 'scopes/D21',
    title: 'new fields of a type below a rule',
    before: `type Query { t: T ${A} } type T { x: Int }`,
    after: `type Query { t: T ${A} } type T { x: Int y: Int z: Int ${B} p: Int ${OPEN} }`,
    changes: [
      'inherited T.y: (never allowed) > a',
      'new T.z: (never allowed) > a and b',
      'new T.p: (never allowed) > a',
    ],
  },
  {
    id: 'scopes/D22',
    title: 'new fields of a type with a rule and of a public type',
    before: `type Query { t: T u: U ${A} v: V ${OPEN} } type T ${A} { x: Int } type U ${OPEN} { x: Int } type V ${OPEN} { x: Int }`,
    after: `type Query { t: T u: U ${A} v: V ${OPEN} } type T ${A} { x: Int y: Int } type U ${OPEN} { x: Int y: Int } type V ${OPEN} { x: Int y: Int }`,
    changes: [
      'inherited T.y: (never allowed) > a',
      'inherited U.y: (never allowed) > a',
      'inherited V.y: (never allowed) > no scope',
    ],
  },
  {
    id: 'scopes/D23',
    title: 'new types: with a rule, public, and with neither',
    before: `type Query { x: Int ${A} }`,
    after: `type Query { x: Int ${A} t: T u: U ${A} v: V ${A} } type T ${B} { x: Int v: V } type U ${OPEN} { x: Int } type V { x: Int }`,
    changes: [
      'new Query.t: (never allowed) > b',
      'new Query.u: (never allowed) > a',
      'new Query.v: (never allowed) > a',
      'new T.x: (never allowed) > b',
      'new T.v: (never allowed) > b',
      'new U.x: (never allowed) > a',
      'inherited V.x: (never allowed) > a, or b',
    ],
  },
  {
    id: 'scopes/D24',
    title: 'a new field of a type that nothing reaches',
    before: `type Query { x: Int ${A} } type T { x: Int }`,
    after: `type Query { x: Int ${A} } type T { x: Int y: Int }`,
    changes: ['new T.y: (never allowed) > (never allowed)'],
  },
  {
    id: 'scopes/D25',
    title: 'rules removed from input types by a new name',
    before: `type Query { x(i: In): Int y(i: In): Int } input In { y: Int ${A} z: [Sub] } input Sub { u: Int ${B} s: Sub }`,
    after: `type Query { x(i: [In2!]): Int y(i: In2): Int } input In2 { y: Int z: Sub2 } input Sub2 { u: Int s: Sub2 }`,
    changes: ['weaker In2.y: a > no scope', 'weaker Sub2.u: b > no scope'],
  },
  {
    id: 'scopes/D26',
    title: 'the same schema with exponentially many alternatives',
    before: chain(100),
    after: chain(100),
    changes: [],
  },
  {
    id: 'scopes/D27',
    title: 'rules changed where there are exponentially many alternatives',
    before: chain(7),
    after: chain(7).replace('"s5"', '"a"').replace('type T7 { x: Int', `type T7 { x: Int ${A} y: Int ${A}`),
    changes: [
      'unknown T5.t: unknown > unknown',
      'unknown T6: unknown > unknown',
      'unknown T7: unknown > unknown',
      'stronger T7.x: no scope > a',
      'new T7.y: (never allowed) > a',
    ],
  },
  {
    id: 'scopes/D30',
    title: 'a rule with many alternatives that is repeated on one path, and removed at one of the places',
    before: `type Query ${alternatives('a')} { t: T ${alternatives('a')} } type T ${alternatives('a')} { t: T x: Int }`,
    after: `type Query { t: T ${alternatives('a')} } type T ${alternatives('a')} { t: T x: Int }`,
    changes: [],
  },
  {
    id: 'scopes/D28',
    title: 'a field whose rules together have too many alternatives',
    before: `type Query ${alternatives('q')} { t: T ${alternatives('f')} } type T ${alternatives('t')} { x: Int }`,
    after: `type Query ${alternatives('q')} { t: T ${alternatives('g')} } type T ${alternatives('t')} { x: Int }`,
    changes: ['unknown Query.t: unknown > unknown', 'unknown T: unknown > unknown'],
  },
  {
    id: 'scopes/D31',
    title: 'a type that becomes forbidden behind rules that together have too many alternatives',
    before: `type Query ${alternatives('q')} { u: U ${alternatives('f')} } type U ${alternatives('u')} { t: T } type T { x: Int }`,
    after: `type Query ${alternatives('q')} { u: U ${alternatives('f')} } type U ${alternatives('u')} { t: T } type T @requiresScope(scopes: []) { x: Int }`,
    changes: [
      'stronger U.t: u0, or u1, or u2, or u3, or u4, or u5, or u6, or u7, or u8, or u9 > (never allowed)',
      'unknown T: unknown > (never allowed)',
      'stronger T.x: no scope > (never allowed)',
    ],
  },
  {
    id: 'scopes/D29',
    title: 'a path without a rule to a type that has exponentially many alternatives',
    before: chain(9),
    after: chain(9).replace('{ x: Int', '{ x: Int z: T9'),
    changes: ['inherited Query.z: (never allowed) > no scope', 'unknown T9: unknown > no scope'],
  },
  {
    id: 'scopes/D32',
    title: 'a field whose type becomes another one with a weaker field',
    before: `type Query { me: User other: Viewer } type User { id: Int email: Int ${A} s(i: Int ${A}): Int } type Viewer { id: Int email: Int s(i: Int): Int }`,
    after: `type Query { me: Viewer other: Viewer } type User { id: Int email: Int ${A} s(i: Int ${A}): Int } type Viewer { id: Int email: Int s(i: Int): Int }`,
    changes: [
      'stronger User: no scope > (never allowed)',
      'weaker Viewer.email: a > no scope',
      'weaker Viewer.s(i:): a > no scope',
    ],
  },
  {
    id: 'scopes/D33',
    title: 'a field whose type becomes a new one, below which a field is weaker',
    before: `type Query { me: User } type User { id: Int next: T } type T { x: Int ${A} }`,
    after: `type Query { me: Viewer } type Viewer ${OPEN} { id: Int next: T2 } type T2 ${OPEN} { x: Int }`,
    changes: [
      'new Viewer.id: (never allowed) > no scope',
      'new Viewer.next: (never allowed) > no scope',
      'new T2.x: (never allowed) > no scope',
      'weaker T2.x: a > no scope',
    ],
  },
  {
    id: 'scopes/D34',
    title: 'a field whose type becomes another one behind a rule that its field had',
    before: `type Query { me: User other: Viewer ${A} } type User { x: Int ${A} } type Viewer { x: Int }`,
    after: `type Query { me: Viewer ${A} other: Viewer ${A} } type User { x: Int ${A} } type Viewer { x: Int }`,
    changes: ['stronger Query.me: no scope > a', 'stronger User: no scope > (never allowed)'],
  },
  {
    id: 'scopes/D35',
    title: 'a renamed type with the same rules',
    before: `type Query { me: User ${A} } type User { x: Int ${B} }`,
    after: `type Query { me: Viewer ${A} } type Viewer { x: Int ${B} }`,
    changes: ['new Viewer.x: (never allowed) > a and b'],
  },
  {
    id: 'scopes/D36',
    title: 'a renamed root',
    before: `schema { query: Query } type Query { x: Int ${A} y: Int z: Int ${B} }`,
    after: `schema { query: Root } type Root { x: Int y: Int ${A} z: Int ${B} w: Int }`,
    changes: [
      'weaker Root.x: a > no scope',
      'stronger Root.y: no scope > a',
      'inherited Root.w: (never allowed) > no scope',
    ],
  },
  {
    id: 'scopes/D37',
    title: 'a root that becomes another type of the old schema',
    before: `schema { query: Query } type Query { x: Int ${A} t: T } type T { x: Int }`,
    after: `schema { query: T } type T { x: Int t: T }`,
    changes: ['inherited T.t: (never allowed) > no scope', 'weaker T.x: a > no scope'],
  },
  {
    id: 'scopes/D38',
    title: 'a type that replaces another one of a union',
    before: `type Query { u: U } union U = T | V type T { x: Int } interface N { x: Int z: Int } type V implements N ${A} { x: Int ${B} y: Int z: Int }`,
    after: `type Query { u: U } union U = T | W type T { x: Int } interface N { x: Int z: Int } type W implements N ${OPEN} { x: Int ${B} y: Int z: Int ${A} }`,
    changes: [
      'new W.x: (never allowed) > b',
      'new W.y: (never allowed) > no scope',
      'new W.z: (never allowed) > a',
      'weaker W: a > no scope',
      'weaker W.x: a and b > b',
    ],
  },
  {
    id: 'scopes/D39',
    title: 'a type that replaces two others of an interface',
    before: `type Query { n: N } interface N { x: Int y: Int } type T implements N { x: Int ${A} y: Int ${A} } type U implements N { x: Int ${B} y: Int ${A} }`,
    after: `type Query { n: N } interface N { x: Int y: Int } type V implements N ${OPEN} { x: Int ${A} y: Int ${A} }`,
    changes: ['new V.x: (never allowed) > a', 'new V.y: (never allowed) > a', 'weaker V.x: a and b > a'],
  },
  {
    id: 'scopes/D40',
    title: 'a type that is removed from a union, and one that is added to another',
    before: `type Query { u: U v: V } union U = S | T union V = S type S { x: Int } type T { x: Int ${A} }`,
    after: `type Query { u: U v: V } union U = S union V = S | W type S { x: Int } type T { x: Int ${A} } type W ${OPEN} { x: Int }`,
    changes: ['stronger T: no scope > (never allowed)', 'new W.x: (never allowed) > no scope'],
  },
  {
    id: 'scopes/D41',
    title: 'an interface that becomes an object type, and the reverse',
    before: `type Query { n: N t: T } interface N { x: Int } type S implements N { x: Int ${A} } type T { x: Int ${A} }`,
    after: `type Query { n: N t: T } type N ${OPEN} { x: Int } interface T { x: Int } type V implements T ${OPEN} { x: Int }`,
    changes: [
      'inherited N.x: (never allowed) > no scope',
      'new V.x: (never allowed) > no scope',
      'weaker N.x: a > no scope',
      'weaker V.x: a > no scope',
    ],
  },
  {
    id: 'scopes/D42',
    title: 'a replaced type whose rules have too many alternatives',
    before: `type Query { t: T ${alternatives('q')} } type T ${alternatives('t')} { x: Int ${alternatives('x')} y: Int }`,
    after: `type Query { t: V ${alternatives('q')} } type V ${OPEN} { x: Int ${alternatives('y')} y: Int }`,
    changes: [
      'unknown Query.t: unknown > q0, or q1, or q2, or q3, or q4, or q5, or q6, or q7, or q8, or q9',
      'new V.x: (never allowed) > unknown',
      'new V.y: (never allowed) > q0, or q1, or q2, or q3, or q4, or q5, or q6, or q7, or q8, or q9',
      'unknown V.x: unknown > unknown',
      'weaker V.y: unknown > q0, or q1, or q2, or q3, or q4, or q5, or q6, or q7, or q8, or q9',
    ],
  },
  {
    id: 'scopes/D43',
    title: 'new arguments and input fields',
    before: `type Query { x(i: In): Int } input In { y: Int ${A} }`,
    after: `type Query { x(i: In j: Int k: Int ${A}): Int } input In { z: Int }`,
    changes: [
      'new In.z: (never allowed) > no scope',
      'new Query.x(j:): (never allowed) > no scope',
      'new Query.x(k:): (never allowed) > a',
    ],
  },
  {
    id: 'scopes/D44',
    title: 'an argument whose type becomes another one of the old schema',
    before: `type Query { x(i: In): Int y(i: In2): Int } input In { z: Int ${A} } input In2 { z: Int w: Int }`,
    after: `type Query { x(i: In2): Int y(i: In2): Int } input In2 { z: Int w: Int }`,
    changes: ['weaker In2.z: a > no scope'],
  },
  {
    id: 'scopes/D45',
    title: 'changed defaults of inputs with a rule',
    before: `type Query { x(a: Int ${A}, b: Int = 1 ${A}, c: Int = 1 ${A}, d: Int! = 1 ${A}, e: Int, f: Int = 1 ${A}): Int } input In { y: Int = 1 ${A} }`,
    after: `type Query { x(a: Int = 1 ${A}, b: Int = 2 ${A}, c: Int ${A}, d: Int! ${A}, e: Int = 1, f: Int = 1 ${A}): Int } input In { y: Int = 2 ${A} }`,
    changes: [
      'weaker Query.x(a:) = 1: a > no scope',
      'weaker Query.x(b:) = 2: a > no scope',
      'weaker Query.x(c:) without a default: a > no scope',
      'weaker In.y = 2: a > no scope',
    ],
  },
  {
    id: 'scopes/D46',
    title: 'a default that provides an input field with a rule',
    before: `type Query { x(i: In, j: In = { y: 1 }, k: In = { y: 1 }): Int } input In { y: Int ${A} z: Int }`,
    after: `type Query { x(i: In = { y: 2 }, j: In = { z: 1 }, k: In = { y: 1 }): Int } input In { y: Int ${A} z: Int }`,
    changes: ['weaker Query.x(i:) = {y: 2}: a > no scope', 'weaker Query.x(j:) = {z: 1}: a > no scope'],
  },
]
test.each(DIFFS)('$id lists $changes for $title', ({ before, after, changes }) => {
  const lines = diffScopes(buildRuledSchema(before), buildRuledSchema(after)).map(
    (change) => `${change.kind} ${change.coordinate}: ${describe(change.before)} > ${describe(change.after)}`,
  )
  expect(lines).toEqual(changes)
})
