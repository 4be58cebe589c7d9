import {
  type GraphQLField,
  type GraphQLNamedOutputType,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
} from 'graphql'
import type { SeededRandom } from '../seeded-random.ts'

const LEAVES: Record<string, readonly unknown[]> = {
  Int: [1, 2, 3, '5', true, 1.5, Number.NaN, 'x', {}],
  String: ['a', 'b', '', 7, false, { valueOf: () => 'v' }, {}, [1]],
  Money: [
    5,
    'm',
    { amount: [1, { deep: null }] },
    ['l'],
    'none',
    'null',
    'bad',
    // biome-ignore lint/suspicious/noThenProperty: no promise
    { then: 1 },
    new Map([[1, 2]]),
  ],
  Color: ['RED', 'GREEN', 'RED', 'PINK', 3],
}
const RIGHT = 3

/** A leaf's value, mostly one that its type takes. */
export function randomLeafValue(r: SeededRandom, type: string): unknown {
  const values = LEAVES[type] ?? []
  return r.pick(r.chance(0.9) ? values.slice(0, RIGHT) : values)
}

type Method = (field: GraphQLField<unknown, unknown>) => unknown

/** An object with a property for each leaf and a method for all else, or undefined where the type is a leaf. */
export function randomObjectValue(r: SeededRandom, type: GraphQLNamedOutputType, method: Method): unknown {
  if (isLeafType(type)) return undefined
  if (r.chance(0.02)) return r.pick(['no object', 0, () => 'a function'])
  if (isAbstractType(type))
    return { __typename: r.pick(['T0', 'T0', 'T0', 'T1', 'T2', 'Color', 'Nobody', 4]), x: 1 }
  if (!isObjectType(type)) return undefined
  const properties = Object.values(type.getFields()).map((field) => {
    const named = getNamedType(field.type)
    const leaf = isLeafType(field.type) && r.chance(0.7)
    return [field.name, leaf ? randomLeafValue(r, named.name) : method(field)]
  })
  return Object.fromEntries(properties)
}
