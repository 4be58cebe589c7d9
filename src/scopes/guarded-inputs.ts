import {
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  Kind,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql'
import { getProvidedValue, getVariableDefault, type RawVariables } from './conditions.ts'
import type { RequirementPath } from './requirement-path.ts'
import { DENY_ALL, type Rule, type Rules } from './rule.ts'

/** An argument that has a rule, or whose input type contains fields with one. */
export type GuardedArgument = {
  /** Its coordinates on the object type, and on the interface that the document selects on. */
  readonly coordinates: readonly string[]
  readonly type: GraphQLInputType
}

/**
 * A variable that can provide a guarded argument (`coordinate`), or guarded input fields within its value (`shape`).
 * An input is guarded if it has a rule.
 */
export type GuardedVariable = {
  readonly variable: string
  readonly defaultValue: unknown
  readonly path: RequirementPath
  readonly coordinate?: string
  readonly shape?: InputShape
}

/** The fields of an input type that are guarded, or whose types contain guarded fields. */
type InputShape = {
  readonly type: string
  readonly fields: { readonly name: string; readonly coordinate?: string; readonly shape?: InputShape }[]
}

/**
 * Reads one argument as the document writes it.
 * @returns the rules that its literal value runs into, and the variables that must be evaluated per request
 */
export function readGuardedArgument(
  rules: Rules,
  operation: OperationDefinitionNode,
  { coordinates, type }: GuardedArgument,
  value: ValueNode,
  path: RequirementPath,
) {
  const coordinateRules: { coordinate: string; rule: Rule }[] = []
  const guardedVariables: GuardedVariable[] = []
  const read = (inputCoordinates: readonly string[], inputType: GraphQLInputType, node: ValueNode) => {
    const guarded = inputCoordinates.filter((coordinate) => rules.has(coordinate))
    if (node.kind === Kind.VARIABLE) {
      const variable = node.name.value
      const base = { variable, defaultValue: getVariableDefault(operation, variable), path }
      for (const coordinate of guarded) guardedVariables.push({ ...base, coordinate })
      const shape = buildInputShape(rules, inputType)
      if (shape) guardedVariables.push({ ...base, shape })
      return
    }
    for (const coordinate of guarded)
      coordinateRules.push({ coordinate, rule: rules.get(coordinate) ?? DENY_ALL })
    if (node.kind === Kind.LIST) for (const item of node.values) read([], inputType, item)
    const namedType = getNamedType(inputType)
    if (node.kind !== Kind.OBJECT || !isInputObjectType(namedType)) return
    for (const field of node.fields) {
      const definition = namedType.getFields()[field.name.value]
      if (definition) read([`${namedType.name}.${definition.name}`], definition.type, field.value)
    }
  }
  read(coordinates, type, value)
  return { coordinateRules, guardedVariables }
}

/** Builds the shape of an input type; undefined if its values cannot provide anything guarded, at any depth. */
function buildInputShape(
  rules: Rules,
  type: GraphQLInputType,
  shapes = new Map<unknown, InputShape>(),
): InputShape | undefined {
  const namedType = getNamedType(type)
  if (!isInputObjectType(namedType) || !canProvideGuardedInput(rules, namedType)) return undefined
  const existing = shapes.get(namedType)
  if (existing) return existing
  const shape: InputShape = { type: namedType.name, fields: [] }
  // Stored before its fields are read, because input types can be recursive.
  shapes.set(namedType, shape)
  for (const field of Object.values(namedType.getFields())) {
    const coordinate = `${namedType.name}.${field.name}`
    const fieldShape = buildInputShape(rules, field.type, shapes)
    if (rules.has(coordinate) || fieldShape)
      shape.fields.push({
        name: field.name,
        ...(rules.has(coordinate) && { coordinate }),
        ...(fieldShape && { shape: fieldShape }),
      })
  }
  return shape
}

/** Returns true if an input type contains a guarded field, at any depth. */
export function canProvideGuardedInput(
  rules: Rules,
  type: GraphQLInputType,
  seen = new Set<unknown>(),
): boolean {
  const namedType = getNamedType(type)
  if (!isInputObjectType(namedType) || seen.has(namedType)) return false
  seen.add(namedType)
  return Object.values(namedType.getFields()).some(
    (field) =>
      rules.has(`${namedType.name}.${field.name}`) || canProvideGuardedInput(rules, field.type, seen),
  )
}

/**
 * Collects the guarded coordinates that a request provides through one variable. `null` counts as provided.
 * Iterative, because the client chooses how deep the value is nested.
 */
export function collectProvidedCoordinates(guardedVariable: GuardedVariable, variables: RawVariables) {
  const coordinates = new Set<string>()
  const value = getProvidedValue(guardedVariable.variable, guardedVariable.defaultValue, variables)
  if (value === undefined) return coordinates
  if (guardedVariable.coordinate) coordinates.add(guardedVariable.coordinate)
  const pending: { shape: InputShape; value: unknown }[] = []
  if (guardedVariable.shape) pending.push({ shape: guardedVariable.shape, value })
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { shape, value: input } = next
    if (typeof input !== 'object' || input === null) continue
    if (Array.isArray(input)) {
      for (const item of input) pending.push({ shape, value: item })
      continue
    }
    for (const { name, coordinate, shape: fieldShape } of shape.fields) {
      if (!Object.hasOwn(input, name)) continue
      if (coordinate) coordinates.add(coordinate)
      if (fieldShape) pending.push({ shape: fieldShape, value: Reflect.get(input, name) })
    }
  }
  return coordinates
}
