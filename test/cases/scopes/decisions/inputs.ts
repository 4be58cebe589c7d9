import type { DecisionCase } from './decision-schema.ts'

class GuardedInput {
  get guarded() {
    return 1
  }
}

const CYCLIC_OUTER: Record<string, unknown> = { tag: 't' }
CYCLIC_OUTER.self = CYCLIC_OUTER

/** An object with 2^40 paths to one guarded input. */
const WIDE_OUTER = Array.from({ length: 40 }).reduce<object>(
  (self) => ({ list: [], self, grid: [[self, self]] }),
  {
    inner: { guarded: 1 },
  },
)

/** Arguments and input fields, in documents, variables and defaults. */
export const INPUT_DECISIONS: readonly DecisionCase[] = [
  { id: 'scopes/I01', document: '{ f }', denied: [] },
  { id: 'scopes/I02', document: '{ f(x: 1) }', denied: ['Query.f(x:) f'] },
  { id: 'scopes/I03', document: '{ f(y: [1]) }', denied: ['Query.f(y:) f'] },
  { id: 'scopes/I04', document: '{ f(x: 1, y: 2) }', denied: ['Query.f(x:) f', 'Query.f(y:) f'] },
  { id: 'scopes/I05', document: '{ f(x: null) }', denied: ['Query.f(x:) f'] },
  { id: 'scopes/I06', document: '{ f(y: []) }', denied: ['Query.f(y:) f'] },
  {
    id: 'scopes/I07',
    document: 'query ($i: Int!) { f(y: [$i]) }',
    denied: ['Query.f(y:) f'],
    variables: { i: 1 },
  },
  { id: 'scopes/I08', document: 'query ($y: [Int!]) { f(y: $y) }', denied: [] },
  {
    id: 'scopes/I09',
    document: 'query ($y: [Int!]) { f(y: $y) }',
    denied: ['Query.f(y:) f'],
    variables: { y: [] },
  },
  {
    id: 'scopes/I10',
    document: 'query ($y: [Int!]) { f(y: $y) }',
    denied: ['Query.f(y:) f'],
    variables: { y: null },
  },
  { id: 'scopes/I11', document: 'query ($i: Int = null) { f(x: $i) }', denied: ['Query.f(x:) f'] },
  { id: 'scopes/I12', document: 'query ($i: Int = 3) { f(x: $i) }', denied: ['Query.f(x:) f'] },
  { id: 'scopes/I13', document: '{ shape(in: {}) }', denied: [] },
  { id: 'scopes/I14', document: '{ shape(in: null) }', denied: [] },
  { id: 'scopes/I15', document: '{ shape(in: { tag: "t" }) }', denied: ['Outer.tag shape'] },
  { id: 'scopes/I16', document: '{ shape(in: { inner: { guarded: 1 } }) }', denied: ['In.guarded shape'] },
  {
    id: 'scopes/I17',
    document: '{ shape(in: { list: [{ plain: 1 }, { guarded: null }] }) }',
    denied: ['In.guarded shape'],
  },
  { id: 'scopes/I18', document: '{ shape(in: { list: { guarded: 1 } }) }', denied: ['In.guarded shape'] },
  { id: 'scopes/I19', document: '{ shape(in: { grid: [[{ guarded: 1 }]] }) }', denied: ['In.guarded shape'] },
  {
    id: 'scopes/I20',
    document: '{ shape(in: { self: { self: { tag: "t" } } }) }',
    denied: ['Outer.tag shape'],
  },
  { id: 'scopes/I21', document: '{ shape(in: { scale: 1 }) }', denied: [] },
  { id: 'scopes/I22', document: 'query ($o: Outer) { shape(in: $o) }', denied: [] },
  { id: 'scopes/I23', document: 'query ($o: Outer) { shape(in: $o) }', denied: [], variables: { o: null } },
  {
    id: 'scopes/I24',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: ['Outer.tag shape'],
    variables: { o: { tag: null } },
  },
  {
    id: 'scopes/I25',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: ['In.guarded shape'],
    variables: { o: { grid: [[{ guarded: 1 }]] } },
  },
  {
    id: 'scopes/I26',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: ['In.guarded shape'],
    variables: { o: { grid: { guarded: 1 } } },
  },
  {
    id: 'scopes/I27',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: ['In.guarded shape'],
    variables: { o: { self: { self: { list: [{ inner: { guarded: 1 } }] } } } },
  },
  { id: 'scopes/I28', document: 'query ($o: Outer) { shape(in: $o) }', denied: [], variables: { o: 'text' } },
  {
    id: 'scopes/I29',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: ['Outer.tag shape'],
    variables: { o: [{ tag: 't' }] },
  },
  { id: 'scopes/I30', document: 'query ($o: Outer) { shape(in: $o) }', denied: [], variables: { o: 7 } },
  {
    id: 'scopes/I31',
    document: 'query ($l: [In!]) { shape(in: { list: $l }) }',
    denied: ['In.guarded shape'],
    variables: { l: [{ guarded: 1 }] },
  },
  { id: 'scopes/I32', document: 'query ($s: String) { shape(in: { tag: $s }) }', denied: [] },
  {
    id: 'scopes/I33',
    document: 'query ($s: String) { shape(in: { tag: $s }) }',
    denied: ['Outer.tag shape'],
    variables: { s: null },
  },
  {
    id: 'scopes/I34',
    document: 'query ($s: String = "d") { shape(in: { tag: $s }) }',
    denied: ['Outer.tag shape'],
  },
  {
    id: 'scopes/I35',
    document: 'query ($o: Outer = { tag: "d" }) { shape(in: $o) }',
    denied: ['Outer.tag shape'],
  },
  {
    id: 'scopes/I36',
    document: 'query ($o: Outer = { tag: "d" }) { shape(in: $o) }',
    denied: [],
    variables: { o: {} },
  },
  {
    id: 'scopes/I37',
    document: 'query ($o: Outer) { x: shape(in: $o) y: shape(in: $o) }',
    denied: ['Outer.tag x'],
    variables: { o: { tag: 't' } },
  },
  {
    id: 'scopes/I38',
    document: 'query ($o: Outer) { t { id } shape(in: $o) a }',
    denied: ['Outer.tag shape', 'Query.a a'],
    variables: { o: { tag: 1 } },
  },
  { id: 'scopes/I39', document: '{ dflt }', denied: [] },
  { id: 'scopes/I40', document: '{ dflt(n: 1) }', denied: ['Query.dflt(n:) dflt'] },
  {
    id: 'scopes/I41',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: [],
    variables: JSON.parse('{"o":{"__proto__":{"tag":"t"}}}'),
  },
  {
    id: 'scopes/I42',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: [],
    variables: { o: { constructor: 1 } },
  },
  {
    id: 'scopes/I43',
    document: 'query ($o: Outer!) { shape(in: { self: $o }) }',
    denied: ['In.guarded shape'],
    variables: { o: { inner: { inner: { guarded: 0 } } } },
  },
  { id: 'scopes/I44', document: 'mutation { put(in: { tag: "t" }) }', denied: ['Outer.tag put'] },
  {
    id: 'scopes/I45',
    document: 'mutation ($o: Outer) { put(in: $o) }',
    denied: [],
    variables: { o: { plain: 1 } },
  },
  { id: 'scopes/I46', document: 'query ($constructor: Int) { f(x: $constructor) }', denied: [] },
  {
    id: 'scopes/I47',
    document: 'query ($b: Boolean!) { shape(in: { tag: "t" }) @skip(if: $b) open }',
    denied: [],
    variables: { b: true },
  },
  {
    id: 'scopes/I48',
    document: 'query ($o: Outer) { ...F } fragment F on Query { shape(in: $o) }',
    denied: ['Outer.tag shape'],
    variables: { o: { tag: 't' } },
  },
  {
    id: 'scopes/I49',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: ['In.guarded shape', 'Outer.tag shape'],
    variables: { o: { tag: 't', inner: { guarded: 1 } } },
  },
  {
    id: 'scopes/I51',
    document: 'query ($p: Parcel) { parcel(p: $p) }',
    denied: ['In.guarded parcel'],
    variables: { p: { in: { guarded: 1 } } },
  },
  {
    id: 'scopes/I52',
    document: 'query ($p: Parcel) { parcel(p: $p) }',
    denied: [],
    variables: { p: { plain: 1 } },
  },
  {
    id: 'scopes/I53',
    document: 'query ($n: In) { parcel(p: { in: $n }) }',
    denied: ['In.guarded parcel'],
    variables: { n: { guarded: 1 } },
  },
  {
    id: 'scopes/I50',
    document: '{ arg(guarded: 1, plain: 2) x: arg(guarded: 3) }',
    denied: ['Query.arg(guarded:) arg'],
  },
  {
    id: 'scopes/I54',
    document: 'query ($i: Int) { arg(guarded: $i) }',
    denied: ['Query.arg(guarded:) arg'],
    variables: { i: undefined },
  },
  {
    id: 'scopes/I55',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: [],
    variables: { o: { tag: undefined, plain: 1 } },
  },
  {
    id: 'scopes/I56',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: ['Outer.tag shape'],
    variables: { o: Object.create({ tag: 't' }) },
  },
  {
    id: 'scopes/I57',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: ['In.guarded shape'],
    variables: { o: { inner: new GuardedInput() } },
  },
  {
    id: 'scopes/I58',
    document: 'query ($m: [In!]) { input(many: $m) }',
    denied: ['In.guarded input'],
    variables: { m: new Set([{ plain: 1 }]) },
  },
  {
    id: 'scopes/I59',
    document: 'query ($m: [In!]) { input(many: $m) }',
    denied: ['In.guarded input'],
    variables: { m: new Map().values() },
  },
  {
    id: 'scopes/I60',
    document: 'query ($m: [In!]) { input(many: $m) }',
    denied: ['In.guarded input'],
    variables: { m: Object.assign([], { *[Symbol.iterator]() {} }) },
  },
  {
    id: 'scopes/I61',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: ['In.guarded shape', 'Outer.tag shape'],
    variables: {
      o: {
        get self() {
          return undefined
        },
      },
    },
  },
  {
    id: 'scopes/I62',
    document: 'query ($o: Outer, $i: Int) { shape(in: $o) f(x: $i) }',
    denied: ['In.guarded shape', 'Outer.tag shape', 'Query.f(x:) f'],
    variables: {
      get o() {
        return undefined
      },
      get i() {
        return undefined
      },
    },
  },
  {
    id: 'scopes/I63',
    document: 'query ($m: [In!]) { input(many: $m) }',
    denied: ['In.guarded input'],
    variables: { m: Object.defineProperty([], 0, { get: () => undefined }) },
  },
  {
    id: 'scopes/I64',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: ['Outer.tag shape'],
    variables: { o: CYCLIC_OUTER },
  },
  {
    id: 'scopes/I65',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: ['In.guarded shape'],
    variables: { o: WIDE_OUTER },
  },
  {
    id: 'scopes/I66',
    document: 'query ($o: Outer) { shape(in: $o) }',
    denied: [],
    variables: { o: Object.assign(() => undefined, { tag: 't' }) },
  },
  {
    id: 'scopes/I67',
    document: 'query ($m: [In!]) { input(many: $m) }',
    denied: ['In.guarded input'],
    variables: {
      m: [{ plain: 1 }, Object.assign(Object.create(null), { guarded: undefined, inner: { guarded: null } })],
    },
  },
  {
    id: 'scopes/I68',
    document: 'query ($o: Outer) { x: shape(in: { tag: "t" }) y: shape(in: $o) }',
    denied: ['Outer.tag x'],
    variables: { o: { tag: 't' } },
  },
]
