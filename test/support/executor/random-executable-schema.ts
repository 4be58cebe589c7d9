// Random schemas whose resolvers derive their results from a seed and the path, so that two executors get the same
// values, errors and delays. Delays are numbers of microtasks.
import {
  buildSchema,
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
  responsePathAsArray,
  versionInfo,
} from 'graphql'
import { createSeededRandom, type SeededRandom } from '../seeded-random.ts'
import { randomLeafValue, randomObjectValue } from './random-values.ts'

const TYPE_WRAPPERS = ['X', 'X', 'X!', '[X]', '[X!]', '[X]!', '[X!]!', '[[X]]', '[[X!]!]!', '[[X!]]']
const FIELDS = [
  { name: 'x', type: 'Int' },
  { name: 'text', type: 'String' },
  { name: 'money', type: 'Money' },
  { name: 'color', type: 'Color' },
  { name: 't0', type: 'T0' },
  { name: 't1', type: 'T1' },
  { name: 't2', type: 'T2' },
  { name: 'root', type: 'Query' },
  { name: 'given', type: 'Int' },
  { name: 'found', type: 'T1' },
  { name: 'needed', type: 'Money' },
]
const ABSTRACT_FIELDS = [
  { name: 'n0', type: 'N0' },
  { name: 'u', type: 'U' },
]
const OBJECTS = ['Query', 'Mutation', 'T0', 'T1', 'T2', 'T3']
const ARGUMENTS: Record<string, string> = {
  given: '(p: Int, q: Money = "d", in: In, many: [In!] = [{ p: 3 }], grid: [[In]])',
  found: '(in: In = { q: "e" })',
  needed: '(n: Int!, l: [Int!]!, q: Money! = "f")',
}

/** The seed of an execution, and the resolver calls that it made. */
export type ResolverLog = { readonly seed: number; readonly calls: unknown[] }

/** Builds a random schema with resolvers. With abstract types, fields can return an interface or a union. */
export function randomExecutableSchema(
  random: SeededRandom,
  { withAbstractTypes }: { withAbstractTypes: boolean },
): GraphQLSchema {
  const pool = new Map<string, string>()
  for (const { name, type } of withAbstractTypes ? [...FIELDS, ...ABSTRACT_FIELDS] : FIELDS)
    pool.set(name, random.pick(TYPE_WRAPPERS).replace('X', type))
  const printFields = (names: readonly string[]) =>
    [...pool]
      .filter(([name]) => name === 'x' || names.includes(name))
      .map(([name, type]) => `${name}${ARGUMENTS[name] ?? ''}: ${type}`)
      .join(' ')
  const names = [...pool.keys()]
  const shared = random.subset(names, 0.5)
  const types = OBJECTS.map((name) => {
    const implementsN0 = name.startsWith('T') && random.chance(0.6)
    const own = random.subset(names, name.startsWith('T') ? 0.6 : 0.9)
    return `type ${name}${implementsN0 ? ' implements N0' : ''} { ${printFields(implementsN0 ? [...shared, ...own] : own)} }`
  })
  const schema = buildSchema(`
    interface N0 { ${printFields(shared)} } union U = T0 | T1 | T3
    scalar Money enum Color { RED GREEN }
    input In { p: Int = 7 q: Money in: In many: [In] }
    ${types.join('\n')}`)
  addResolvers(random, schema)
  return schema
}

function addResolvers(random: SeededRandom, schema: GraphQLSchema): void {
  // graphql 17 calls the methods by other names.
  Object.assign(schema.getType('Money') ?? {}, {
    serialize: serializeMoney,
    coerceOutputValue: serializeMoney,
    parseValue: parseMoney,
    coerceInputValue: parseMoney,
  })
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith('__'))
      // The source of a root field is undefined, so all of them need a resolver.
      for (const field of Object.values(type.getFields()))
        if (OBJECTS.indexOf(type.name) < 2 || random.chance(0.5)) field.resolve = createResolver(field)
  const t2 = schema.getType('T2')
  if (isObjectType(t2) && random.chance(0.1)) t2.isTypeOf = () => true
}

