import { SCOPE_DIRECTIVES } from '../../cases/scopes/decisions/decision-schema.ts'
import type { SeededRandom } from '../seeded-random.ts'

export const RANDOM_SCOPES = ['a', 'b', 'c', 'd']
const OBJECTS = ['T0', 'T1', 'T2', 'T3']

/** Field, type as declared, named type if it is composite. The same in every type, so that any selection merges. */
const POOL: readonly (readonly [name: string, type: string, composite?: string])[] = [
  ['x', 'Int'],
  ['money', 'Money'],
  ['color', 'Color!'],
  ['numbers', '[Int!]'],
  ['n0', 'N0', 'N0'],
  ['n1', '[N1!]!', 'N1'],
  ['u', 'U!', 'U'],
  ['t0', 'T0', 'T0'],
  ['t1', '[T1]', 'T1'],
  ['t2', 'T2!', 'T2'],
  ['root', 'Query', 'Query'],
  ['given', 'Int'],
  ['found', 'N0', 'N0'],
]

/** The schema, and the same one as the slow evaluator runs it: see there. */
export type RandomSchema = { readonly sdl: string; readonly expandedSdl: string }

export function randomSchema(r: SeededRandom): RandomSchema {
  const rule = () => {
    if (r.chance(0.65)) return ''
    const alternative = () => r.subset(RANDOM_SCOPES, 0.35)
    const rules = Array.from({ length: 1 + r.integerBelow(3) }, alternative).filter((all) => all.length > 0)
    return rules.length > 0 ? ` @requiresScope(scopes: ${JSON.stringify(rules)})` : ''
  }
  const fieldsOf = (names: readonly string[]) =>
    POOL.filter(([name]) => name === 'x' || names.includes(name)).map(([name, type, composite]) => {
      const given = `(p: Int${rule()}, q: Money${rule()}, in: In${rule()}, many: [In!]${rule()}, grid: [[In]]${rule()})`
      const head = name === 'given' ? name + given : name === 'found' ? `found(in: In!${rule()})` : name
      return { head, type, composite, rule: rule() }
    })
  const names = POOL.map(([name]) => name)
  const n0 = r.subset(names, 0.4)
  const n1 = [...n0, ...r.subset(names, 0.3)]
  const owners = [
    { head: `interface N0`, fields: fieldsOf(n0) },
    { head: `interface N1 implements N0`, fields: fieldsOf(n1) },
    { head: `type Query${rule()}`, fields: fieldsOf(r.subset(names, 0.8)) },
    { head: `type Mutation${rule()}`, fields: fieldsOf(r.subset(names, 0.8)) },
    ...OBJECTS.map((name) => {
      const [implement, inherited] = r.pick([
        ['', []],
        [' implements N0', n0],
        [' implements N1 & N0', n1],
      ] as const)
      return {
        head: `type ${name}${implement}${rule()}`,
        fields: fieldsOf([...inherited, ...r.subset(names, 0.4)]),
      }
    }),
  ]
  const members = r.subset(OBJECTS, 0.5)
  const others = `${SCOPE_DIRECTIVES}
    union U = ${(members.length > 0 ? members : OBJECTS).join(' | ')}
    scalar Money${rule()} enum Color${rule()} { RED }
    input In { p: Int${rule()} q: Money = 1${rule()} in: In${rule()} many: [In]${rule()} }`
  const written = (expanded: boolean) =>
    owners
      .map(({ head, fields }) => {
        const lines = fields.map((field) => {
          const type = expanded
            ? field.composite
              ? `[${field.composite}]`
              : field.type.replaceAll('!', '')
            : field.type
          return `${field.head}: ${type}${field.rule}`
        })
        return `${head} { ${lines.join(' ')} ${expanded ? 'zz_typename: Int' : ''} }`
      })
      .join('\n')
  return { sdl: others + written(false), expandedSdl: others + written(true) }
}
