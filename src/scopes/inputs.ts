import {
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  Kind,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql'
import { defaultOf, provided, type Variables } from './conditions.ts'
import type { Rules } from './rules.ts'

/** A variable that may bring a guarded argument (`coordinate`) or guarded fields inside its value (`type`). */
export type InputAsk = {
  readonly variable: string
  readonly fallback: unknown
  readonly path: readonly string[]
  readonly coordinate?: string
  readonly type?: GraphQLInputType
}

/** What an argument's value provides: guarded coordinates outright, and variables to be looked at per request. */
export type Provided = { readonly coordinates: readonly string[]; readonly variables: readonly InputAsk[] }

/**
 * Reads one argument as the document writes it.
 * @param coordinate the argument's own, `Query.book(id:)`
 */
export function readArgument(
  rules: Rules,
  operation: OperationDefinitionNode,
  coordinate: string,
  type: GraphQLInputType,
  value: ValueNode,
  path: readonly string[],
): Provided {
  const coordinates: string[] = []
  const variables: InputAsk[] = []
  const read = (at: string | undefined, of: GraphQLInputType, node: ValueNode) => {
    if (node.kind === Kind.VARIABLE) {
      const variable = node.name.value
      const base = { variable, fallback: defaultOf(operation, variable), path }
      if (at && rules.has(at)) variables.push({ ...base, coordinate: at })
      if (mayBring(rules, of)) variables.push({ ...base, type: of })
      return
    }
    if (at && rules.has(at)) coordinates.push(at)
    if (node.kind === Kind.LIST) for (const item of node.values) read(undefined, of, item)
    const named = getNamedType(of)
    if (node.kind !== Kind.OBJECT || !isInputObjectType(named)) return
    for (const field of node.fields) {
      const definition = named.getFields()[field.name.value]
      if (definition) read(`${named.name}.${definition.name}`, definition.type, field.value)
    }
  }
  read(coordinate, type, value)
  return { coordinates, variables }
}

/** Whether a value of this type can hold a guarded input field, at any depth. */
function mayBring(rules: Rules, type: GraphQLInputType, seen = new Set<unknown>()): boolean {
  const named = getNamedType(type)
  if (!isInputObjectType(named) || seen.has(named)) return false
  seen.add(named)
  return Object.values(named.getFields()).some(
    (field) => rules.has(`${named.name}.${field.name}`) || mayBring(rules, field.type, seen),
  )
}

/** The guarded coordinates that a request's variables provide for one `InputAsk`; `null` counts as provided. */
export function providedCoordinates(rules: Rules, ask: InputAsk, variables: Variables): Set<string> {
  const found = new Set<string>()
  const value = provided(ask.variable, ask.fallback, variables)
  if (value === undefined) return found
  if (ask.coordinate) found.add(ask.coordinate)
  const look = (of: GraphQLInputType, part: unknown) => {
    if (Array.isArray(part)) for (const item of part) look(of, item)
    const named = getNamedType(of)
    if (!isInputObjectType(named) || typeof part !== 'object' || part === null || Array.isArray(part)) return
    for (const field of Object.values(named.getFields())) {
      if (!Object.hasOwn(part, field.name)) continue
      const coordinate = `${named.name}.${field.name}`
      if (rules.has(coordinate)) found.add(coordinate)
      look(field.type, Reflect.get(part, field.name))
    }
  }
  if (ask.type) look(ask.type, value)
  return found
}
