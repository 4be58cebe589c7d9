import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { getOperationAST, parse } from 'graphql'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import { isSatisfied, type Rules } from '../../src/scopes/index.ts'
import { SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'
import { createContextWithScopes } from '../support/authorization-plugin.ts'
import {
  type AuthorizedOperation,
  buildGuardedSchema,
  createGuardedServer,
  type ReadLog,
  randomGuardedSchema,
} from '../support/executor/guarded-schema.ts'
import { randomOperation } from '../support/scopes/random-operation.ts'
import { RANDOM_SCOPES } from '../support/scopes/random-schema.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

const CASES = Number(process.env.CASES ?? 1_500) / 5
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const PER_SCHEMA = 10

let database: Database
beforeAll(async () => {
  database = await openDatabase('file::memory:')
})
afterAll(() => database.destroy())

/** What was read though a rule of its type, of itself or of what it returns forbids it. */
const forbidden = (read: ReadLog, rules: Rules, held: ReadonlySet<string>) =>
  read.filter((one) => {
    const [type = '', field, returned = ''] = one.split(' ')
    return [type, `${type}.${field}`, returned].some((at) => !isSatisfied(rules.get(at) ?? [[]], held))
  })

test(`${CASES} random operations by several callers in turn: each reads what it may, as with graphql-js (SEED=${SEED})`, async () => {
  let [answered, refused] = [0, 0]
  for (let i = 0; i < CASES / PER_SCHEMA; i++) {
    const r = createSeededRandom(SEED + i)
    const read: ReadLog = []
    const { schema, rules } = randomGuardedSchema(r, read)
    const [ours, theirs] = [true, false].map((own) => createGuardedServer(schema, rules, own))
    for (let k = 0; k < PER_SCHEMA; k++) {
      const { source: query, variables } = randomOperation(r, schema)
      for (const held of [
        RANDOM_SCOPES,
        r.subset(RANDOM_SCOPES, 0.6),
        [],
        r.subset(RANDOM_SCOPES, 0.6),
        RANDOM_SCOPES,
      ]) {
        // What was compiled for one caller meets another one, and other conditions.
        for (const name of ['v', 'w', 'z']) if (name in variables) variables[name] = r.chance(0.5)
        const outcome = async (server: typeof ours) => {
          read.length = 0
          const contextValue = createContextWithScopes(database, ...held)
          const response = await server?.executeOperation({ query, variables }, { contextValue })
          return { response: JSON.stringify(response), status: response?.http.status, read: [...read] }
        }
        const own = await outcome(ours)
        if (forbidden(read, rules, new Set(held)).length > 0)
          throw new Error(`read ${forbidden(read, rules, new Set(held))} with ${held}: ${query}`)
        expect(own).toEqual(await outcome(theirs))
        if (own.read.length > 0) answered += 1
        else refused += 1
      }
    }
  }
  expect(Math.min(answered, refused)).toBeGreaterThan(CASES / 2)
}, 120_000)

test(`${CASES} random operations that nobody has let in read nothing that is guarded (SEED=${SEED})`, async () => {
  for (let i = 0; i < CASES / PER_SCHEMA; i++) {
    const r = createSeededRandom(SEED + i)
    const read: ReadLog = []
    const { schema, rules } = randomGuardedSchema(r, read)
    const run = createExecutor(schema)
    for (let k = 0; k < PER_SCHEMA; k++) {
      const { source, variables } = randomOperation(r, schema)
      const document = parse(source)
      const operation = getOperationAST(document)
      if (!operation) throw new Error('no operation')
      await run({
        document,
        operation,
        variables,
        context: createContextWithScopes(database, ...RANDOM_SCOPES),
      })
      expect(forbidden(read, rules, new Set())).toEqual([])
    }
  }
}, 120_000)

test('X51 a caller that was let in for one operation of a document reads nothing by another one, nor by a copy of it', async () => {
  const read: ReadLog = []
  const admitted: AuthorizedOperation[] = []
  const text =
    'type Query { x: Int @requiresScope(scopes: "a") } type Mutation { x: Int @requiresScope(scopes: "a") }'
  const { schema, rules } = buildGuardedSchema(SCOPE_DIRECTIVES + text, createSeededRandom(1), read)
  const server = createGuardedServer(schema, rules, true, admitted)
  const source = 'query A { x } query B { x k: x } mutation C { x }'
  const contextValue = createContextWithScopes(database, ...RANDOM_SCOPES)
  await server.executeOperation({ query: source, operationName: 'A' }, { contextValue })
  const [known] = admitted
  if (!known) throw new Error('it was not let in')
  expect(read.length).toBe(1)
  const run = createExecutor(schema)
  for (const document of [known.document, parse(source)])
    for (const name of document === known.document ? ['B', 'C'] : ['A', 'B', 'C']) {
      const operation = getOperationAST(document, name)
      if (!operation) throw new Error('no operation')
      await run({ document, operation, variables: {}, context: known.contextValue })
    }
  expect(read.length).toBe(1)
})

test('X52 what was compiled for one caller and its conditions gives another caller nothing', async () => {
  const read: ReadLog = []
  const text = 'type Query { open: Int secret: Int @requiresScope(scopes: "a") self: Query }'
  const { schema, rules } = buildGuardedSchema(SCOPE_DIRECTIVES + text, createSeededRandom(1), read)
  const server = createGuardedServer(schema, rules, true)
  const query =
    'query ($v: Boolean = false, $w: Boolean = true) { open ...F @include(if: $v) self { ...F @skip(if: $w) } } fragment F on Query { secret }'
  const ask = async (variables: Record<string, unknown>, ...scopes: string[]) => {
    read.length = 0
    const contextValue = createContextWithScopes(database, ...scopes)
    const { body } = await server.executeOperation({ query, variables }, { contextValue })
    return { refused: body.kind === 'single' && body.singleResult.data === undefined, read: read.join() }
  }
  const [OPEN, BOTH] = ['Query open Int,Query self Query', 'Query open Int,Query secret Int,Query self Query']
  for (const _ of ['compiled', 'known']) {
    expect(await ask({ v: true }, 'a')).toEqual({ refused: false, read: BOTH })
    for (const variables of [{ v: true }, { w: false }, { v: true, w: false }])
      expect(await ask(variables)).toEqual({ refused: true, read: '' })
    for (const variables of [{}, { v: false }, { v: false, w: true }])
      expect(await ask(variables)).toEqual({ refused: false, read: OPEN })
    // No Boolean: it is told so, and nothing is read.
    for (const v of ['true', 1, [true], null]) expect((await ask({ v })).read).not.toContain('secret')
  }
})
