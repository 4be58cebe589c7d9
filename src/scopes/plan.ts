import {
  type DocumentNode,
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
import { parseConditions } from './conditions.ts'
import { type FieldRules, readFieldRules } from './field-rules.ts'
import { readGuardedArgument } from './guarded-inputs.ts'
import {
  addGuardedVariable,
  addRequirement,
  buildSection,
  createSectionDraft,
  type PlanSection,
  type SectionDraft,
} from './plan-section.ts'
import type { RequirementPath } from './requirement-path.ts'
import type { Rules } from './rule.ts'

/** The compiled requirements of one operation: its outermost section. */
export type Plan = PlanSection & {
  readonly schemaRules: Rules
  /** True if the operation selects `__schema` or `__type`. */
  readonly usesIntrospection: boolean
}

/**
 * Compiles the requirements of one operation into a plan, which can be reused for every request with this document.
 * Walks each pair of selection set and object type once per section, so that the cost is bounded by the document
 * and the types, however fragments are nested.
 * Not checked here: that the document is valid against the schema.
 */
export function compilePlan(
  schema: GraphQLSchema,
  rules: Rules,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Plan {
  const rootType = schema.getRootType(operation.operation)
  const draft = createSectionDraft()
  const compilation = new Compilation(schema, rules, document, operation)
  if (rootType) compilation.walkSelectionSet(draft, operation.selectionSet, rootType, rootType, undefined)
  const { usesIntrospection } = compilation
  return { ...buildSection(draft), schemaRules: rules, usesIntrospection }
}

/**
 * The state while one operation is compiled.
 * In its methods `type` is one object type that a value can have, and `staticType` the type that the document selects on.
 */
class Compilation {
  usesIntrospection = false
  readonly #schema: GraphQLSchema
  readonly #rules: Rules
  readonly #operation: OperationDefinitionNode
  readonly #fragments = new Map<string, FragmentDefinitionNode>()
  readonly #fieldRules = new Map<string, FieldRules>()
  readonly #conditionalDrafts = new Map<SelectionNode, Map<string, SectionDraft>>()

  constructor(
    schema: GraphQLSchema,
    rules: Rules,
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ) {
    this.#schema = schema
    this.#rules = rules
    this.#operation = operation
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node)
  }

  walkSelectionSet(
    draft: SectionDraft,
    selectionSet: SelectionSetNode,
    type: GraphQLObjectType,
    staticType: GraphQLCompositeType,
    path: RequirementPath,
  ) {
    const visited = draft.visitedSelectionSets.get(type.name) ?? new Set()
    if (visited.has(selectionSet)) return
    draft.visitedSelectionSets.set(type.name, visited.add(selectionSet))
    for (const selection of selectionSet.selections) {
      const conditions = parseConditions(selection.directives, this.#operation)
      if (conditions?.length === 0) this.#walkSelection(draft, selection, type, staticType, path)
      else if (conditions)
        draft.conditionalDrafts.push({
          conditions,
          basePath: path,
          draft: this.#getConditionalDraft(selection, type, staticType),
        })
    }
  }

  /** Compiles a conditional selection once per object type, because fragments can lead to it from many places. */
  #getConditionalDraft(
    selection: SelectionNode,
    type: GraphQLObjectType,
    staticType: GraphQLCompositeType,
  ): SectionDraft {
    const drafts = this.#conditionalDrafts.get(selection) ?? new Map<string, SectionDraft>()
    this.#conditionalDrafts.set(selection, drafts)
    const existing = drafts.get(type.name)
    if (existing) return existing
    const draft = createSectionDraft()
    drafts.set(type.name, draft)
    this.#walkSelection(draft, selection, type, staticType, undefined)
    return draft
  }

  #walkSelection(
    draft: SectionDraft,
    selection: SelectionNode,
    type: GraphQLObjectType,
    staticType: GraphQLCompositeType,
    path: RequirementPath,
  ) {
    if (selection.kind === Kind.FIELD) return this.#walkField(draft, selection, type, staticType, path)
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection
    if (!fragment) return
    const condition = fragment.typeCondition
      ? this.#schema.getType(fragment.typeCondition.name.value)
      : staticType
    if (isCompositeType(condition) && this.#satisfiesTypeCondition(type, condition))
      this.walkSelectionSet(draft, fragment.selectionSet, type, condition, path)
  }

  #satisfiesTypeCondition(type: GraphQLObjectType, condition: GraphQLCompositeType) {
    return isAbstractType(condition) ? this.#schema.isSubType(condition, type) : condition === type
  }

  #walkField(
    draft: SectionDraft,
    node: FieldNode,
    type: GraphQLObjectType,
    staticType: GraphQLCompositeType,
    parentPath: RequirementPath,
  ) {
    const name = node.name.value
    const path = { prev: parentPath, key: node.alias?.value ?? name }
    this.usesIntrospection ||= name === '__schema' || name === '__type'
    const { coordinateRules, guardedArguments, returns } = this.#getFieldRules(type, staticType, name)
    for (const { coordinate, rule } of coordinateRules) addRequirement(draft, { coordinate, rule, path })
    if (guardedArguments.size > 0)
      for (const argument of node.arguments ?? []) {
        const guarded = guardedArguments.get(argument.name.value)
        if (!guarded) continue
        const provided = readGuardedArgument(
          this.#rules,
          this.#operation,
          guarded.coordinates,
          guarded.type,
          argument.value,
          path,
        )
        for (const { coordinate, rule } of provided.coordinateRules)
          addRequirement(draft, { coordinate, rule, path })
        for (const variable of provided.guardedVariables) addGuardedVariable(draft, variable)
      }
    if (node.selectionSet && returns)
      for (const possibleType of returns.possibleTypes)
        this.walkSelectionSet(draft, node.selectionSet, possibleType, returns.staticType, path)
  }

  #getFieldRules(type: GraphQLObjectType, staticType: GraphQLCompositeType, name: string): FieldRules {
    const key = `${type.name}.${name} ${staticType.name}`
    const existing = this.#fieldRules.get(key)
    if (existing) return existing
    const fieldRules = readFieldRules(this.#schema, this.#rules, type, staticType, name)
    this.#fieldRules.set(key, fieldRules)
    return fieldRules
  }
}
