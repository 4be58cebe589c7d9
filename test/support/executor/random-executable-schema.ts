// A schema, and resolvers whose every answer is all in a seed and the place that is asked for: two executors that ask the
// same see the same, mistakes and delays too. Delays are counted in turns of the microtask queue.
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
} from 'graphql'
import { createSeededRandom, type SeededRandom } from '../seeded-random.ts'
import { randomLeafValue, randomObjectValue } from './random-values.ts'

const WRAPPED = ['X', 'X', 'X!', '[X]', '[X!]', '[X]!', '[X!]!', '[[X]]', '[[X!]!]!', '[[X!]]']
const NAMES = ['x', 'text', 'money', 'color', 't0', 't1', 't2', 'root', 'given', 'found']
const BASES = ['Int', 'String', 'Money', 'Color', 'T0', 'T1', 'T2', 'Query', 'Int', 'T1']
const OBJECTS = ['Query', 'Mutation', 'T0', 'T1', 'T2', 'T3']
const ARGUMENTS: Record<string, string> = {
  given: '(p: Int, q: Money = "d", in: In, many: [In!] = [{ p: 3 }], grid: [[In]])',
  found: '(in: In = { q: "e" })',
}

/** What resolvers write down of how they are asked. */
export type ResolverLog = { readonly seed: number; readonly calls: unknown[] }

/** @param abstract whether fields may return an interface or a union */
export function randomExecutableSchema(r: SeededRandom, abstract: boolean): GraphQLSchema {
  const more = abstract ? (['n0', 'N0', 'u', 'U'] as const) : []
  const pool = new Map<string, string>()
  for (const [i, name] of NAMES.entries()) pool.set(name, r.pick(WRAPPED).replace('X', BASES[i] ?? ''))
  for (let i = 0; i < more.length; i += 2)
    pool.set(more[i] ?? '', r.pick(WRAPPED).replace('X', more[i + 1] ?? ''))
  const written = (names: readonly string[]) =>
    [...pool]
      .filter(([name]) => name === 'x' || names.includes(name))
      .map(([name, type]) => `${name}${ARGUMENTS[name] ?? ''}: ${type}`)
      .join(' ')
  const all = [...pool.keys()]
  const shared = r.subset(all, 0.5)
  const types = OBJECTS.map((name) => {
    const implementing = name.startsWith('T') && r.chance(0.6)
    const own = r.subset(all, name.startsWith('T') ? 0.6 : 0.9)
    return `type ${name}${implementing ? ' implements N0' : ''} { ${written(implementing ? [...shared, ...own] : own)} }`
  })
  const schema = buildSchema(`
    interface N0 { ${written(shared)} } union U = T0 | T1 | T3
    scalar Money enum Color { RED GREEN }
    input In { p: Int = 7 q: Money in: In many: [In] }
    ${types.join('\n')}`)
  return withResolvers(r, schema)
}

function withResolvers(r: SeededRandom, schema: GraphQLSchema): GraphQLSchema {
  const money = schema.getType('Money')
  if (money && 'serialize' in money) money.serialize = serialized
  if (money && 'parseValue' in money) money.parseValue = parsed
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith('__'))
      // A root field has no property to be: all of them have a resolver.
      for (const field of Object.values(type.getFields()))
        if (OBJECTS.indexOf(type.name) < 2 || r.chance(0.5)) field.resolve = resolver(field)
  const seldom = schema.getType('T2')
  if (isObjectType(seldom) && r.chance(0.1)) seldom.isTypeOf = () => true
  return schema
}

function serialized(value: unknown): unknown {
  if (value === 'none') return undefined
  if (value === 'null') return null
  if (value === 'bad') throw new Error('no money')
  return value
}

function parsed(value: unknown): unknown {
  if (value === 'bad') throw new Error('not taken')
  return { money: value }
}

const resolver =
  (field: GraphQLField<unknown, unknown>) =>
  (source: unknown, args: object, context: unknown, info: GraphQLResolveInfo): unknown => {
    const property = Object(source)[field.name]
    // What stands in the object is given as it is now and then, as a resolver of one's own does.
    if (typeof property === 'string') return defaultFieldResolver(source, args as never, context, info)
    return answerOf(args, context as ResolverLog, info)
  }

/** Writes down that it was asked for, and makes the answer up. */
function answerOf(args: object, asked: ResolverLog, info: GraphQLResolveInfo): unknown {
  const path = responsePathAsArray(info.path)
  asked.calls.push({
    args,
    path,
    typenames: typenamesOf(info.path),
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
  const r = createSeededRandom(hashOf(`${asked.seed} ${path.join('.')}`))
  if (r.chance(0.04)) throw r.pick([new Error(`thrown at ${path}`), `a text at ${path}`, new TypeError('t')])
  return later(r, valueFor(r, info.returnType))
}

/** The value, or what will be it: in so many turns, kept or broken, or a promise of no standard make. */
function later(r: SeededRandom, value: unknown): unknown {
  if (!r.chance(0.35)) return value
  const turns = r.integerBelow(5)
  const broken = r.chance(0.15)
  // biome-ignore lint/suspicious/noThenProperty: a promise of no standard make
  if (r.chance(0.1)) return { then: (done: (value: unknown) => void) => done(value) }
  async function promise() {
    for (let turn = 0; turn < turns; turn++) await undefined
    if (broken) throw r.pick([new Error(`rejected after ${turns}`), { code: turns }])
    return value
  }
  const made = promise()
  // A list that has broken off before does not ask for it.
  made.catch(() => undefined)
  return made
}

function typenamesOf(path: GraphQLResolveInfo['path'] | undefined): unknown[] {
  return path ? [...typenamesOf(path.prev), path.typename] : []
}

/** A value for a type, mostly one that fits. */
function valueFor(r: SeededRandom, type: GraphQLOutputType): unknown {
  if (r.chance(0.05)) return [null, undefined, new Error('returned')][r.integerBelow(3)]
  if (isNonNullType(type)) return valueFor(r, type.ofType)
  if (isListType(type)) return randomList(r, () => later(r, valueFor(r, type.ofType)))
  return (
    randomObjectValue(r, type, (field) => (args: object, context: unknown, info: GraphQLResolveInfo) => {
      if (info.fieldName !== field.name) throw new Error('another method')
      return answerOf(args, context as ResolverLog, info)
    }) ?? randomLeafValue(r, type.name)
  )
}

function randomList(r: SeededRandom, item: () => unknown): unknown {
  if (r.chance(0.04)) return r.pick(['text', 7, {}, { [Symbol.iterator]: undefined }, () => []])
  const items = Array.from({ length: r.integerBelow(4) }, item)
  if (r.chance(0.7)) return items
  if (r.chance(0.5)) return new Set(items)
  const breaks = r.chance(0.1)
  return {
    *[Symbol.iterator]() {
      yield* items
      if (breaks) throw new Error('the iterable broke')
    },
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  return hash
}
