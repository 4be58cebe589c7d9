import { isDeepStrictEqual } from 'node:util'
import { expect, test } from '@jest/globals'
import {
  type DocumentNode,
  execute,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  printSchema,
  validate,
} from 'graphql'
import { isCompilable } from '../../src/executor/compilable.ts'
import { createExecutor, type ExecuteOperation } from '../../src/executor/executor.ts'
import { recordOutcome } from '../support/executor/execution-outcome.ts'
import { withHandledRejections } from '../support/executor/handled-rejections.ts'
import { type ResolverLog, randomExecutableSchema } from '../support/executor/random-executable-schema.ts'
import { randomRequest } from '../support/executor/random-request.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

const CASES = Number(process.env.CASES ?? 3_000)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const PER_SCHEMA = 10

type Case = {
  readonly schema: GraphQLSchema
  readonly run: ExecuteOperation
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly variables: Record<string, unknown>
  readonly seed: number
}

/** Each document several times, so that what was compiled for some variables meets others. */
function* cases(): Generator<Case> {
  for (let i = 0, made = 0; made < CASES; i++) {
    const r = createSeededRandom(SEED + i)
    const schema = randomExecutableSchema(r, r.chance(0.2))
    const run = createExecutor(schema)
    for (let k = 0; k < PER_SCHEMA; k++) {
      const { source, variableSets } = randomRequest(r, schema)
      const document = parse(source)
      const [operation] = document.definitions
      if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation')
      expect(validate(schema, document)).toEqual([])
      for (const variables of variableSets) {
        made += 1
        yield { schema, run, document, operation, variables, seed: r.integerBelow(2 ** 31) }
      }
    }
  }
}

const asked = (seed: number): ResolverLog => ({ seed, calls: [] })

async function outcomes({ schema, run, document, operation, variables, seed }: Case) {
  const [ours, theirs] = [asked(seed), asked(seed)]
  const request = { schema, document, variableValues: variables, operationName: 'Main', contextValue: theirs }
  return [
    await recordOutcome(() => run({ document, operation, variables, context: ours }), ours.calls),
    await recordOutcome(() => execute(request), theirs.calls),
  ] as const
}

test(`${CASES} random operations are answered, and resolvers asked, as by graphql-js (SEED=${SEED})`, async () => {
  let [compiled, faulty] = [0, 0]
  await withHandledRejections(async () => {
    for (const one of cases()) {
      const { schema, document, variables } = one
      const [ours, theirs] = await outcomes(one)
      if (!isDeepStrictEqual(ours, theirs))
        expect({
          source: document.loc?.source.body,
          variables,
          sdl: printSchema(schema),
          ours,
        }).toEqual({ ours: theirs })
      if (isCompilable(schema, document)) compiled += 1
      if (ours.hasErrors) faulty += 1
    }
  })
  expect(compiled).toBeGreaterThan(CASES / 2)
  expect(faulty).toBeGreaterThan(CASES / 4)
  expect(faulty).toBeLessThan(CASES)
}, 900_000)
