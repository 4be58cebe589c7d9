import {
  type GraphQLCompositeType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
} from 'graphql'
import { containsInputField, type GuardedArgument } from './guarded-inputs.ts'
import { listSchemaElements } from './read-rules.ts'
import { ALLOW_ALL, and, type Rule, type Rules } from './rule.ts'

type TypeWithFields = GraphQLObjectType | GraphQLInterfaceType

/** The rules that apply where one field of one type is selected. */
export type FieldRules = {
  /** The rules of the enclosing type, the field, the returned type and the interface's field, as far as they exist. */
  readonly coordinateRules: readonly { readonly coordinate: string; readonly rule: Rule }[]
  /** By name. */
  readonly guardedArguments: ReadonlyMap<string, GuardedArgument>
  /** The type that the field returns, and the one that the document declares; undefined for a leaf. */
  readonly returns:
    | { readonly type: GraphQLCompositeType; readonly staticType: GraphQLCompositeType }
    | undefined
}

const knownFieldRules = new WeakMap<Rules, WeakMap<GraphQLObjectType, Map<string, FieldRules>>>()

/** Returns what `readFieldRules` reads, once for all operations. */
export function getFieldRules(
  rules: Rules,
  type: GraphQLObjectType,
  staticType: GraphQLCompositeType,
  name: string,
): FieldRules {
  // The names of meta-fields, or of an invalid document, are not stored.
  if (!type.getFields()[name]) return readFieldRules(rules, type, staticType, name)
  const byType = knownFieldRules.get(rules) ?? new WeakMap<GraphQLObjectType, Map<string, FieldRules>>()
  knownFieldRules.set(rules, byType)
  const byName = byType.get(type) ?? new Map<string, FieldRules>()
  byType.set(type, byName)
  const key = `${name} ${staticType.name}`
  const fieldRules = byName.get(key) ?? readFieldRules(rules, type, staticType, name)
  byName.set(key, fieldRules)
  return fieldRules
}

/**
 * Reads the rules that apply where a field is selected.
 * @param staticType the type that the document selects the field on: `type` itself, or an abstract type that includes it
 * @param name a field of the type, or a meta-field, to which only the type's own rule applies
 */
export function readFieldRules(
  rules: Rules,
  type: TypeWithFields,
  staticType: GraphQLCompositeType,
  name: string,
): FieldRules {
  const field = type.getFields()[name]
  const returnedType = field && getNamedType(field.type)
  const owners = isInterfaceType(staticType) ? [type.name, staticType.name] : [type.name]
  const fieldCoordinates = returnedType
    ? [type.name, returnedType.name, ...owners.map((owner) => `${owner}.${name}`)]
    : [type.name]
  const coordinateRules = fieldCoordinates.flatMap((coordinate) => {
    const rule = rules.get(coordinate)
    return rule ? [{ coordinate, rule }] : []
  })
  const guardedArguments = new Map<string, GuardedArgument>()
  for (const { name: argument, type: inputType } of field?.args ?? []) {
    const coordinates = owners.map((owner) => `${owner}.${name}(${argument}:)`)
    if (coordinates.some((coordinate) => rules.has(coordinate)) || containsInputField(rules, inputType))
      guardedArguments.set(argument, { coordinates, type: inputType })
  }
  const returns = isCompositeType(returnedType)
    ? { type: returnedType, staticType: getFieldStaticType(staticType, name) ?? returnedType }
    : undefined
  return { coordinateRules, guardedArguments, returns }
}

/** Combines everything that selecting a field on its own type requires into one rule. */
export const computeFieldRule = (rules: Rules, type: TypeWithFields, name: string) =>
  readFieldRules(rules, type, type, name)
    .coordinateRules.map(({ rule }) => rule)
    .reduce(and, ALLOW_ALL)

/** Returns what each coordinate requires: a field everything that selecting it does, another element its own rule. */
export function combineRules(schema: GraphQLSchema, rules: Rules): Rules {
  const combined = new Map<string, Rule>()
  for (const { coordinate } of listSchemaElements(schema)) {
    const [typeName = '', fieldName = ''] = coordinate.split('.')
    const type = schema.getType(typeName)
    const isOutputField = (isObjectType(type) || isInterfaceType(type)) && type.getFields()[fieldName]
    const rule = isOutputField ? computeFieldRule(rules, type, fieldName) : rules.get(coordinate)
    if (rule && !rule.some((alternative) => alternative.length === 0)) combined.set(coordinate, rule)
  }
  return combined
}

/** Returns the field's type as declared on the static type; an implementer may declare a narrower one. */
function getFieldStaticType(staticType: GraphQLCompositeType, name: string) {
  const field = 'getFields' in staticType ? staticType.getFields()[name] : undefined
  const type = getNamedType(field?.type)
  return isCompositeType(type) ? type : undefined
}
