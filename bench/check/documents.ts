import { buildSchema, type GraphQLSchema, getOperationAST, parse } from 'graphql'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { authorizePlan, compilePlan, readRules } from '../../src/scopes/index.ts'
import { median } from '../http/statistics.ts'

type Document = { readonly schema: GraphQLSchema; readonly source: string }
export type Written = readonly [name: string, document: Document]

const schema = loadSchema()
const books = (count: number, when = '') =>
  Array.from({ length: count }, (_, i) => `b${i}: book(id: 1)${when} { id }`).join(' ')

const nested = buildSchema(`
  directive @requiresScope(scopes: [[String!]!]!) on FIELD_DEFINITION
  type Query { n: N }
  interface N { s: Int n: N }
  type P implements N { s: Int n: N }
  type T implements N { s: Int @requiresScope(scopes: "fakebookapi.read") n: N }`)
const inEachOther = Array.from(
  { length: 30 },
  (_, i) => `fragment F${i} on N { s ...F${i + 1} ...F${i + 1} n { ...F${i + 1} } }`,
)

/** Documents of growing size, and the shapes that could make a check explode. */
export const wide: readonly Written[] = [
  ...[1, 10, 100, 1000].map(
    (count): Written => [`${count} fields`, { schema, source: `{ ${books(count)} }` }],
  ),
  ...[1, 10, 100, 1000].map(
    (count): Written => [
      `${count} fields, each on one @include`,
      { schema, source: `query ($v: Boolean!) { ${books(count, ' @include(if: $v)')} }` },
    ],
  ),
  [
    '30 fragments, each spread three times in the one before',
    { schema: nested, source: `{ n { ...F0 } } ${inEachOther.join(' ')} fragment F30 on N { s }` },
  ],
]

function compile({ schema: its, source }: Document) {
  const document = parse(source)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('no operation')
  const rules = readRules(its)
  const before = performance.now()
  const plan = compilePlan(its, rules, document, operation)
  return { plan, milliseconds: performance.now() - before }
}

/** Milliseconds: the first time, and the median of 25 more. */
export function compileTimes(document: Document): readonly [number, number] {
  const first = compile(document).milliseconds
  return [first, median(Array.from({ length: 25 }, () => compile(document).milliseconds))]
}

/** Nanoseconds that a decision on a known document takes; the median of 9 rounds. */
export function decisionNanoseconds(document: Document): number {
  const { plan } = compile(document)
  const held = new Set(['fakebookapi.read'])
  const variables = { v: true }
  const round = () => {
    const before = performance.now()
    for (let i = 0; i < 100_000; i++)
      if (!authorizePlan(plan, held, variables).allowed) throw new Error('refused')
    return ((performance.now() - before) / 100_000) * 1e6
  }
  return median(Array.from({ length: 9 }, round))
}
