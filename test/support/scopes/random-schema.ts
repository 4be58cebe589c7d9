import { SCOPE_DIRECTIVES } from '../../cases/scopes/decisions/decision-schema.ts'
import type { SeededRandom } from '../seeded-random.ts'

export const RANDOM_SCOPES = ['a', 'b', 'c', 'd']
const OBJECTS = ['T0', 'T1', 'T2', 'T3']

/** The fields to choose from. They are the same in every type, so that any selections merge. */
const POOL: readonly { readonly name: string; readonly type: string; readonly compositeType?: string }[] = [
  { name: 'x', type: 'Int' },
  { name: 'money', type: 'Money' },
  { name: 'color', type: 'Color!' },
  { name: 'numbers', type: '[Int!]' },
  { name: 'n0', type: 'N0', compositeType: 'N0' },
  { name: 'n1', type: '[N1!]!', compositeType: 'N1' },
  { name: 'u', type: 'U!', compositeType: 'U' },
  { name: 't0', type: 'T0', compositeType: 'T0' },
  { name: 't1', type: '[T1]', compositeType: 'T1' },
  { name: 't2', type: 'T2!', compositeType: 'T2' },
  { name: 'root', type: 'Query', compositeType: 'Query' },
  { name: 'given', type: 'Int' },
  { name: 'found', type: 'N0', compositeType: 'N0' },
]

/** A random schema, and its expanded form for `findRequirementsByExecution`. */
export type RandomSchema = { readonly sdl: string; readonly expandedSdl: string }

/** Builds a schema with interfaces, a union and inputs, and random rules on everything that can have one. */
export function randomSchema(random: SeededRandom): RandomSchema {
  const rule = () => {
    if (random.chance(0.65)) return ''
    const alternative = () => random.subset(RANDOM_SCOPES, 0.35)
    const alternatives = Array.from({ length: 1 + random.integerBelow(3) }, alternative).filter(
      (scopes) => scopes.length > 0,
    )
    return alternatives.length > 0 ? ` @requiresScope(scopes: ${JSON.stringify(alternatives)})` : ''
  }
  const fieldsOf = (names: readonly string[]) =>
    POOL.filter(({ name }) => name === 'x' || names.includes(name)).map(({ name, type, compositeType }) => {
      const args = `(p: Int${rule()}, q: Money${rule()}, in: In${rule()}, many: [In!]${rule()}, grid: [[In]]${rule()})`
      const head = name === 'given' ? name + args : name === 'found' ? `found(in: In!${rule()})` : name
      return { head, type, compositeType, rule: rule() }
    })
  const names = POOL.map(({ name }) => name)
  const n0 = random.subset(names, 0.4)
  const n1 = [...n0, ...random.subset(names, 0.3)]
  const owners = [
    { head: `interface N0`, fields: fieldsOf(n0) },
    { head: `interface N1 implements N0`, fields: fieldsOf(n1) },
    { head: `type Query${rule()}`, fields: fieldsOf(random.subset(names, 0.8)) },
    { head: `type Mutation${rule()}`, fields: fieldsOf(random.subset(names, 0.8)) },
    ...OBJECTS.map((name) => {
      const [implement, inherited] = random.pick([
        ['', []],
        [' implements N0', n0],
        [' implements N1 & N0', n1],
      ] as const)
      return {
        head: `type ${name}${implement}${rule()}`,
        fields: fieldsOf([...inherited, ...random.subset(names, 0.4)]),
      }
    }),
  ]
  const members = random.subset(OBJECTS, 0.5)
  const others = `${SCOPE_DIRECTIVES}
    union U = ${(members.length > 0 ? members : OBJECTS).join(' | ')}
    scalar Money${rule()} enum Color${rule()} { RED }
    input In { p: Int${rule()} q: Money = 1${rule()} in: In${rule()} many: [In]${rule()} }`
  const print = ({ expanded }: { expanded: boolean }) =>
    owners
      .map(({ head, fields }) => {
        const lines = fields.map((field) => {
          const type = expanded
            ? field.compositeType
              ? `[${field.compositeType}]`
              : field.type.replaceAll('!', '')
            : field.type
          return `${field.head}: ${type}${field.rule}`
        })
        return `${head} { ${lines.join(' ')} ${expanded ? 'zz_typename: Int' : ''} }`
      })
      .join('\n')
  return {
    sdl: others + print({ expanded: false }),
    expandedSdl: others + print({ expanded: true }),
  }
}

/** The types of fields, of which T is replaced. */
const TYPES = ['T', 'T!', '[T]', '[T!]', '[T!]!', '[[T!]]', '[[T!]!]!']

/**
 * Builds a random schema with lists of every kind. Operations with interfaces and unions are not compiled, so that some
 * schemas have them in fragments only.
 */
export function randomListSchema(random: SeededRandom): string {
  const wrap = (name: string) => `: ${random.pick(TYPES).replace('T', name)}`
  const sdl = randomSchema(random)
    .sdl.replaceAll(': [T1]', wrap('T1'))
    .replaceAll(': T2!', wrap('T2'))
    .replaceAll(': U!', wrap('U'))
  if (random.chance(0.6)) return sdl
  return sdl
    .replaceAll(/: N0\b/g, ': T0')
    .replaceAll(': [N1!]!', ': [T1!]!')
    .replaceAll(/\bU\b(?! =)/g, 'T2')
}
