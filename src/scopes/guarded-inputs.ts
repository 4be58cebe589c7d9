import {
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  Kind,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql'
import { getProvidedValue, getVariableDefault, type RawVariables } from './conditions.ts'
import type { Rules } from './read-rules.ts'
import type { RequirementPath } from './requirement-path.ts'
import { DENY_ALL, type Rule } from './rule.ts'

/** A variable that may bring a guarded argument (`coordinate`), or guarded fields inside its value (`shape`). */
export type GuardedVariable = {
  readonly variable: string
  readonly defaultValue: unknown
  readonly path: RequirementPath
  readonly coordinate?: string
  readonly shape?: InputShape
}

/** The fields of an input type that are guarded, or lead to guarded ones. */
type InputShape = {
  readonly type: string
  readonly fields: { readonly name: string; readonly coordinate?: string; readonly shape?: InputShape }[]
}

/** What an argument's value provides: rules outright, and variables to be looked at per request. */
type ProvidedInputs = {
  readonly coordinateRules: readonly { readonly coordinate: string; readonly rule: Rule }[]
  readonly guardedVariables: readonly GuardedVariable[]
}

/**
 * Reads one argument as the document writes it.
 * @param coordinates the argument's own: on the object type, and on the interface that the document names
 */
export function readGuardedArgument(
  rules: Rules,
  operation: OperationDefinitionNode,
  coordinates: readonly string[],
  type: GraphQLInputType,
  value: ValueNode,
  path: RequirementPath,
): ProvidedInputs {
  const asks: { coordinate: string; rule: Rule }[] = []
  const variables: GuardedVariable[] = []
  const read = (at: readonly string[], of: GraphQLInputType, node: ValueNode) => {
    const guarded = at.filter((coordinate) => rules.has(coordinate))
    if (node.kind === Kind.VARIABLE) {
      const variable = node.name.value
      const base = { variable, defaultValue: getVariableDefault(operation, variable), path }
      for (const coordinate of guarded) variables.push({ ...base, coordinate })
      const shape = shapeOf(rules, of)
      if (shape) variables.push({ ...base, shape })
      return
    }
    for (const coordinate of guarded) asks.push({ coordinate, rule: rules.get(coordinate) ?? DENY_ALL })
    if (node.kind === Kind.LIST) for (const item of node.values) read([], of, item)
    const named = getNamedType(of)
    if (node.kind !== Kind.OBJECT || !isInputObjectType(named)) return
    for (const field of node.fields) {
      const definition = named.getFields()[field.name.value]
      if (definition) read([`${named.name}.${definition.name}`], definition.type, field.value)
    }
  }
  read(coordinates, type, value)
  return { coordinateRules: asks, guardedVariables: variables }
}

/** Undefined if a value of this type can bring nothing that is guarded, at any depth. */
function shapeOf(
  rules: Rules,
  type: GraphQLInputType,
  known = new Map<unknown, InputShape>(),
): InputShape | undefined {
  const named = getNamedType(type)
  if (!isInputObjectType(named) || !canProvideGuardedInput(rules, named)) return undefined
  let shape = known.get(named)
  if (shape) return shape
  shape = { type: named.name, fields: [] }
  known.set(named, shape)
  for (const field of Object.values(named.getFields())) {
    const coordinate = `${named.name}.${field.name}`
    const below = shapeOf(rules, field.type, known)
    if (rules.has(coordinate) || below)
      shape.fields.push({
        name: field.name,
        ...(rules.has(coordinate) && { coordinate }),
        ...(below && { shape: below }),
      })
  }
  return shape
}

/** Whether a guarded input field can be reached from this type. */
export function canProvideGuardedInput(
  rules: Rules,
  type: GraphQLInputType,
  seen = new Set<unknown>(),
): boolean {
  const named = getNamedType(type)
  if (!isInputObjectType(named) || seen.has(named)) return false
  seen.add(named)
  return Object.values(named.getFields()).some(
    (field) => rules.has(`${named.name}.${field.name}`) || canProvideGuardedInput(rules, field.type, seen),
  )
}

/**
 * The guarded coordinates that a request's variables provide for one `InputAsk`; `null` counts as provided.
 * Without recursion: how deep a value goes is up to who sends it.
 */
export function collectProvidedCoordinates(
  guardedVariable: GuardedVariable,
  variables: RawVariables,
): Set<string> {
  const found = new Set<string>()
  const value = getProvidedValue(guardedVariable.variable, guardedVariable.defaultValue, variables)
  if (value === undefined) return found
  if (guardedVariable.coordinate) found.add(guardedVariable.coordinate)
  const open: [InputShape, unknown][] = guardedVariable.shape ? [[guardedVariable.shape, value]] : []
  for (let next = open.pop(); next; next = open.pop()) {
    const [shape, part] = next
    if (typeof part !== 'object' || part === null) continue
    if (Array.isArray(part)) {
      for (const item of part) open.push([shape, item])
      continue
    }
    for (const { name, coordinate, shape: below } of shape.fields) {
      if (!Object.hasOwn(part, name)) continue
      if (coordinate) found.add(coordinate)
      if (below) open.push([below, Reflect.get(part, name)])
    }
  }
  return found
}
