import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { type GetConditionValue, isIncluded } from './conditions.ts'
import { type FieldRules, getFieldRules } from './field-rules.ts'
import { type GuardedVariable, readGuardedArgument } from './guarded-inputs.ts'
import type { RequirementPath } from './requirement-path.ts'
import type { Rule, Rules } from './rule.ts'

/** The parts that all variants of an operation share. */
export type PlanSource = {
  readonly schema: GraphQLSchema
  readonly rules: Rules
  readonly operation: OperationDefinitionNode
  /** By name. */
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variableDefaults: ReadonlyMap<string, unknown>
}

/** A rule that an operation runs into, with its coordinate and the first path that leads to it. */
export type Requirement = { readonly coordinate: string; readonly rule: Rule; readonly path: RequirementPath }

/** The requirements of the selections that one combination of the conditions' values includes. */
export type PlanVariant = {
  /** The distinct rules of the requirements, so that the cost of a decision does not grow with the number of fields. */
  readonly distinctRules: readonly Rule[]
  /** One requirement per coordinate, from which denials are built. */
  readonly requirements: readonly Requirement[]
  readonly guardedVariables: readonly GuardedVariable[]
  /** The first type, field or fragment that the document selects and that is not found. The execution may find it. */
  readonly unknown: string | undefined
}

/** A selection set, a type that its value can have, the type that the document selects on, and the path. */
type Position = {
  readonly selectionSet: SelectionSetNode
  readonly type: GraphQLCompositeType
  readonly staticType: GraphQLCompositeType
  readonly path: RequirementPath
}
type ObjectPosition = Position & { readonly type: GraphQLObjectType }

/**
 * Compiles one variant of an operation. Visits each pair of selection set and type once, so that the cost is linear in
 * selections × types, however fragments and conditions are nested.
 */
export function compileVariant(source: PlanSource, getConditionValue: GetConditionValue): PlanVariant {
  const { schema, operation } = source
  const compiler = new VariantCompiler(source, getConditionValue)
  const type = schema.getRootType(operation.operation)
  if (type) compiler.walk({ selectionSet: operation.selectionSet, type, staticType: type, path: undefined })
  const built = compiler.build()
  return type ? built : { ...built, unknown: `${operation.operation} type in the schema` }
}

class VariantCompiler {
  readonly #source: PlanSource
  readonly #getConditionValue: GetConditionValue
  readonly #requirements = new Map<string, Requirement>()
  readonly #guardedVariables = new Map<string, GuardedVariable>()
  /** By selection set, the names of the types and static types. */
  readonly #visited = new Map<SelectionSetNode, Set<string>>()
  #unknown: string | undefined

  constructor(source: PlanSource, getConditionValue: GetConditionValue) {
    this.#source = source
    this.#getConditionValue = getConditionValue
  }

  build(): PlanVariant {
    const requirements = [...this.#requirements.values()]
    return {
      distinctRules: [...new Set(requirements.map(({ rule }) => rule))],
      requirements,
      guardedVariables: [...this.#guardedVariables.values()],
      unknown: this.#unknown,
    }
  }

  /** Walks depth-first in the order of the document. Iterative, because the client chooses how deep fragments nest. */
  walk(root: Position) {
    const pending: { readonly position: Position; readonly index: number }[] = [{ position: root, index: 0 }]
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { position, index } = next
      if (index === 0 && !this.#visit(position)) continue
      const { type, selectionSet } = position
      if (isAbstractType(type)) {
        for (const possibleType of this.#source.schema.getPossibleTypes(type).toReversed())
          pending.push({ position: { ...position, type: possibleType }, index: 0 })
        continue
      }
      const selection = selectionSet.selections[index]
      if (!selection) continue
      pending.push({ position, index: index + 1 })
      if (!isIncluded(selection.directives, this.#getConditionValue)) continue
      const nested = this.#readSelection(selection, { ...position, type })
      if (nested) pending.push({ position: nested, index: 0 })
    }
  }

  /** Returns false if the position was visited before. */
  #visit({ selectionSet, type, staticType }: Position): boolean {
    const visited = this.#visited.get(selectionSet) ?? new Set()
    this.#visited.set(selectionSet, visited)
    return visited.size < visited.add(`${type.name} ${staticType.name}`).size
  }

  /** Adds the requirements of a selection, and returns the position of its selection set. */
  #readSelection(selection: SelectionNode, position: ObjectPosition): Position | undefined {
    if (selection.kind === Kind.FIELD) return this.#readField(selection, position)
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? this.#source.fragments.get(selection.name.value) : selection
    if (!fragment) {
      this.#unknown ??= `fragment "${selection.kind === Kind.FRAGMENT_SPREAD && selection.name.value}" in the document`
      return undefined
    }
    const staticType = fragment.typeCondition
      ? this.#source.schema.getType(fragment.typeCondition.name.value)
      : position.staticType
    if (!isCompositeType(staticType)) {
      this.#unknown ??= `object type "${fragment.typeCondition?.name.value}" in the schema`
      return undefined
    }
    if (!this.#satisfiesTypeCondition(position.type, staticType)) return undefined
    return { ...position, selectionSet: fragment.selectionSet, staticType }
  }

  #satisfiesTypeCondition(type: GraphQLObjectType, condition: GraphQLCompositeType) {
    return isAbstractType(condition) ? this.#source.schema.isSubType(condition, type) : condition === type
  }

  #readField(node: FieldNode, { type, staticType, path: parentPath }: ObjectPosition): Position | undefined {
    const name = node.name.value
    if (!type.getFields()[name] && !name.startsWith('__'))
      this.#unknown ??= `field ${type.name}.${name} in the schema`
    const path = { prev: parentPath, key: node.alias?.value ?? name }
    const fieldRules = getFieldRules(this.#source.rules, type, staticType, name)
    this.#addRequirements(fieldRules.coordinateRules, path)
    if (fieldRules.guardedArguments.size > 0) this.#readArguments(node, fieldRules, path)
    const { returns } = fieldRules
    if (!node.selectionSet || !returns) return undefined
    return { selectionSet: node.selectionSet, type: returns.type, staticType: returns.staticType, path }
  }

  #readArguments(node: FieldNode, { guardedArguments }: FieldRules, path: RequirementPath) {
    const { rules, variableDefaults } = this.#source
    for (const argument of node.arguments ?? []) {
      const guarded = guardedArguments.get(argument.name.value)
      if (!guarded) continue
      const { coordinateRules, guardedVariables } = readGuardedArgument(
        rules,
        variableDefaults,
        guarded,
        argument.value,
        path,
      )
      this.#addRequirements(coordinateRules, path)
      for (const variable of guardedVariables) {
        const key = `${variable.variable} ${variable.coordinate ?? variable.shape?.type}`
        if (!this.#guardedVariables.has(key)) this.#guardedVariables.set(key, variable)
      }
    }
  }

  #addRequirements(coordinateRules: FieldRules['coordinateRules'], path: RequirementPath) {
    for (const { coordinate, rule } of coordinateRules)
      if (!this.#requirements.has(coordinate)) this.#requirements.set(coordinate, { coordinate, rule, path })
  }
}
