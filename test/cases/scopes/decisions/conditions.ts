import { parseDecisionRows } from './decision-schema.ts'

const TWO_PLACES =
  'query ($p: Boolean!, $q: Boolean!, $v: Boolean!) { x: t { id ...F @include(if: $p) } y: t { id ...F @include(if: $q) } } fragment F on T { g @include(if: $v) id }'
const NESTED =
  'query ($v: Boolean!, $w: Boolean!) { ... @include(if: $v) { open ... @include(if: $w) { a } } open }'

/** @skip and @include. The numbers are permanent. */
export const CONDITION_DECISIONS = parseDecisionRows(`
C01 | { a @include(if: true) } | Query.a a
C02 | { a @skip(if: false) } | Query.a a
C03 | { open ... @skip(if: true) { a } } | -
C04 | { open ... @include(if: false) { a } } | -
C05 | { ...F @skip(if: true) open } fragment F on Query { a } | -
C06 | { ...F @skip(if: true) ...F } fragment F on Query { a } | Query.a a
C07 | { a @skip(if: true) @include(if: true) open } | -
C08 | { a @skip(if: false) @include(if: false) open } | -
C09 | { a @skip(if: false) @include(if: true) } | Query.a a
C10 | query ($v: Boolean!) { open a @skip(if: $v) @include(if: true) } | - | {"v":true}
C11 | query ($v: Boolean!) { open a @skip(if: $v) @include(if: true) } | Query.a a | {"v":false}
C12 | query ($v: Boolean!) { open a @skip(if: $v) @include(if: $v) } | - | {"v":true}
C13 | query ($v: Boolean!) { open a @skip(if: $v) @include(if: $v) } | - | {"v":false}
C14 | query ($v: Boolean!) { a @include(if: $v) b: a @skip(if: $v) } | Query.a a | {"v":true}
C15 | query ($v: Boolean!) { a @include(if: $v) b: a @skip(if: $v) } | Query.a b | {"v":false}
C16 | query ($v: Boolean = false) { a @include(if: $v) open } | Query.a a | {"v":true}
C17 | query ($v: Boolean = true) { a @include(if: $v) open } | - | {"v":false}
C18 | query ($v: Boolean = false) { a @skip(if: $v) } | Query.a a
C19 | query ($v: Boolean = true) { a @skip(if: $v) open } | Query.a a | {"v":false}
C20 | query ($v: Boolean = true) { a @include(if: $v) open } | Query.a a | {"v":null}
C21 | query ($v: Boolean!) { a @skip(if: $v) open } | Query.a a
C22 | query ($v: Boolean!) { ... @include(if: $v) { t { g } } } | T.g t.g | {"v":true}
C23 | ${NESTED} | Query.a a | {"v":true,"w":true}
C24 | ${NESTED} | - | {"v":true,"w":false}
C25 | ${NESTED} | - | {"v":false,"w":true}
C26 | query ($v: Boolean!) { x: t { ...F } y: t { id } } fragment F on T { g @include(if: $v) id } | T.g x.g | {"v":true}
C27 | ${TWO_PLACES} | T.g y.g | {"p":false,"q":true,"v":true}
C28 | ${TWO_PLACES} | T.g x.g | {"p":true,"q":true,"v":true}
C29 | ${TWO_PLACES} | - | {"p":true,"q":true,"v":false}
C30 | query ($v: Boolean!) { t @skip(if: $v) { g } open } | - | {"v":true}
C31 | query ($v: Boolean!) { t @skip(if: $v) { g } open } | T.g t.g | {"v":false}
C32 | query ($v: Boolean!) { secret { id @include(if: $v) } } | Secret secret | {"v":false}
C33 | query ($v: Boolean!) { u { __typename @include(if: $v) } } | - | {"v":false}
C34 | query ($v: Boolean!) { u { __typename @include(if: $v) } } | Secret u.__typename | {"v":true}
C35 | query ($v: Boolean!) { n { id ... on T @include(if: $v) { s } } } | T.s n.s | {"v":true}
C36 | query ($v: Boolean!) { n { id ... on T @include(if: $v) { s } } } | - | {"v":false}
C37 | query ($v: Boolean!) { arg(guarded: 1) @include(if: $v) open } | - | {"v":false}
C38 | query ($v: Boolean!) { arg(guarded: 1) @include(if: $v) open } | Query.arg(guarded:) arg | {"v":true}
C39 | query ($v: Boolean!, $i: Int) { arg(guarded: $i) @include(if: $v) open } | Query.arg(guarded:) arg | {"v":true,"i":1}
C40 | query ($v: Boolean!, $i: Int) { arg(guarded: $i) @include(if: $v) open } | - | {"v":false,"i":1}
C41 | query ($v: Boolean!, $i: Int) { arg(guarded: $i) @include(if: $v) open } | - | {"v":true}
C42 | query ($v: Boolean!) { x: a @include(if: $v) y: a @include(if: $v) z: a @include(if: $v) open } | Query.a x | {"v":true}
C43 | query ($v: Boolean!) { a @include(if: $v) pair @include(if: $v) } | Query.a a, Query.pair pair | {"v":true}
C44 | mutation ($v: Boolean!) { free write @include(if: $v) { id } } | Mutation.write write | {"v":true}
C45 | mutation ($v: Boolean!) { free write @include(if: $v) { id } } | - | {"v":false}
C46 | query ($constructor: Boolean!) { open a @include(if: $constructor) } | Query.a a
C47 | query ($constructor: Boolean!) { open a @include(if: $constructor) } | - | {"constructor":false}
C48 | query ($toString: Boolean = false) { open a @include(if: $toString) } | -
C49 | query ($__proto__: Boolean!) { open a @include(if: $__proto__) } | - | {"__proto__":false}
C50 | query ($v: Boolean!) { a x: a @include(if: $v) } | Query.a a | {"v":true}
C52 | query ($v: Boolean!, $i: Int) { open a @include(if: $v) arg(guarded: $i) } | Query.a a, Query.arg(guarded:) arg | {"v":true,"i":1}
C53 | { a @trace(if: false) x: a @trace(if: true) } | Query.a a
C51 | query ($v: Boolean!) { t { id } ... @include(if: $v) { t { s } x: t { g } } } | T.s t.s, T.g x.g | {"v":true}
`)
