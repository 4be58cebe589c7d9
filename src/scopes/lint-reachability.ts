import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql'
import { getPossibleObjectTypes, getRootTypes } from './object-types.ts'
import type { SchemaElement } from './read-rules.ts'
import type { Rules } from './rule.ts'
import type { Violation } from './schema-violation.ts'

const findElementsWith = (elements: readonly SchemaElement[], directive: string) =>
  elements.flatMap(({ coordinate, directives }) => {
    const node = directives.find(({ name }) => name.value === directive)
    return node ? [{ coordinate, node }] : []
  })

/**
 * Finds fields that are reachable from a root without a rule or `@public`.
 * Fields below such a field are not listed, because the fix decides whether they are reachable.
 */
export function* findUnguardedFields(
  schema: GraphQLSchema,
  rules: Rules,
  elements: readonly SchemaElement[],
): Generator<Violation> {
  const publicCoordinates = new Set(findElementsWith(elements, 'public').map(({ coordinate }) => coordinate))
  const reached = new Set<GraphQLObjectType>()
  const queue: GraphQLObjectType[] = []
  const reach = (type: GraphQLNamedType) => {
    for (const possibleType of getPossibleObjectTypes(schema, type)) {
      if (!reached.has(possibleType)) queue.push(possibleType)
      reached.add(possibleType)
    }
  }
  getRootTypes(schema).forEach(reach)
  for (let type = queue.shift(); type; type = queue.shift()) {
    if (rules.has(type.name)) continue
    for (const field of Object.values(type.getFields())) {
      const returnedType = getNamedType(field.type)
      const coordinate = `${type.name}.${field.name}`
      if (rules.has(coordinate) || rules.has(returnedType.name)) continue
      if (publicCoordinates.has(coordinate) || publicCoordinates.has(type.name)) reach(returnedType)
      else
        yield {
          coordinate,
          node: field.astNode,
          message: 'has no rule. Add @requiresScope(scopes: …) or @public(reason: …).',
        }
    }
  }
}

/** Finds rules that no operation can run into, so that they only look like a protection. */
export function* findIneffectiveRules(
  schema: GraphQLSchema,
  elements: readonly SchemaElement[],
): Generator<Violation> {
  const { outputTypes, inputTypes } = collectReachableTypes(schema)
  for (const { coordinate, node } of findElementsWith(elements, 'requiresScope')) {
    const [name = ''] = coordinate.split('.')
    const type = schema.getType(name)
    const isEffective = type && (isInputObjectType(type) ? inputTypes.has(type) : outputTypes.has(type))
    if (isEffective) continue
    const message =
      type && isLeafType(type) && inputTypes.has(type)
        ? 'has a rule without effect: the type is only used for inputs, and its rule applies where it is returned. Put the rule on the arguments, or remove it.'
        : 'has a rule without effect: no operation can reach it. Remove the rule.'
    yield { coordinate, node, message }
  }
}

/** Collects the types that operations can return, and the types that they can provide as input. */
function collectReachableTypes(schema: GraphQLSchema) {
  const outputTypes = new Set<GraphQLNamedType>()
  const inputTypes = new Set<GraphQLNamedType>()
  const addInput = (type: GraphQLNamedType) => {
    if (inputTypes.has(type)) return
    inputTypes.add(type)
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) addInput(getNamedType(field.type))
  }
  const addOutput = (type: GraphQLNamedType) => {
    if (outputTypes.has(type)) return
    outputTypes.add(type)
    getPossibleObjectTypes(schema, type).forEach(addOutput)
    if (!isObjectType(type) && !isInterfaceType(type)) return
    type.getInterfaces().forEach(addOutput)
    for (const field of Object.values(type.getFields())) {
      addOutput(getNamedType(field.type))
      for (const argument of field.args) addInput(getNamedType(argument.type))
    }
  }
  getRootTypes(schema).forEach(addOutput)
  return { outputTypes, inputTypes }
}
