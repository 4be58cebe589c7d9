import { addResolversToSchema } from '@graphql-tools/schema'
import { buildSchema, type GraphQLSchema, getOperationAST, parse } from 'graphql'
import { parseConfig } from '../../src/config/config.ts'
import { createCheckDocument } from '../../src/graphql/document-limits.ts'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { resolvers } from '../../src/graphql/resolvers.ts'
import { authorizePlan } from '../../src/scopes/authorize-plan.ts'
import { createScopes, scopeDirectives } from '../../src/scopes/index.ts'
import { compilePlan } from '../../src/scopes/plan.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { markdownTable } from '../support/report.ts'
import { median } from '../support/statistics.ts'

const ROUNDS = 9
const CALLS = 100_000
const COMPILATIONS = 25
const SCOPE = 'fakebookapi.read'
const SIZES = [1, 10, 100, 1000]
const TYPE_COUNTS = [10, 100, 500, 2000]

interface CheckedDocument {
  readonly name: string
  readonly schema: GraphQLSchema
  readonly source: string
}

/** Prints the time of the scope check in this process by the size of the document, and that of the document limits. */
export async function runCheck(): Promise<void> {
  const rows = createDocuments().map((document) => {
    const first = compile(document).milliseconds
    const again = median(Array.from({ length: COMPILATIONS }, () => compile(document).milliseconds))
    const { plan } = compile(document)
    const scopes = new Set([SCOPE])
    const variables = { v: true }
    const decided = measureNanoseconds(() => authorizePlan(plan, scopes, variables))
    return {
      document: document.name,
      'first compiled, ms': first.toFixed(2),
      'compiled again, ms': again.toFixed(3),
      'decided, ns/request': decided.toFixed(0),
    }
  })
  const schema = addResolversToSchema({ schema: loadSchema(), resolvers })
  const checkDocument = createCheckDocument(schema, parseConfig({}).documentLimits, 50)
  const known = { query: 'query Book($id: ID!) { book(id: $id) { id title } }', variables: { id: '1' } }
  const limits = measureNanoseconds(() => checkDocument(known, known.query))
  console.log(
    `Node ${process.version}. "Compiled again" is the median of ${COMPILATIONS} compilations after the first; ` +
      `decisions and document limits are medians of ${ROUNDS} rounds of ${CALLS} calls.\n`,
  )
  console.log(markdownTable(rows))
  console.log(`\nThe limits of documents cost ${limits.toFixed(0)} ns for a document that is known.\n`)
  console.log(markdownTable(TYPE_COUNTS.map(measureSchema)))
}

/**
 * Measures a schema of this many object types through the package's API: reading its rules, planning two documents, and
 * deciding on them. One document selects fields of three types; the other goes through an interface that all types implement.
 */
function measureSchema(typeCount: number) {
  const types = Array.from({ length: typeCount }, (_, index) => {
    const next = `T${(index + 1) % typeCount}`
    return `type T${index} implements Node { id: ID name: String @requiresScope(scopes: "${SCOPE}") next: ${next} }`
  })
  const schema = buildSchema(`${scopeDirectives}
    schema @scope(name: "${SCOPE}", description: "Read") { query: Query }
    type Query { node: Node @requiresScope(scopes: "${SCOPE}") t: T0 @requiresScope(scopes: "${SCOPE}") }
    interface Node { id: ID name: String }
    ${types.join('\n')}`)
  const read = measureMilliseconds(
    ROUNDS,
    () => schema,
    (input) => createScopes(input),
  )
  const scopes = createScopes(schema)
  const measureDocument = (query: string) => {
    const plan = measureMilliseconds(COMPILATIONS, () => parse(query), scopes.requiredScopes)
    const document = parse(query)
    const request = { document, contextValue: {}, scopes: new Set([SCOPE]) }
    const decided = measureNanoseconds(() => scopes.authorize(request))
    return { plan: plan.toFixed(3), decided: decided.toFixed(0) }
  }
  const three = measureDocument('{ t { id name next { id name next { id name } } } }')
  const through = measureDocument('{ node { id name } }')
  return {
    'object types': typeCount,
    'createScopes, ms': read.toFixed(1),
    'plan of three types, ms': three.plan,
    'decision, ns': three.decided,
    'plan through an interface, ms': through.plan,
    'decision through it, ns': through.decided,
  }
}

/** Creates documents of growing size, and one whose fragments would expand exponentially. */
function createDocuments(): CheckedDocument[] {
  const schema = loadSchema()
  const books = (count: number, directive = '') =>
    Array.from({ length: count }, (_, index) => `b${index}: book(id: 1)${directive} { id }`).join(' ')
  const nested = buildSchema(`
    directive @requiresScope(scopes: [[String!]!]!) on FIELD_DEFINITION
    type Query { n: N }
    interface N { s: Int n: N }
    type P implements N { s: Int n: N }
    type T implements N { s: Int @requiresScope(scopes: "${SCOPE}") n: N }`)
  const fragments = Array.from(
    { length: 30 },
    (_, index) => `fragment F${index} on N { s ...F${index + 1} ...F${index + 1} n { ...F${index + 1} } }`,
  )
  return [
    ...SIZES.map((count) => ({ name: `${count} fields`, schema, source: `{ ${books(count)} }` })),
    ...SIZES.map((count) => ({
      name: `${count} fields, each on one @include`,
      schema,
      source: `query ($v: Boolean!) { ${books(count, ' @include(if: $v)')} }`,
    })),
    {
      name: '30 fragments, each spread three times in the one before',
      schema: nested,
      source: `{ n { ...F0 } } ${fragments.join(' ')} fragment F30 on N { s }`,
    },
  ]
}

function compile({ schema, source }: CheckedDocument) {
  const document = parse(source)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('The document has no operation')
  const rules = readRules(schema)
  const before = performance.now()
  const plan = compilePlan(schema, rules, document, operation)
  return { plan, milliseconds: performance.now() - before }
}

/** Returns the median time of calls, each with an input of its own. */
function measureMilliseconds<Input>(
  calls: number,
  prepare: () => Input,
  call: (input: Input) => unknown,
): number {
  const times = Array.from({ length: calls }, () => {
    const input = prepare()
    const before = performance.now()
    call(input)
    return performance.now() - before
  })
  return median(times)
}

/** Returns the nanoseconds of one call. */
function measureNanoseconds(call: () => unknown): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = performance.now()
    for (let count = 0; count < CALLS; count++) call()
    return ((performance.now() - before) / CALLS) * 1e6
  })
  return median(rounds)
}
