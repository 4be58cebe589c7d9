import {
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
} from 'graphql'
import { canProvideGuardedInput } from './guarded-inputs.ts'
import { getPossibleObjectTypes } from './object-types.ts'
import type { Rules } from './read-rules.ts'
import { ALLOW_ALL, and, type Rule } from './rule.ts'

type WithFields = GraphQLObjectType | GraphQLInterfaceType

/** What selecting one field of one type comes to, read from the schema once however often it is selected. */
export type FieldRules = {
  /** The rules of its type, itself, what it returns, and the interface's field: those that there are. */
  readonly coordinateRules: readonly { readonly coordinate: string; readonly rule: Rule }[]
  /** By name, the arguments that are guarded or may bring guarded inputs. */
  readonly guardedArguments: ReadonlyMap<
    string,
    { readonly coordinates: readonly string[]; readonly type: GraphQLInputType }
  >
  /** The object types that it can return, and the type that the document has there; undefined for a leaf. */
  readonly returns:
    | { readonly possibleTypes: readonly GraphQLObjectType[]; readonly staticType: GraphQLCompositeType }
    | undefined
}

/**
 * @param staticType the type that the document selects the field on: `type`, or one that it can stand behind
 * @param name a field of the type, or a meta-field, which asks for its type alone
 */
export function readFieldRules(
  schema: GraphQLSchema,
  rules: Rules,
  type: WithFields,
  staticType: GraphQLCompositeType,
  name: string,
): FieldRules {
  const field = type.getFields()[name]
  const returned = field && getNamedType(field.type)
  const owners = isInterfaceType(staticType) ? [type.name, staticType.name] : [type.name]
  const coordinates = returned
    ? [type.name, returned.name, ...owners.map((owner) => `${owner}.${name}`)]
    : [type.name]
  const inputs = new Map<string, { coordinates: readonly string[]; type: GraphQLInputType }>()
  for (const argument of field?.args ?? []) {
    const own = owners.map((owner) => `${owner}.${name}(${argument.name}:)`)
    if (own.some((coordinate) => rules.has(coordinate)) || canProvideGuardedInput(rules, argument.type))
      inputs.set(argument.name, { coordinates: own, type: argument.type })
  }
  const asks = coordinates.flatMap((coordinate) => {
    const rule = rules.get(coordinate)
    return rule ? [{ coordinate, rule }] : []
  })
  if (!isCompositeType(returned))
    return { coordinateRules: asks, guardedArguments: inputs, returns: undefined }
  const types = getPossibleObjectTypes(schema, returned)
  return {
    coordinateRules: asks,
    guardedArguments: inputs,
    returns: { possibleTypes: types, staticType: typeOf(staticType, name) ?? returned },
  }
}

/** All that selecting the field on its own type asks for, as one rule. */
export const computeFieldRule = (schema: GraphQLSchema, rules: Rules, type: WithFields, name: string): Rule =>
  readFieldRules(schema, rules, type, type, name)
    .coordinateRules.map(({ rule }) => rule)
    .reduce(and, ALLOW_ALL)

/** The type that a field has where the document writes it, which an implementer may narrow. */
function typeOf(written: GraphQLCompositeType, field: string): GraphQLCompositeType | undefined {
  if (!isObjectType(written) && !isInterfaceType(written)) return undefined
  const definition = written.getFields()[field]
  const type = definition && getNamedType(definition.type)
  return isCompositeType(type) ? type : undefined
}
