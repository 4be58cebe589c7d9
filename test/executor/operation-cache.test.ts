import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from '@jest/globals'
import { buildSchema, type ExecutionResult, type OperationDefinitionNode, parse } from 'graphql'
import { createExecutor } from '../../src/executor/executor.ts'
import { parseOperation } from '../support/executor/parse-operation.ts'
import { createSampleSchema } from '../support/executor/sample-schema.ts'

const toPlainResult = async (result: ExecutionResult | Promise<ExecutionResult>) =>
  JSON.parse(JSON.stringify(await result))

function exposeGarbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}

test('executor/X41 uses the fragments of the document that the operation is executed from', async () => {
  const executeOperation = createExecutor(createSampleSchema())
  const { document, operation } = parseOperation('{ ...F } fragment F on Query { ok }')
  const [otherFragment] = parse('fragment F on Query { later }').definitions
  if (!otherFragment) throw new Error('The document has no fragment.')
  const otherDocument = { ...document, definitions: [operation, otherFragment] }
  const request = { operation, variables: {}, context: {} }
  for (const _ of ['first', 'second']) {
    expect(await toPlainResult(executeOperation({ ...request, document }))).toEqual({ data: { ok: 1 } })
    expect(await toPlainResult(executeOperation({ ...request, document: otherDocument }))).toEqual({
      data: { later: 2 },
    })
  }
})

test('executor/X42 does not use the compilation for one schema with another schema', async () => {
  const request = { ...parseOperation('{ ok }'), variables: {}, context: {} }
  const otherSchema = buildSchema('type Query { ok: [String] }')
  for (const { schema, ok } of [
    { schema: createSampleSchema(), ok: 1 },
    { schema: otherSchema, ok: null },
    { schema: createSampleSchema(), ok: 1 },
  ])
    expect(await toPlainResult(createExecutor(schema)(request))).toEqual({ data: { ok } })
})

test('executor/X43 ignores changes of the variables during an execution', async () => {
  const executeOperation = createExecutor(createSampleSchema())
  const variables: Record<string, unknown> = { v: true, a: 1 }
  const request = parseOperation(
    'query ($v: Boolean!, $a: Int) { laterSelf { echo(a: $a) ok @include(if: $v) } }',
  )
  const result = executeOperation({ ...request, variables, context: {} })
  Object.assign(variables, { v: false, a: 2 })
  expect(await toPlainResult(result)).toEqual({
    data: { laterSelf: { echo: '{"a":1,"must":5}', ok: 1 } },
  })
})

test('executor/X44 visits each fragment once per object, however often it is spread', async () => {
  const executeOperation = createExecutor(createSampleSchema())
  const object = 'self @include(if: false)'
  const spread = (i: number) =>
    `a: ${object} { ...F${i} } b: ${object} { ...F${i} } c: ${object} { ...F${i} } ...F${i} ...F${i}`
  const fragments = Array.from(
    { length: 30 },
    (_, i) => `fragment F${i} on Query { ok ${i < 29 ? spread(i + 1) : ''} }`,
  )
  const request = parseOperation(`{ ...F0 ...F0 } ${fragments.join(' ')}`)
  const result = executeOperation({ ...request, variables: {}, context: {} })
  expect(await toPlainResult(result)).toEqual({ data: { ok: 1 } })
})

test('executor/X45 releases documents that nothing else refers to', async () => {
  const collectGarbage = exposeGarbageCollector()
  const executeOperation = createExecutor(createSampleSchema())
  const operations: WeakRef<OperationDefinitionNode>[] = []
  for (let i = 0; i < 100; i++) {
    const request = parseOperation(`query ($v: Boolean!) { self { k${i}: ok @include(if: $v) } }`)
    operations.push(new WeakRef(request.operation))
    for (const v of [true, false]) await executeOperation({ ...request, variables: { v }, context: {} })
  }
  // A WeakRef keeps its target alive until the end of the current turn of the event loop.
  await setImmediate()
  collectGarbage()
  expect(operations.filter((operation) => operation.deref()).length).toBeLessThan(5)
})

test('executor/X46 limits the memory for short documents with many compiled fields', async () => {
  const collectGarbage = exposeGarbageCollector()
  const executeOperation = createExecutor(createSampleSchema())
  const spread = (i: number) => `a: self { ...F${i} } b: self { ...F${i} } c: self { ...F${i} }`
  const fragments = Array.from(
    { length: 8 },
    (_, i) => `fragment F${i} on Query { ok k: ok ${i < 7 ? spread(i + 1) : ''} }`,
  )
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  const requests = Array.from({ length: 40 }, (_, i) =>
    parseOperation(`query Q${i} { ...F0 } ${fragments.join(' ')}`),
  )
  for (const request of requests) await executeOperation({ ...request, variables: {}, context: {} })
  collectGarbage()
  const megabytesPerDocument = (process.memoryUsage().heapUsed - before) / requests.length / 1e6
  // Without the limit a document takes 6 MB.
  expect(megabytesPerDocument).toBeLessThan(3)
})
