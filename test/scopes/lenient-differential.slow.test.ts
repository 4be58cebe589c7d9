import { expect, test } from '@jest/globals'
import { type ExecutionResult, execute, type GraphQLError, getOperationAST, parse } from 'graphql'
import { createExecutor } from '../../src/executor/executor.ts'
import { enforceRules } from '../../src/scopes/create-scopes.ts'
import type { Scopes } from '../../src/scopes/index.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { buildValueSchema, executePartially } from '../support/scopes/partial-execution.ts'
import { randomOperation } from '../support/scopes/random-operation.ts'
import { RANDOM_SCOPES, randomSchema } from '../support/scopes/random-schema.ts'
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts'

const CASES = Number(process.env.CASES ?? 2_000)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const OPERATIONS_PER_SCHEMA = 20

/** Operations with interfaces and unions are not compiled, so that some schemas have them in fragments only. */
function randomText(random: SeededRandom): string {
  const { sdl } = randomSchema(random)
  if (random.chance(0.6)) return sdl
  return sdl
    .replaceAll(/: N0\b/g, ': T0')
    .replaceAll(': [N1!]!', ': [T1!]!')
    .replaceAll(': U!', ': T2!')
}

/** The path and location of an error, the same in all executions. */
const toPlace = ({ path, locations }: GraphQLError) => JSON.stringify({ path, locations })

/** Returns the errors of the 403 of strict handling, by coordinate, without their paths. */
function listStrictErrors(scopes: Scopes, request: Parameters<Scopes['authorize']>[0]) {
  const decision = scopes.authorize({ ...request, contextValue: {}, denied: 'reject' })
  const errors = decision.allowed ? [] : scopes.challenge(decision).errors
  return new Map(errors.map((error) => [error.extensions.coordinate, error]))
}

test(`answers ${CASES} random queries leniently as graphql-js does where the denied places throw (SEED=${SEED})`, async () => {
  const counts = { cases: 0, partial: 0, propagated: 0, complete: 0 }
  for (let i = 0; counts.cases < CASES; i++) {
    const random = createSeededRandom(SEED + i)
    const sdl = randomText(random)
    const rules = readRules(buildValueSchema(sdl))
    const scopes = enforceRules(buildValueSchema(sdl), rules, 'null')
    const executeCompiled = createExecutor(scopes.schema)
    for (let k = 0; k < OPERATIONS_PER_SCHEMA; k++) {
      const { source, variables } = randomOperation(random, scopes.schema)
      const granted = random.subset(RANDOM_SCOPES, 0.7)
      const document = parse(source)
      const operation = getOperationAST(document)
      if (operation?.operation !== 'query') continue
      const request = { document, variables, scopes: granted }
      const strictErrors = listStrictErrors(scopes, { ...request, contextValue: {} })
      const executors = {
        compiled: (context: object) => executeCompiled({ document, operation, variables, context }),
        'graphql-js': (contextValue: object) =>
          execute({ schema: scopes.schema, document, variableValues: variables, contextValue }),
      }
      // Everything is denied by the rule of the query type.
      if (!scopes.authorize({ ...request, contextValue: {} }).allowed) continue
      const expected = await executePartially(buildValueSchema(sdl), rules, request)
      for (const [executor, run] of Object.entries(executors)) {
        const contextValue = {}
        scopes.authorize({ ...request, contextValue })
        const actual: ExecutionResult = await run(contextValue)
        const subject = { executor, sdl, source, variables, granted }
        expect({ ...subject, data: actual.data, places: actual.errors?.map(toPlace) }).toEqual({
          ...subject,
          data: expected.data,
          places: expected.errors?.map(toPlace),
        })
        actual.errors?.forEach(({ message, extensions }, index) => {
          expect(expected.errors?.[index]?.extensions.denied).toContain(extensions.coordinate)
          const strict = strictErrors.get(extensions.coordinate)
          expect({ message, extensions }).toEqual({
            message: strict?.message,
            extensions: strict?.extensions,
          })
        })
      }
      counts.cases += 1
      if (!expected.errors) counts.complete += 1
      else if (expected.data) counts.partial += 1
      else counts.propagated += 1
    }
  }
  expect(Math.min(counts.partial, counts.propagated, counts.complete)).toBeGreaterThan(CASES / 20)
}, 240_000)
