import { parseDecisionRows } from './decision-schema.ts'

/** Arguments and input fields, in documents, variables and defaults. The numbers are permanent. */
export const INPUT_DECISIONS = parseDecisionRows(`
I01 | { f } | -
I02 | { f(x: 1) } | Query.f(x:) f
I03 | { f(y: [1]) } | Query.f(y:) f
I04 | { f(x: 1, y: 2) } | Query.f(x:) f, Query.f(y:) f
I05 | { f(x: null) } | Query.f(x:) f
I06 | { f(y: []) } | Query.f(y:) f
I07 | query ($i: Int!) { f(y: [$i]) } | Query.f(y:) f | {"i":1}
I08 | query ($y: [Int!]) { f(y: $y) } | -
I09 | query ($y: [Int!]) { f(y: $y) } | Query.f(y:) f | {"y":[]}
I10 | query ($y: [Int!]) { f(y: $y) } | Query.f(y:) f | {"y":null}
I11 | query ($i: Int = null) { f(x: $i) } | Query.f(x:) f
I12 | query ($i: Int = 3) { f(x: $i) } | Query.f(x:) f
I13 | { shape(in: {}) } | -
I14 | { shape(in: null) } | -
I15 | { shape(in: { tag: "t" }) } | Outer.tag shape
I16 | { shape(in: { inner: { guarded: 1 } }) } | In.guarded shape
I17 | { shape(in: { list: [{ plain: 1 }, { guarded: null }] }) } | In.guarded shape
I18 | { shape(in: { list: { guarded: 1 } }) } | In.guarded shape
I19 | { shape(in: { grid: [[{ guarded: 1 }]] }) } | In.guarded shape
I20 | { shape(in: { self: { self: { tag: "t" } } }) } | Outer.tag shape
I21 | { shape(in: { scale: 1 }) } | -
I22 | query ($o: Outer) { shape(in: $o) } | -
I23 | query ($o: Outer) { shape(in: $o) } | - | {"o":null}
I24 | query ($o: Outer) { shape(in: $o) } | Outer.tag shape | {"o":{"tag":null}}
I25 | query ($o: Outer) { shape(in: $o) } | In.guarded shape | {"o":{"grid":[[{"guarded":1}]]}}
I26 | query ($o: Outer) { shape(in: $o) } | In.guarded shape | {"o":{"grid":{"guarded":1}}}
I27 | query ($o: Outer) { shape(in: $o) } | In.guarded shape | {"o":{"self":{"self":{"list":[{"inner":{"guarded":1}}]}}}}
I28 | query ($o: Outer) { shape(in: $o) } | - | {"o":"text"}
I29 | query ($o: Outer) { shape(in: $o) } | Outer.tag shape | {"o":[{"tag":"t"}]}
I30 | query ($o: Outer) { shape(in: $o) } | - | {"o":7}
I31 | query ($l: [In!]) { shape(in: { list: $l }) } | In.guarded shape | {"l":[{"guarded":1}]}
I32 | query ($s: String) { shape(in: { tag: $s }) } | -
I33 | query ($s: String) { shape(in: { tag: $s }) } | Outer.tag shape | {"s":null}
I34 | query ($s: String = "d") { shape(in: { tag: $s }) } | Outer.tag shape
I35 | query ($o: Outer = { tag: "d" }) { shape(in: $o) } | Outer.tag shape
I36 | query ($o: Outer = { tag: "d" }) { shape(in: $o) } | - | {"o":{}}
I37 | query ($o: Outer) { x: shape(in: $o) y: shape(in: $o) } | Outer.tag x | {"o":{"tag":"t"}}
I38 | query ($o: Outer) { t { id } shape(in: $o) a } | Query.a a, Outer.tag shape | {"o":{"tag":1}}
I39 | { dflt } | -
I40 | { dflt(n: 1) } | Query.dflt(n:) dflt
I41 | query ($o: Outer) { shape(in: $o) } | - | {"o":{"__proto__":{"tag":"t"}}}
I42 | query ($o: Outer) { shape(in: $o) } | - | {"o":{"constructor":1}}
I43 | query ($o: Outer!) { shape(in: { self: $o }) } | In.guarded shape | {"o":{"inner":{"inner":{"guarded":0}}}}
I44 | mutation { put(in: { tag: "t" }) } | Outer.tag put
I45 | mutation ($o: Outer) { put(in: $o) } | - | {"o":{"plain":1}}
I46 | query ($constructor: Int) { f(x: $constructor) } | -
I47 | query ($b: Boolean!) { shape(in: { tag: "t" }) @skip(if: $b) open } | - | {"b":true}
I48 | query ($o: Outer) { ...F } fragment F on Query { shape(in: $o) } | Outer.tag shape | {"o":{"tag":"t"}}
I49 | query ($o: Outer) { shape(in: $o) } | Outer.tag shape, In.guarded shape | {"o":{"tag":"t","inner":{"guarded":1}}}
I51 | query ($p: Parcel) { parcel(p: $p) } | In.guarded parcel | {"p":{"in":{"guarded":1}}}
I52 | query ($p: Parcel) { parcel(p: $p) } | - | {"p":{"plain":1}}
I53 | query ($n: In) { parcel(p: { in: $n }) } | In.guarded parcel | {"n":{"guarded":1}}
I50 | { arg(guarded: 1, plain: 2) x: arg(guarded: 3) } | Query.arg(guarded:) arg
`)
