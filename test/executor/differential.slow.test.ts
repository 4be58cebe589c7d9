import { isDeepStrictEqual } from 'node:util'
import { expect, test } from '@jest/globals'
import {
  type DocumentNode,
  execute,
  type GraphQLSchema,
  type OperationDefinitionNode,
  printSchema,
  validate,
} from 'graphql'
import { isCompilable } from '../../src/executor/compilable.ts'
import { createExecutor, type ExecuteOperation } from '../../src/executor/executor.ts'
import { recordOutcome } from '../support/executor/execution-outcome.ts'
import { withHandledRejections } from '../support/executor/handled-rejections.ts'
import { parseOperation } from '../support/executor/parse-operation.ts'
import { type ResolverLog, randomExecutableSchema } from '../support/executor/random-executable-schema.ts'
import { randomRequest } from '../support/executor/random-request.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

const CASES = Number(process.env.CASES ?? 3_000)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const DOCUMENTS_PER_SCHEMA = 10

type RandomCase = {
  readonly schema: GraphQLSchema
  readonly executeOperation: ExecuteOperation
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly variables: Record<string, unknown>
  readonly resolverSeed: number
}

/** Yields each document several times with other variables, so that a cached compilation meets all of them. */
function* randomCases(): Generator<RandomCase> {
  for (let i = 0, count = 0; count < CASES; i++) {
    const random = createSeededRandom(SEED + i)
    const schema = randomExecutableSchema(random, { withAbstractTypes: random.chance(0.2) })
    const executeOperation = createExecutor(schema)
    for (let k = 0; k < DOCUMENTS_PER_SCHEMA; k++) {
      const { source, variableSets } = randomRequest(random, schema)
      const { document, operation } = parseOperation(source)
      expect(validate(schema, document)).toEqual([])
      for (const variables of variableSets) {
        count += 1
        const resolverSeed = random.integerBelow(2 ** 31)
        yield { schema, executeOperation, document, operation, variables, resolverSeed }
      }
    }
  }
}

async function executeBoth(randomCase: RandomCase) {
  const { schema, executeOperation, document, operation, variables, resolverSeed } = randomCase
  const actualLog: ResolverLog = { seed: resolverSeed, calls: [] }
  const expectedLog: ResolverLog = { seed: resolverSeed, calls: [] }
  const actual = await recordOutcome(
    () => executeOperation({ document, operation, variables, context: actualLog }),
    actualLog.calls,
  )
  const expected = await recordOutcome(
    () =>
      execute({
        schema,
        document,
        variableValues: variables,
        operationName: 'Main',
        contextValue: expectedLog,
      }),
    expectedLog.calls,
  )
  return { actual, expected }
}

test(`executes ${CASES} random operations with the results and resolver calls of graphql-js (SEED=${SEED})`, async () => {
  let compiledCount = 0
  let errorCount = 0
  await withHandledRejections(async () => {
    for (const randomCase of randomCases()) {
      const { schema, document, variables } = randomCase
      const { actual, expected } = await executeBoth(randomCase)
      if (!isDeepStrictEqual(actual, expected))
        expect({
          source: document.loc?.source.body,
          variables,
          sdl: printSchema(schema),
          actual,
        }).toEqual({ actual: expected })
      if (isCompilable(schema, document)) compiledCount += 1
      if (actual.hasErrors) errorCount += 1
    }
  })
  expect(compiledCount).toBeGreaterThan(CASES / 2)
  expect(errorCount).toBeGreaterThan(CASES / 4)
  expect(errorCount).toBeLessThan(CASES)
}, 900_000)
