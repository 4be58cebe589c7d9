import { type GraphQLInputType, getNamedType, isInputObjectType, Kind, type ValueNode } from 'graphql'
import {
  getProvidedFields,
  getProvidedValue,
  type RawVariables,
  readProperty,
  UNREADABLE,
} from './raw-variables.ts'
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
  readonly fields: {
    readonly name: string
    readonly coordinate: string | undefined
    readonly shape: InputShape | undefined
  }[]
}

/**
 * Reads one argument as the document writes it.
 * @returns the rules that its literal value runs into, and the variables that must be evaluated per request
 */
export function readGuardedArgument(
  rules: Rules,
  variableDefaults: ReadonlyMap<string, unknown>,
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
      const base = { variable, defaultValue: variableDefaults.get(variable), path }
      for (const coordinate of guarded) guardedVariables.push({ ...base, coordinate })
      const shape = getInputShape(rules, inputType)
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

const knownShapes = new WeakMap<Rules, WeakMap<object, InputShape>>()

/** Returns the shape of an input type; undefined if its values cannot provide anything guarded, at any depth. */
function getInputShape(rules: Rules, type: GraphQLInputType): InputShape | undefined {
  const shapes = knownShapes.get(rules) ?? new WeakMap<object, InputShape>()
  knownShapes.set(rules, shapes)
  const namedType = getNamedType(type)
  const existing = shapes.get(namedType)
  if (existing) return existing
  if (!isInputObjectType(namedType) || !containsInputField(rules, namedType)) return undefined
  const shape: InputShape = { type: namedType.name, fields: [] }
  // Stored before its fields are read, because input types can be recursive.
  shapes.set(namedType, shape)
  for (const field of Object.values(namedType.getFields())) {
    const fieldShape = getInputShape(rules, field.type)
    const fieldCoordinate = `${namedType.name}.${field.name}`
    const coordinate = rules.has(fieldCoordinate) ? fieldCoordinate : undefined
    if (coordinate || fieldShape) shape.fields.push({ name: field.name, coordinate, shape: fieldShape })
  }
  return shape
}

/** Returns true if an input type contains a field with one of these coordinates, at any depth. */
export function containsInputField(
  coordinates: Pick<ReadonlyMap<string, unknown>, 'has'>,
  type: GraphQLInputType,
  seen = new Set<unknown>(),
): boolean {
  const namedType = getNamedType(type)
  if (!isInputObjectType(namedType) || seen.has(namedType)) return false
  seen.add(namedType)
  return Object.values(namedType.getFields()).some(
    (field) =>
      coordinates.has(`${namedType.name}.${field.name}`) || containsInputField(coordinates, field.type, seen),
  )
}

/**
 * Collects the guarded coordinates that a request provides through one variable, as graphql-js will read it. `null`
 * counts as provided. Fails closed: a getter or an iterator of its own counts as providing everything that is guarded.
 * Iterative, because the client chooses how deep the value is nested; an object that occurs twice is read once.
 */
export function collectProvidedCoordinates(guardedVariable: GuardedVariable, variables: RawVariables) {
  const coordinates = new Set<string>()
  const { variable, defaultValue } = guardedVariable
  if (getProvidedValue(variable, defaultValue, variables) === undefined) return coordinates
  if (guardedVariable.coordinate) coordinates.add(guardedVariable.coordinate)
  if (!guardedVariable.shape) return coordinates
  const pending: { shape: InputShape; value: unknown }[] = [
    { shape: guardedVariable.shape, value: getProvidedFields(variable, defaultValue, variables) },
  ]
  const visited = new Map<InputShape, Set<unknown>>()
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { shape } = next
    const value = hasOwnIterator(next.value) ? UNREADABLE : next.value
    if (value !== UNREADABLE && (typeof value !== 'object' || value === null)) continue
    const visitedValues = visited.get(shape) ?? new Set()
    if (visitedValues.has(value)) continue
    visited.set(shape, visitedValues.add(value))
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) pending.push({ shape, value: readProperty(value, i) })
      continue
    }
    for (const { name, coordinate, shape: fieldShape } of shape.fields) {
      const field = typeof value === 'object' ? readProperty(value, name) : UNREADABLE
      if (field === undefined) continue
      if (coordinate) coordinates.add(coordinate)
      if (fieldShape) pending.push({ shape: fieldShape, value: field })
    }
  }
  return coordinates
}

/** Returns true for any iterable object but an ordinary array, such as a Set, a Map or a generator. */
function hasOwnIterator(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const iterator = readProperty(value, Symbol.iterator)
  return iterator !== (Array.isArray(value) ? Array.prototype[Symbol.iterator] : undefined)
}
