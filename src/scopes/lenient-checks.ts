import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
} from 'graphql'
import { createDescribeRule } from './authorize-plan.ts'
import { createDenialError } from './challenge.ts'
import { isIncluded } from './conditions.ts'
import { getFieldRules } from './field-rules.ts'
import { collectProvidedCoordinates, readGuardedArgument } from './guarded-inputs.ts'
import { getPossibleObjectTypes } from './object-types.ts'
import { getProvidedValue, type RawVariables, readVariableDefaults, UNREADABLE } from './raw-variables.ts'
import { DENY_ALL, isSatisfied, type Rule, type Rules } from './rule.ts'

/** The access of a query that is executed although its caller's scopes do not suffice for all of it. */
export type LenientAccess = {
  readonly operation: OperationDefinitionNode
  readonly grantedScopes: ReadonlySet<string>
  /** The scopes that the whole query needs. */
  readonly neededScopes: readonly string[]
  /** The request's variables, before coercion. */
  readonly variables: RawVariables
}

/** The nodes of a field, and whether their selection sets select anything on an object type. */
type Selection = { readonly nodes: readonly FieldNode[]; readonly selectsOn: Map<string, boolean> }

/** Finds the denied places of a query while it is executed. */
export type LenientChecks = {
  readonly access: LenientAccess
  /** Returns the error of a denied field. */
  readonly checkField: (info: GraphQLResolveInfo) => GraphQLError | undefined
  /**
   * Returns the error of an object that a field returns as an interface or a union, if the rule of its type is not satisfied
   * and the query selects a field or `__typename` on it.
   */
  readonly checkObject: (typeName: string, info: GraphQLResolveInfo) => GraphQLError | undefined
}

/**
 * Combines the access of two requests that execute the same operation with the same context. A resolver cannot tell them
 * apart, so that both get only the access they share: the scopes that both have, and guarded inputs count as provided.
 */
export const combineAccess = (one: LenientAccess, other: LenientAccess): LenientAccess => ({
  operation: one.operation,
  grantedScopes: new Set([...one.grantedScopes].filter((scope) => other.grantedScopes.has(scope))),
  neededScopes: [...new Set([...one.neededScopes, ...other.neededScopes])],
  variables: Object.fromEntries(
    one.operation.variableDefinitions?.map(({ variable }) => [variable.name.value, UNREADABLE]) ?? [],
  ),
})

/**
 * Creates the checks of one request. Each field of the document is evaluated once for each type, however many objects have
 * it. Rules of an interface's fields are covered by its implementers', which are at least as strict.
 */
export function createLenientChecks(rules: Rules, access: LenientAccess): LenientChecks {
  const { grantedScopes, neededScopes, variables } = access
  const describeRule = createDescribeRule(grantedScopes, neededScopes)
  const errors = new Map<string, GraphQLError>()
  const variableDefaults = readVariableDefaults(access.operation)
  const deniedByField = new Map<FieldNode, Map<GraphQLObjectType, string | undefined>>()
  const selectionsByFirstNode = new Map<FieldNode | undefined, Selection[]>()

  const isDenied = (rule: Rule) => !isSatisfied(rule, grantedScopes)
  const getConditionValue = (name: string) => getProvidedValue(name, variableDefaults.get(name), variables)

  /** Returns one error for all places of a coordinate: the executor makes a copy with the path of each. */
  function getError(coordinate: string): GraphQLError {
    const known = errors.get(coordinate)
    if (known) return known
    const rule = rules.get(coordinate) ?? DENY_ALL
    const error = createDenialError({ coordinate, ...describeRule(rule) }, grantedScopes)
    errors.set(coordinate, error)
    return error
  }

  /** Returns the first coordinate that is denied: of the types, of the field, or of a provided input. */
  function findDenied(type: GraphQLObjectType, node: FieldNode): string | undefined {
    const { coordinateRules, guardedArguments } = getFieldRules(rules, type, type, node.name.value)
    const denied = coordinateRules.find(({ rule }) => isDenied(rule))
    if (denied) return denied.coordinate
    for (const { name, value } of node.arguments ?? []) {
      const guarded = guardedArguments.get(name.value)
      if (!guarded) continue
      const provided = readGuardedArgument(rules, variableDefaults, guarded, value, undefined)
      const coordinates = [
        ...provided.coordinateRules.map(({ coordinate }) => coordinate),
        ...provided.guardedVariables.flatMap((variable) => [
          ...collectProvidedCoordinates(variable, variables),
        ]),
      ]
      const deniedInput = coordinates.find((coordinate) => isDenied(rules.get(coordinate) ?? DENY_ALL))
      if (deniedInput !== undefined) return deniedInput
    }
    return undefined
  }

  function checkField({ parentType, fieldNodes }: GraphQLResolveInfo): GraphQLError | undefined {
    // Nodes with the same response key have the same arguments.
    const [node] = fieldNodes
    if (!node) return undefined
    const byType = deniedByField.get(node) ?? new Map<GraphQLObjectType, string | undefined>()
    deniedByField.set(node, byType)
    if (!byType.has(parentType)) byType.set(parentType, findDenied(parentType, node))
    const coordinate = byType.get(parentType)
    return coordinate === undefined ? undefined : getError(coordinate)
  }

  /** Returns true if the selection sets of a field select anything on objects of a type. */
  function selectsFieldOf(typeName: string, { fieldNodes, fragments, schema }: GraphQLResolveInfo): boolean {
    const pending = fieldNodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? [])
    const visitedFragments = new Set<string>()
    // Iterative, because the client chooses how deep fragments nest.
    for (let selection = pending.pop(); selection; selection = pending.pop()) {
      if (!isIncluded(selection.directives, getConditionValue)) continue
      if (selection.kind === Kind.FIELD) return true
      let fragment: FragmentDefinitionNode | InlineFragmentNode | undefined
      if (selection.kind === Kind.INLINE_FRAGMENT) fragment = selection
      else if (!visitedFragments.has(selection.name.value)) fragment = fragments[selection.name.value]
      if (selection.kind === Kind.FRAGMENT_SPREAD) visitedFragments.add(selection.name.value)
      const condition = fragment?.typeCondition && schema.getType(fragment.typeCondition.name.value)
      const possibleTypes = condition && getPossibleObjectTypes(schema, condition)
      if (!fragment || possibleTypes?.every((type) => type.name !== typeName)) continue
      for (const nested of fragment.selectionSet.selections) pending.push(nested)
    }
    return false
  }

  function checkObject(typeName: string, info: GraphQLResolveInfo): GraphQLError | undefined {
    const rule = rules.get(typeName)
    if (!rule || !isDenied(rule)) return undefined
    const { selectsOn } = getSelection(info.fieldNodes)
    const selects = selectsOn.get(typeName) ?? selectsFieldOf(typeName, info)
    selectsOn.set(typeName, selects)
    return selects ? getError(typeName) : undefined
  }

  /** Returns what is known about the nodes of one field: graphql-js 17 lists the same nodes in a new array for each object. */
  function getSelection(nodes: readonly FieldNode[]): Selection {
    const selections = selectionsByFirstNode.get(nodes[0]) ?? []
    selectionsByFirstNode.set(nodes[0], selections)
    const known = selections.find(
      (other) => other.nodes.length === nodes.length && other.nodes.every((node, i) => node === nodes[i]),
    )
    if (known) return known
    const selection = { nodes, selectsOn: new Map<string, boolean>() }
    selections.push(selection)
    return selection
  }

  return { access, checkField, checkObject }
}
