import { getDirective } from '@graphql-tools/utils'
import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
} from 'graphql'
import { ScopeSchemaError } from '../scopes/index.ts'
import { listSchemaElements } from './schema-elements.ts'

/**
 * The weights of `@cost`, by the coordinates of fields, arguments and input fields. A field that is selected through an
 * interface has the weight of the interface's field.
 */
export type Weights = ReadonlyMap<string, number>

/** Reads every `@cost` of a schema. @throws ScopeSchemaError for a weight that is not a number from 0 */
export function readWeights(schema: GraphQLSchema): Weights {
  const uses = [...listSchemaElements(schema)].flatMap(({ coordinate, element }) =>
    (getDirective(schema, element, 'cost') ?? []).map(({ weight }) => ({
      coordinate,
      node: element.astNode,
      weight: String(weight),
    })),
  )
  const invalid = uses.filter(({ weight }) => !/^\d+(?:\.\d+)?$/.test(weight))
  if (invalid.length > 0)
    throw new ScopeSchemaError(
      invalid.map(({ coordinate, node, weight }) => {
        const message = `has the weight ${JSON.stringify(weight)}.`
        return { coordinate, node, message, fix: 'Write a number from 0, such as "10" or "0.5".' }
      }),
    )
  return new Map(uses.map(({ coordinate, weight }) => [coordinate, Number(weight)]))
}

/**
 * Returns the weight of an input whose value is not null, with the weights of the fields in that value. A value of another
 * type is rejected later. Not counted: default values in the schema.
 * @param weight that of the input itself
 */
export function weighInput(weights: Weights, weight: number, type: GraphQLInputType, value: unknown): number {
  if (value === null || value === undefined) return 0
  let sum = weight
  const nullableType = getNullableType(type)
  if (isListType(nullableType)) {
    for (const item of Array.isArray(value) ? value : [value])
      sum += weighInput(weights, 0, nullableType.ofType, item)
  } else if (isInputObjectType(nullableType) && typeof value === 'object') {
    for (const field of listWeighedFields(weights, nullableType))
      sum += weighInput(weights, field.weight, field.type, Object(value)[field.name])
  }
  return sum
}

type WeighedField = { readonly name: string; readonly weight: number; readonly type: GraphQLInputType }

const weighedFields = new WeakMap<Weights, Map<GraphQLInputObjectType, readonly WeighedField[]>>()

/** Returns the fields of an input type that have a weight, or may hold fields with one. */
function listWeighedFields(weights: Weights, inputType: GraphQLInputObjectType): readonly WeighedField[] {
  const known = weighedFields.get(weights)?.get(inputType)
  if (known) return known
  const fields = Object.values(inputType.getFields())
    .map(({ name, type }) => ({ name, type, weight: weights.get(`${inputType.name}.${name}`) ?? 0 }))
    .filter(({ weight, type }) => weight > 0 || isInputObjectType(getNamedType(type)))
  weighedFields.set(weights, (weighedFields.get(weights) ?? new Map()).set(inputType, fields))
  return fields
}
