import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type ExecutionResult, execute, getOperationAST, parse } from 'graphql'
import { createExecutor } from '../../src/executor/executor.ts'
import { enforceRules } from '../../src/scopes/create-scopes.ts'
import type { Scopes } from '../../src/scopes/index.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import type { Values } from '../support/package/path-values.ts'
import { listNullPlaces } from '../support/scopes/list-null-places.ts'
import { buildValueSchema, executePartially } from '../support/scopes/partial-execution.ts'
import { randomOperation } from '../support/scopes/random-operation.ts'
import { RANDOM_SCOPES, randomListSchema } from '../support/scopes/random-schema.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

const CASES = Number(process.env.CASES ?? 2_000)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const OPERATIONS_PER_SCHEMA = 20

/** The errors of the failures that are not denials. */
const OTHER_ERROR = expect.stringMatching(/^(?:item failed|Cannot return null for non-nullable field)/)

/** The rejections that nothing has handled. They end a process that has no listener. */
const unhandled: unknown[] = []
const addUnhandled = (reason: unknown) => void unhandled.push(reason)
beforeAll(() => void process.on('unhandledRejection', addUnhandled))
afterAll(() => void process.off('unhandledRejection', addUnhandled))

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
    const sdl = randomListSchema(random)
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
      const decision = scopes.authorize({ ...request, contextValue: {} })
      // Everything is denied by the rule of the query type.
      if (!decision.allowed) continue
      // Without a denial, the executor alone handles the rejections.
      const values: Values = decision.denials && random.chance(0.5) ? { failures: 'all' } : {}
      const expected = await executePartially(buildValueSchema(sdl), rules, { ...request, values })
      // graphql-js 17 abandons promises of this schema.
      await setImmediate()
      unhandled.length = 0
      for (const [executor, run] of Object.entries(executors)) {
        const contextValue = { ...values }
        scopes.authorize({ ...request, contextValue })
        const actual: ExecutionResult = await run(contextValue)
        const subject = { executor, sdl, source, variables, granted }
        expect({ ...subject, data: actual.data, nulls: listNullPlaces(actual) }).toEqual({
          ...subject,
          data: expected.data,
          nulls: listNullPlaces(expected),
        })
        for (const { message, extensions } of actual.errors ?? []) {
          const { coordinate } = extensions
          const strict = strictErrors.get(coordinate)
          if (coordinate === undefined)
            expect({ ...subject, message }).toMatchObject({ message: OTHER_ERROR })
          else
            expect({ message, extensions }).toEqual({
              message: strict?.message,
              extensions: strict?.extensions,
            })
        }
      }
      // Node.js reports unhandled rejections after the microtasks.
      await setImmediate()
      expect({ source, variables, granted, unhandled }).toMatchObject({ unhandled: [] })
      counts.cases += 1
      if (!expected.errors) counts.complete += 1
      else if (expected.data) counts.partial += 1
      else counts.propagated += 1
    }
  }
  expect(Math.min(counts.partial, counts.propagated, counts.complete)).toBeGreaterThan(CASES / 20)
}, 240_000)
