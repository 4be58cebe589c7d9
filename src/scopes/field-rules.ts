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
import { mayBring } from './guarded-inputs.ts'
import { objectsBehind } from './object-types.ts'
import type { Rules } from './read-rules.ts'
import { ANYBODY, both, type Rule } from './rule.ts'

type WithFields = GraphQLObjectType | GraphQLInterfaceType

/** What selecting one field of one type comes to, read from the schema once however often it is selected. */
export type FieldRules = {
  /** The rules of its type, itself, what it returns, and the interface's field: those that there are. */
  readonly asks: readonly { readonly coordinate: string; readonly rule: Rule }[]
  /** By name, the arguments that are guarded or may bring guarded inputs. */
  readonly inputs: ReadonlyMap<
    string,
    { readonly coordinates: readonly string[]; readonly type: GraphQLInputType }
  >
  /** The object types that it can return, and the type that the document has there; undefined for a leaf. */
  readonly below:
    | { readonly types: readonly GraphQLObjectType[]; readonly written: GraphQLCompositeType }
    | undefined
}

/**
 * @param written the type that the document selects the field on: `type`, or one that it can stand behind
 * @param name a field of the type, or a meta-field, which asks for its type alone
 */
export function readFieldRules(
  schema: GraphQLSchema,
  rules: Rules,
  type: WithFields,
  written: GraphQLCompositeType,
  name: string,
): FieldRules {
  const field = type.getFields()[name]
  const returned = field && getNamedType(field.type)
  const owners = isInterfaceType(written) ? [type.name, written.name] : [type.name]
  const coordinates = returned
    ? [type.name, returned.name, ...owners.map((owner) => `${owner}.${name}`)]
    : [type.name]
  const inputs = new Map<string, { coordinates: readonly string[]; type: GraphQLInputType }>()
  for (const argument of field?.args ?? []) {
    const own = owners.map((owner) => `${owner}.${name}(${argument.name}:)`)
    if (own.some((coordinate) => rules.has(coordinate)) || mayBring(rules, argument.type))
      inputs.set(argument.name, { coordinates: own, type: argument.type })
  }
  const asks = coordinates.flatMap((coordinate) => {
    const rule = rules.get(coordinate)
    return rule ? [{ coordinate, rule }] : []
  })
  if (!isCompositeType(returned)) return { asks, inputs, below: undefined }
  const types = objectsBehind(schema, returned)
  return { asks, inputs, below: { types, written: typeOf(written, name) ?? returned } }
}

/** All that selecting the field on its own type asks for, as one rule. */
export const fieldRule = (schema: GraphQLSchema, rules: Rules, type: WithFields, name: string): Rule =>
  readFieldRules(schema, rules, type, type, name)
    .asks.map(({ rule }) => rule)
    .reduce(both, ANYBODY)

/** The type that a field has where the document writes it, which an implementer may narrow. */
function typeOf(written: GraphQLCompositeType, field: string): GraphQLCompositeType | undefined {
  if (!isObjectType(written) && !isInterfaceType(written)) return undefined
  const definition = written.getFields()[field]
  const type = definition && getNamedType(definition.type)
  return isCompositeType(type) ? type : undefined
}
