import { parseDecisionRows } from './decision-schema.ts'

/** The basics of each kind. The numbers are permanent. */
export const FIELD_DECISIONS = parseDecisionRows(`
S01 | { open } | -
S02 | { a } | Query.a a
S03 | { open x: a } | Query.a x
S04 | { x: a y: a } | Query.a x
S05 | { t { id } } | -
S06 | { list { g } } | T.g list.g
S07 | { ...F } fragment F on Query { a } | Query.a a
S08 | { ... { ... on Query { a } } } | Query.a a
S09 | { a @skip(if: true) } | -
S10 | { a @include(if: false) } | -
S11 | { a @skip(if: true) a } | Query.a a
S12 | query ($v: Boolean!) { a @include(if: $v) } | Query.a a | {"v":true}
S13 | query ($v: Boolean!) { a @include(if: $v) open } | - | {"v":false}
S14 | query ($v: Boolean = true) { a @include(if: $v) } | Query.a a
S15 | query ($v: Boolean = true) { a @skip(if: $v) open } | -
S16 | query ($v: Boolean!, $w: Boolean!) { a @skip(if: $v) @include(if: $w) } | Query.a a | {"v":false,"w":true}
S17 | query ($v: Boolean!, $w: Boolean!) { open a @skip(if: $v) @include(if: $w) } | - | {"v":true,"w":true}
S18 | query ($v: Boolean!) { ...F @include(if: $v) open } fragment F on Query { a } | Query.a a | {"v":true}
S19 | query ($v: Boolean!) { ... @skip(if: $v) { a } open } | - | {"v":true}
S20 | query ($v: Boolean!) { a @include(if: $v) } | Query.a a | {"v":"not a boolean"}
S21 | query ($v: Boolean!) { a @include(if: $v) } | Query.a a
S22 | query One { a } | Query.a a
S23 | { secret { __typename } } | Secret secret
S24 | { secret { other { g } } } | Secret secret, T.g secret.other.g
S25 | { leaf } | Money leaf
S26 | { color } | Color color
S27 | { arg(plain: 1) } | -
S28 | { arg(guarded: 1) } | Query.arg(guarded:) arg
S29 | { arg(guarded: null) } | Query.arg(guarded:) arg
S30 | query ($v: Int) { arg(guarded: $v) } | -
S31 | query ($v: Int) { arg(guarded: $v) } | Query.arg(guarded:) arg | {"v":null}
S32 | query ($v: Int = 1) { arg(guarded: $v) } | Query.arg(guarded:) arg
S33 | { input(in: { plain: 1 }) } | -
S34 | { input(in: { inner: { list: [{ guarded: 1 }] } }) } | In.guarded input
S35 | query ($v: In) { input(in: $v) } | In.guarded input | {"v":{"list":[null,{"inner":{"guarded":null}}]}}
S36 | query ($v: In) { input(in: $v) } | - | {"v":{"inner":{"plain":1}}}
S37 | query ($v: In) { input(in: { inner: $v }) } | In.guarded input | {"v":{"guarded":2}}
S38 | query ($v: [In!]) { input(many: $v) } | In.guarded input | {"v":{"guarded":2}}
S39 | query ($v: Int) { input(in: { guarded: $v }) } | In.guarded input | {"v":3}
S40 | mutation { write { id } } | Mutation.write write
S41 | mutation { x: write { g } } | Mutation.write x, T.g x.g
S42 | subscription { ticks } | Subscription.ticks ticks
S43 | { __schema { types { name } } } | -
`)
