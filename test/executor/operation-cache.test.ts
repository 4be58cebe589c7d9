// What the executor keeps of an operation, and of whom.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from '@jest/globals'
import {
  buildSchema,
  type ExecutionResult,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql'
import { createExecutor, type ExecuteOperation } from '../../src/executor/executor.ts'
import { createSampleSchema } from '../support/executor/sample-schema.ts'

function asked(source: string) {
  const document = parse(source)
  const [operation] = document.definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation')
  return { document, operation }
}

const plain = async (result: ExecutionResult | Promise<ExecutionResult>) =>
  JSON.parse(JSON.stringify(await result))

const ask = (run: ExecuteOperation, source: string, variables = {}) =>
  plain(run({ ...asked(source), variables, context: {} }))

test('X41 an operation that stands in another document too has that one’s fragments there', async () => {
  const run = createExecutor(createSampleSchema())
  const { document, operation } = asked('{ ...F } fragment F on Query { ok }')
  const [other] = parse('fragment F on Query { later }').definitions
  if (!other) throw new Error('no fragment')
  const changed = { ...document, definitions: [operation, other] }
  for (const _ of ['first', 'second']) {
    expect(await plain(run({ document, operation, variables: {}, context: {} }))).toEqual({ data: { ok: 1 } })
    expect(await plain(run({ document: changed, operation, variables: {}, context: {} }))).toEqual({
      data: { later: 2 },
    })
  }
})

test('X42 what is kept of a document for one schema is not used for another', async () => {
  const { document, operation } = asked('{ ok }')
  const other = buildSchema('type Query { ok: [String] }')
  const schemas: readonly (readonly [GraphQLSchema, unknown])[] = [
    [createSampleSchema(), 1],
    [other, null],
    [createSampleSchema(), 1],
  ]
  for (const [schema, ok] of schemas)
    expect(await plain(createExecutor(schema)({ document, operation, variables: {}, context: {} }))).toEqual({
      data: { ok },
    })
})

test('X43 variables that change while a request runs are those that it began with', async () => {
  const run = createExecutor(createSampleSchema())
  const variables: Record<string, unknown> = { v: true, a: 1 }
  const request = asked('query ($v: Boolean!, $a: Int) { laterSelf { echo(a: $a) ok @include(if: $v) } }')
  const result = run({ ...request, variables, context: {} })
  Object.assign(variables, { v: false, a: 2 })
  expect(await plain(result)).toEqual({
    data: { laterSelf: { echo: '{"a":1,"must":5}', ok: 1 } },
  })
})

test('X44 fragments that multiply are read once each', async () => {
  const run = createExecutor(createSampleSchema())
  const spread = (i: number) =>
    `a: nothing { ...F${i} } b: nothing { ...F${i} } c: nothing { ...F${i} } ...F${i} ...F${i}`
  const fragments = Array.from(
    { length: 30 },
    (_, i) => `fragment F${i} on Query { ok ${i < 29 ? spread(i + 1) : ''} }`,
  )
  const source = `{ ...F0 ...F0 } ${fragments.join(' ')}`.replaceAll('nothing', 'self @include(if: false)')
  expect(await ask(run, source)).toEqual({ data: { ok: 1 } })
})

function collector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}

test('X45 a document that nobody has is not kept', async () => {
  const collect = collector()
  const run = createExecutor(createSampleSchema())
  const operations: WeakRef<OperationDefinitionNode>[] = []
  for (let i = 0; i < 100; i++) {
    const { document, operation } = asked(`query ($v: Boolean!) { self { k${i}: ok @include(if: $v) } }`)
    operations.push(new WeakRef(operation))
    for (const v of [true, false]) await run({ document, operation, variables: { v }, context: {} })
  }
  // A WeakRef holds what it refers to until the turn of the event loop ends.
  await new Promise((done) => setImmediate(done))
  collect()
  expect(operations.filter((one) => one.deref()).length).toBeLessThan(5)
})

test('X46 documents that are short and answer much do not fill the memory together', async () => {
  const collect = collector()
  const run = createExecutor(createSampleSchema())
  const spread = (i: number) => `a: self { ...F${i} } b: self { ...F${i} } c: self { ...F${i} }`
  const fragments = Array.from(
    { length: 8 },
    (_, i) => `fragment F${i} on Query { ok k: ok ${i < 7 ? spread(i + 1) : ''} }`,
  )
  collect()
  const before = process.memoryUsage().heapUsed
  const held = Array.from({ length: 40 }, (_, i) => asked(`query Q${i} { ...F0 } ${fragments.join(' ')}`))
  for (const request of held) await run({ ...request, variables: {}, context: {} })
  collect()
  // Without a limit it is six each.
  expect((process.memoryUsage().heapUsed - before) / held.length / 1e6).toBeLessThan(3)
})
