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
import { canBeCompiled } from '../../src/executor/compilable.ts'
import { createExecutor, type Execute } from '../../src/executor/executor.ts'
import { outcomeOf } from '../support/executor/execution-outcome.ts'
import { unheard } from '../support/executor/handled-rejections.ts'
import { type Asked, randomWorld } from '../support/executor/random-executable-schema.ts'
import { randomRequest } from '../support/executor/random-request.ts'
import { random } from '../support/seeded-random.ts'

const CASES = Number(process.env.CASES ?? 3_000)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const PER_SCHEMA = 10

type Case = {
  readonly schema: GraphQLSchema
  readonly run: Execute
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly variables: Record<string, unknown>
  readonly seed: number
}

/** Each document several times, so that what was compiled for some variables meets others. */
function* cases(): Generator<Case> {
  for (let i = 0, made = 0; made < CASES; i++) {
    const r = random(SEED + i)
    const schema = randomWorld(r, r.chance(0.2))
    const run = createExecutor(schema)
    for (let k = 0; k < PER_SCHEMA; k++) {
      const { source, sent } = randomRequest(r, schema)
      const document = parse(source)
      const [operation] = document.definitions
      if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation')
      expect(validate(schema, document)).toEqual([])
      for (const variables of sent) {
        made += 1
        yield { schema, run, document, operation, variables, seed: r.below(2 ** 31) }
      }
    }
  }
}

const asked = (seed: number): Asked => ({ seed, calls: [] })

async function outcomes({ schema, run, document, operation, variables, seed }: Case) {
  const [ours, theirs] = [asked(seed), asked(seed)]
  const request = { schema, document, variableValues: variables, operationName: 'Main', contextValue: theirs }
  return [
    await outcomeOf(() => run({ document, operation, variables, context: ours }), ours.calls),
    await outcomeOf(() => execute(request), theirs.calls),
  ] as const
}

test(`${CASES} random operations are answered, and resolvers asked, as by graphql-js (SEED=${SEED})`, async () => {
  let [compiled, faulty] = [0, 0]
  await unheard(async () => {
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
      if (canBeCompiled(schema, document)) compiled += 1
      if (ours.faulty) faulty += 1
    }
  })
  expect(compiled).toBeGreaterThan(CASES / 2)
  expect(faulty).toBeGreaterThan(CASES / 4)
  expect(faulty).toBeLessThan(CASES)
}, 900_000)
