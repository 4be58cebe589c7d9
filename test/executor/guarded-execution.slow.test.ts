import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { getOperationAST, parse } from 'graphql'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import { ALLOW_ALL, isSatisfied, type Rules } from '../../src/scopes/rule.ts'
import { createContextWithScopes } from '../support/authorization-plugin.ts'
import { createGuardedServer, type ReadLog, randomGuardedSchema } from '../support/executor/guarded-schema.ts'
import { randomOperation } from '../support/scopes/random-operation.ts'
import { RANDOM_SCOPES } from '../support/scopes/random-schema.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

const CASES = Number(process.env.CASES ?? 1_500) / 5
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const OPERATIONS_PER_SCHEMA = 10

let database: Database
beforeAll(async () => {
  database = await openDatabase('file::memory:')
})
afterAll(() => database.destroy())

/** Returns the reads that the rule of the type, the field or the returned type does not allow. */
const findUnauthorizedReads = (readLog: ReadLog, rules: Rules, grantedScopes: ReadonlySet<string>) =>
  readLog.filter((read) => {
    const [type = '', field, returnedType = ''] = read.split(' ')
    return [type, `${type}.${field}`, returnedType].some(
      (coordinate) => !isSatisfied(rules.get(coordinate) ?? ALLOW_ALL, grantedScopes),
    )
  })

test(`${CASES} random operations read only what each of several callers may, as with graphql-js (SEED=${SEED})`, async () => {
  let readCount = 0
  let rejectedCount = 0
  for (let i = 0; i < CASES / OPERATIONS_PER_SCHEMA; i++) {
    const random = createSeededRandom(SEED + i)
    const readLog: ReadLog = []
    const guarded = randomGuardedSchema(random, readLog)
    const servers = {
      compiled: createGuardedServer(guarded, { executor: 'compiled' }),
      reference: createGuardedServer(guarded, { executor: 'graphql-js' }),
    }
    for (let k = 0; k < OPERATIONS_PER_SCHEMA; k++) {
      const { source: query, variables } = randomOperation(random, guarded.schema)
      for (const scopes of [
        RANDOM_SCOPES,
        random.subset(RANDOM_SCOPES, 0.6),
        [],
        random.subset(RANDOM_SCOPES, 0.6),
        RANDOM_SCOPES,
      ]) {
        // The cached compilation is used with other callers and other conditions.
        for (const name of ['v', 'w', 'z']) if (name in variables) variables[name] = random.chance(0.5)
        const send = async (server: (typeof servers)['compiled']) => {
          readLog.length = 0
          const contextValue = createContextWithScopes(database, ...scopes)
          const response = await server.executeOperation({ query, variables }, { contextValue })
          return { response: JSON.stringify(response), status: response.http.status, reads: [...readLog] }
        }
        const actual = await send(servers.compiled)
        const unauthorizedReads = findUnauthorizedReads(actual.reads, guarded.rules, new Set(scopes))
        if (unauthorizedReads.length > 0)
          throw new Error(`Read ${unauthorizedReads} with the scopes ${scopes}: ${query}`)
        expect(actual).toEqual(await send(servers.reference))
        if (actual.reads.length > 0) readCount += 1
        else rejectedCount += 1
      }
    }
  }
  expect(Math.min(readCount, rejectedCount)).toBeGreaterThan(CASES / 2)
}, 120_000)

test(`${CASES} random operations without authorization read nothing that is guarded (SEED=${SEED})`, async () => {
  for (let i = 0; i < CASES / OPERATIONS_PER_SCHEMA; i++) {
    const random = createSeededRandom(SEED + i)
    const readLog: ReadLog = []
    const { schema, rules } = randomGuardedSchema(random, readLog)
    const executeOperation = createExecutor(schema)
    for (let k = 0; k < OPERATIONS_PER_SCHEMA; k++) {
      const { source, variables } = randomOperation(random, schema)
      const document = parse(source)
      const operation = getOperationAST(document)
      if (!operation) throw new Error('The document has no operation.')
      const context = createContextWithScopes(database, ...RANDOM_SCOPES)
      await executeOperation({ document, operation, variables, context })
      expect(findUnauthorizedReads(readLog, rules, new Set())).toEqual([])
    }
  }
}, 120_000)
