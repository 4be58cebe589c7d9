import {
  type GraphQLField,
  type GraphQLNamedOutputType,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
} from 'graphql'
import type { SeededRandom } from '../seeded-random.ts'

/** By leaf type, resolver results: first `VALID_COUNT` valid ones, then unusual and invalid ones. */
const LEAF_VALUES: Record<string, readonly unknown[]> = {
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
    // biome-ignore lint/suspicious/noThenProperty: an object that is not a promise
    { then: 1 },
    new Map([[1, 2]]),
  ],
  Color: ['RED', 'GREEN', 'RED', 'PINK', 3],
}
const VALID_COUNT = 3

/** Returns a value for a leaf type, usually a valid one. */
export function randomLeafValue(random: SeededRandom, type: string): unknown {
  const values = LEAF_VALUES[type] ?? []
  return random.pick(random.chance(0.9) ? values.slice(0, VALID_COUNT) : values)
}

type CreateMethod = (field: GraphQLField<unknown, unknown>) => unknown

/** Returns an object with a property or a method for each field; undefined for a leaf type. */
export function randomObjectValue(
  random: SeededRandom,
  type: GraphQLNamedOutputType,
  createMethod: CreateMethod,
): unknown {
  if (isLeafType(type)) return undefined
  if (random.chance(0.02)) return random.pick(['no object', 0, () => 'a function'])
  if (isAbstractType(type))
    return { __typename: random.pick(['T0', 'T0', 'T0', 'T1', 'T2', 'Color', 'Unknown', 4]), x: 1 }
  if (!isObjectType(type)) return undefined
  const properties = Object.values(type.getFields()).map((field) => {
    const isProperty = isLeafType(field.type) && random.chance(0.7)
    return [
      field.name,
      isProperty ? randomLeafValue(random, getNamedType(field.type).name) : createMethod(field),
    ]
  })
  return Object.fromEntries(properties)
}