function serializeMoney(value: unknown): unknown {
  if (value === 'none') return undefined
  if (value === 'null') return null
  if (value === 'bad') throw new Error('not serializable')
  return value
}

function parseMoney(value: unknown): unknown {
  if (value === 'bad') throw new Error('invalid money')
  return { money: value }
}

const createResolver =
  (field: GraphQLField<unknown, unknown>) =>
  (source: unknown, args: object, context: unknown, info: GraphQLResolveInfo): unknown => {
    const property = Object(source)[field.name]
    // Some fields delegate to the default resolver, as custom resolvers do.
    if (typeof property === 'string') return defaultFieldResolver(source, args as never, context, info)
    return resolveRandomly(args, context as ResolverLog, info)
  }

/** Records the call, and derives the result from the seed and the path. */
function resolveRandomly(args: object, log: ResolverLog, info: GraphQLResolveInfo): unknown {
  const path = responsePathAsArray(info.path)
  log.calls.push({
    args,
    path,
    typenames: listTypenames(info.path),
    fieldName: info.fieldName,
    parentType: info.parentType,
    returnType: info.returnType,
    fieldNodes: [...info.fieldNodes],
    variableValues: info.variableValues,
    operation: info.operation,
    fragments: { ...info.fragments },
    schema: info.schema,
    rootValue: info.rootValue,
  })
  const random = createSeededRandom(hashText(`${log.seed} ${path.join('.')}`))
  if (random.chance(0.04))
    throw random.pick([new Error(`thrown at ${path}`), `a text at ${path}`, new TypeError('t')])
  return delayRandomly(random, randomValue(random, info.returnType))
}

/** Returns the value, a promise of it that can reject, or a thenable that is not a Promise. */
function delayRandomly(random: SeededRandom, value: unknown): unknown {
  if (!random.chance(0.35)) return value
  const microtasks = random.integerBelow(5)
  const rejects = random.chance(0.15)
  if (random.chance(0.1)) return createThenable(value)
  async function settle() {
    for (let i = 0; i < microtasks; i++) await undefined
    if (rejects) throw random.pick([new Error(`rejected after ${microtasks}`), { code: microtasks }])
    return value
  }
  const promise = settle()
  // A list that has already failed does not handle it.
  promise.catch(() => undefined)
  return promise
}

/** Creates a thenable that is not a Promise. graphql-js 17 fails if it resolves at once (executor/X14). */
const createThenable = (value: unknown) => ({
  // biome-ignore lint/suspicious/noThenProperty: a thenable that is not a Promise
  then: (resolve: (value: unknown) => void) =>
    versionInfo.major < 17 ? resolve(value) : queueMicrotask(() => resolve(value)),
})

function listTypenames(path: GraphQLResolveInfo['path'] | undefined): unknown[] {
  return path ? [...listTypenames(path.prev), path.typename] : []
}

/** Returns a value for a type, usually a valid one. */
function randomValue(random: SeededRandom, type: GraphQLOutputType): unknown {
  if (random.chance(0.05)) return [null, undefined, new Error('returned')][random.integerBelow(3)]
  if (isNonNullType(type)) return randomValue(random, type.ofType)
  if (isListType(type))
    return randomList(random, () => delayRandomly(random, randomValue(random, type.ofType)))
  return (
    randomObjectValue(random, type, (field) => (args: object, context: unknown, info: GraphQLResolveInfo) => {
      if (info.fieldName !== field.name) throw new Error('A method was called for another field.')
      return resolveRandomly(args, context as ResolverLog, info)
    }) ?? randomLeafValue(random, type.name)
  )
}

function randomList(random: SeededRandom, item: () => unknown): unknown {
  if (random.chance(0.04)) return random.pick(['text', 7, {}, { [Symbol.iterator]: undefined }, () => []])
  const items = Array.from({ length: random.integerBelow(4) }, item)
  if (random.chance(0.7)) return items
  if (random.chance(0.5)) return new Set(items)
  const throws = random.chance(0.1)
  return {
    *[Symbol.iterator]() {
      yield* items
      if (throws) throw new Error('the iterable failed')
    },
  }
}

/** Hashes a text (FNV-1a). */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  return hash
}
