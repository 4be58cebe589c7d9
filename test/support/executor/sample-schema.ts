import { buildSchema, type GraphQLFieldResolver, type GraphQLResolveInfo, isObjectType } from 'graphql'

const SCHEMA = `
  type Query {
    ok: Int  bad: Int  hard: Int!  undefined: Int
    later: Int  laterBad: Int  laterHard: Int!  last: Int  lastBad: Int  returned: Int
    items: [Int!]  loose: [Int]!  laterItems: [Int!]  laterLoose: [Int]  grid: [[Int!]!]
    set: [Int]  letters: [Int]  noIterator: [Int]  breaks: [Int]  brokenOff: [Int!]
    self: Query  must: Query!  many: [Query]  all: [Query!]!  laterSelf: Query
    echo(a: Int = 3, constructor: Int, toString: [Int!], in: In, color: Color, must: Int! = 5): String
    none: Money  null: Money  money(of: Money): Money  laterMoney: Money  rejectedMoney: Money  rejectedMoneyHard: Money!
    thing: Thing  either: Either  checked: Checked
    word(of: String, id: ID, in: Int): String
    method: String  getter: Int  property(id: ID!): Int  methodWith(id: ID!, a: Int = 3): String  foreign: Int  foreignBad: Int
    voidThenable: Int  readAsync: [Int]  skippedThenable: [Int!]  infoKeys: String
  }
  type Mutation { one(n: Int): Int  slow(n: Int): Int  fails: Int!  slowFails: Int!  nested: Query }
  type Subscription { ticks: Int }
  interface Thing { ok: Int }
  type Real implements Thing { ok: Int }
  union Either = Real | Query
  type Checked { ok: Int }
  scalar Money  enum Color { RED GREEN }
  input In { p: Int = 7  many: [In!]  constructor: Int }
`

/** Waits for a number of microtasks. */
const waitMicrotasks = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await undefined
}
const after = async (microtasks: number, value: unknown) => {
  await waitMicrotasks(microtasks)
  if (value instanceof Error) throw value
  return value
}
const fail = (message: string): never => {
  throw new Error(message)
}

class Source {
  readonly #value = 'own'
  readonly property = 7
  readonly laterMoney = 'later'
  readonly rejectedMoney = 'rejected'
  readonly rejectedMoneyHard = 'rejected'
  methodWith(args: object) {
    return JSON.stringify(args)
  }
  method(args: object, context: object, { fieldName }: { fieldName: string }) {
    return `${this.#value} ${JSON.stringify(args)} ${typeof context} ${fieldName}`
  }
  get getter() {
    return fail('getter')
  }
}

const thenable = (promise: Promise<unknown>) => ({
  // biome-ignore lint/suspicious/noThenProperty: a thenable that is not a Promise
  then: (resolve: (value: unknown) => unknown, reject: (error: unknown) => unknown) =>
    promise.then(resolve, reject),
})

const QUERY: Record<string, (args: Record<string, unknown>, info: GraphQLResolveInfo) => unknown> = {
  ok: () => 1,
  word: (args) => JSON.stringify(args),
  bad: () => fail('bad'),
  hard: () => fail('hard'),
  undefined: () => undefined,
  later: () => after(1, 2),
  laterBad: () => after(1, new Error('laterBad')),
  laterHard: () => after(1, new Error('laterHard')),
  last: () => after(20, 3),
  lastBad: () => after(20, new Error('lastBad')),
  returned: () => new Error('returned'),
  items: () => [1, null, 2],
  loose: () => [1, new Error('item'), undefined, 'x', 4],
  laterItems: () => [after(9, new Error('late item')), after(1, null), after(5, new Error('later item'))],
  laterLoose: () => [after(3, new Error('second')), after(1, new Error('first')), 1],
  grid: () => [[1, 2], [3, null], null, new Set([5])],
  set: () => new Set([1, after(1, 2)]),
  letters: () => 'letters',
  noIterator: () => ({ [Symbol.iterator]: 1 }),
  brokenOff: () => [after(3, new Error('unhandled')), null],
  *breaks() {
    yield 1
    fail('breaks')
  },
  self: () => new Source(),
  must: () => new Source(),
  many: () => [new Source(), null, after(1, new Source())],
  all: () => [new Source(), after(3, new Source())],
  laterSelf: () => after(1, new Source()),
  echo: (args) => JSON.stringify(args),
  none: () => 'none',
  null: () => ({ of: 'null' }),
  money: ({ of }) => of,
  thing: () => ({ __typename: 'Real', ok: 5 }),
  either: () => ({ __typename: 'Unknown' }),
  checked: () => ({ ok: 6 }),
  foreign: () => thenable(after(1, 8)),
  foreignBad: () => thenable(after(1, new Error('foreignBad'))),
  // biome-ignore lint/suspicious/noThenProperty: a thenable whose `then` returns nothing
  voidThenable: () => ({ then: (resolve: (value: unknown) => void) => resolve(2) }),
  async *readAsync() {
    yield 1
  },
  // biome-ignore lint/suspicious/noThenProperty: a thenable that resolves at once
  skippedThenable: () => [null, { then: (resolve: (value: unknown) => void) => resolve(2) }],
  infoKeys: (_, info) => Object.keys(info).sort().join(),
}

/**
 * Creates a schema whose fields fail, wait or return unusual values, as their names say.
 * @param resolverCalls the list to which resolvers add their field
 */
export function createSampleSchema(resolverCalls: string[] = []) {
  const schema = buildSchema(SCHEMA)
  const slowWrite =
    (name: string, microtasks: number): GraphQLFieldResolver<unknown, unknown> =>
    async (_, { n }) => {
      resolverCalls.push(`${name} ${n ?? ''}`.trim())
      await waitMicrotasks(microtasks)
      resolverCalls.push(`end of ${name} ${n ?? ''}`.trim())
      return name.endsWith('ails') ? fail(name) : n
    }
  const types: Record<string, Record<string, GraphQLFieldResolver<unknown, unknown>>> = {
    Query: Object.fromEntries(
      Object.entries(QUERY).map(([name, resolve]) => [
        name,
        (_, args, __, info) => {
          resolverCalls.push(name)
          return resolve(args, info)
        },
      ]),
    ),
    Mutation: {
      one: (_, { n }) => {
        resolverCalls.push(`one ${n}`)
        return n
      },
      slow: slowWrite('slow', 9),
      fails: () => fail('fails'),
      slowFails: slowWrite('slowFails', 5),
      nested: () => new Source(),
    },
    Subscription: { ticks: () => 1 },
  }
  for (const [name, resolvers] of Object.entries(types)) {
    const type = schema.getType(name)
    if (!isObjectType(type)) throw new Error(name)
    for (const [field, resolve] of Object.entries(resolvers))
      Object.assign(type.getFields()[field] ?? {}, { resolve })
  }
  Object.assign(schema.getType('Checked') ?? {}, { isTypeOf: () => false })
  Object.assign(schema.getType('Money') ?? {}, {
    serialize(value: unknown) {
      if (value === 'later') return after(1, value)
      if (value === 'rejected') return after(1, new Error(value))
      return value === 'none' ? undefined : JSON.stringify(value).includes('null') ? null : value
    },
  })
  return schema
}
