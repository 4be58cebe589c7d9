import { parseDecisionRows } from './decision-schema.ts'

/** Interfaces, unions, fragments, lists, leaves and roots. The numbers are permanent. */
export const TYPE_DECISIONS = parseDecisionRows(`
Y01 | { base { id } } | -
Y02 | { mid { m } } | Mid.m mid.m
Y03 | { base { ... on Mid { m } } } | Mid.m base.m
Y04 | { base { ... on A { m } } } | -
Y05 | { mid { ... on A { own } } } | A.own mid.own
Y06 | { ab { ... on A { own } } } | A.own ab.own
Y07 | { ab { ... on B { own } } } | -
Y08 | { ab { __typename } } | -
Y09 | { ab { ... on Mid { m } } } | Mid.m ab.m
Y10 | { ab { ... on Base { id } } } | -
Y11 | { base { guarded } } | -
Y12 | { base { guarded(x: 1) } } | Base.guarded(x:) base.guarded
Y13 | { base { ... on A { guarded(x: 1) } } } | -
Y14 | { mid { guarded(x: 1) } } | -
Y15 | { base { deep { deep { guarded(x: 1) } } } } | Base.guarded(x:) base.deep.deep.guarded
Y16 | { u { ... on N { s } } } | T.s u.s
Y17 | { u { ... on Secret { id } } } | Secret u.id
Y18 | { u { ... on P { id } } } | -
Y19 | { u { ... on U { __typename } } } | Secret u.__typename
Y20 | { u { ... on P { ... on N { s } } } } | -
Y21 | { n { ... on P { ... on N { ... on T { s } } } } } | -
Y22 | { n { n { n { s } } } } | T.s n.n.n.s
Y23 | { t { n { ... on T { g } } } } | T.g t.n.g
Y24 | { t { s } } | T.s t.s
Y25 | { list { s g } } | T.s list.s, T.g list.g
Y26 | { nested { id } } | Secret nested
Y27 | { nested { __typename } } | Secret nested
Y28 | { money } | Money money
Y29 | { colors } | Color colors
Y30 | { __typename } | -
Y31 | { t { __typename } } | -
Y32 | { secret { x: __typename } } | Secret secret
Y33 | { __type(name: "T") { name } } | -
Y34 | { pair } | Query.pair pair
Y35 | { t { ...F } } fragment F on T { s } | T.s t.s
Y36 | { n { ...F } } fragment F on P { s } | -
Y37 | { n { ...F } } fragment F on N { ...G } fragment G on T { g } | T.g n.g
Y38 | { x: n { ...F } y: n { ...F } } fragment F on N { s } | T.s x.s
Y39 | { secret { other { s } } } | Secret secret, T.s secret.other.s
Y40 | query { ... on Query { ... on Query { ... { a } } } } | Query.a a
Y41 | mutation { ... on Mutation { write { s } } } | Mutation.write write, T.s write.s
Y42 | mutation { x: write { __typename } y: write { g } } | Mutation.write x, T.g y.g
Y43 | mutation { free } | -
Y44 | mutation { free write { id } } | Mutation.write write
Y45 | subscription { t: ticks } | Subscription.ticks t
Y46 | subscription { ...F } fragment F on Subscription { ticks } | Subscription.ticks ticks
Y47 | subscription { quiet } | -
Y48 | { one { id } } | Solo one.id
Y49 | { one { __typename } } | Solo one.__typename
Y50 | { one { ... on Solo { id } } } | Solo one.id
Y51 | { empty { id } } | -
Y52 | { t { n { ... on P { id } ... on T { s } } } } | T.s t.n.s
Y53 | { root { root { a } } } | Query.a root.root.a
Y54 | { root { secret { id } } } | Secret root.secret
Y55 | { u { ... on P { s } ... on T { s } } } | T.s u.s
Y56 | { wide { t { ... on T { g } } } } | T.g wide.t.g
Y57 | { wide { t { s } } } | T.s wide.t.s
Y58 | { wide { t { ... on P { s } } } } | -
Y59 | { leaf other: leaf } | Money leaf
Y60 | { color secret { id } } | Color color, Secret secret
Y61 | query Named { open } | -
Y62 | { ...F ...F } fragment F on Query { x: a } | Query.a x
Y64 | { wide { m { m } } } | Mid.m wide.m.m
Y65 | { wide { m { ... on A { m } } } } | -
Y63 | { ... on Query { t { ...F } } } fragment F on N { ... on T { s g } } | T.s t.s, T.g t.g
`)
