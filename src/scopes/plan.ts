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
  if (rootType) {
    const root = { type: rootType, staticType: rootType, path: undefined }
    compilation.walkSelectionSet(draft, operation.selectionSet, root)
  }
  const { usesIntrospection } = compilation
  return { ...buildSection(draft), schemaRules: rules, usesIntrospection }
}

/** A selection set's position: an object type that its value can have, the type that the document selects on, the path. */
type Position = {
  readonly type: GraphQLObjectType
  readonly staticType: GraphQLCompositeType
  readonly path: RequirementPath
}

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

  walkSelectionSet(draft: SectionDraft, selectionSet: SelectionSetNode, position: Position) {
    const { type, path } = position
    const visited = draft.visitedSelectionSets.get(type.name) ?? new Set()
    if (visited.has(selectionSet)) return
    draft.visitedSelectionSets.set(type.name, visited.add(selectionSet))
    for (const selection of selectionSet.selections) {
      const conditions = parseConditions(selection.directives, this.#operation)
      if (conditions?.length === 0) this.#walkSelection(draft, selection, position)
      else if (conditions) {
        const conditionalDraft = this.#getConditionalDraft(selection, position)
        draft.conditionalDrafts.push({ conditions, basePath: path, draft: conditionalDraft })
      }
    }
  }

  /** Compiles a conditional selection once per object type, because fragments can lead to it from many places. */
  #getConditionalDraft(selection: SelectionNode, position: Position): SectionDraft {
    const { type } = position
    const drafts = this.#conditionalDrafts.get(selection) ?? new Map<string, SectionDraft>()
    this.#conditionalDrafts.set(selection, drafts)
    const existing = drafts.get(type.name)
    if (existing) return existing
    const draft = createSectionDraft()
    drafts.set(type.name, draft)
    this.#walkSelection(draft, selection, { ...position, path: undefined })
    return draft
  }

  #walkSelection(draft: SectionDraft, selection: SelectionNode, position: Position) {
    if (selection.kind === Kind.FIELD) return this.#walkField(draft, selection, position)
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection
    if (!fragment) return
    const staticType = fragment.typeCondition
      ? this.#schema.getType(fragment.typeCondition.name.value)
      : position.staticType
    if (isCompositeType(staticType) && this.#satisfiesTypeCondition(position.type, staticType))
      this.walkSelectionSet(draft, fragment.selectionSet, { ...position, staticType })
  }

  #satisfiesTypeCondition(type: GraphQLObjectType, condition: GraphQLCompositeType) {
    return isAbstractType(condition) ? this.#schema.isSubType(condition, type) : condition === type
  }

  #walkField(draft: SectionDraft, node: FieldNode, { type, staticType, path: parentPath }: Position) {
    const name = node.name.value
    const path = { prev: parentPath, key: node.alias?.value ?? name }
    this.usesIntrospection ||= name === '__schema' || name === '__type'
    const { coordinateRules, guardedArguments, returns } = this.#getFieldRules(type, staticType, name)
    for (const coordinateRule of coordinateRules) addRequirement(draft, { ...coordinateRule, path })
    for (const argument of node.arguments ?? []) {
      const guarded = guardedArguments.get(argument.name.value)
      if (!guarded) continue
      const provided = readGuardedArgument(this.#rules, this.#operation, guarded, argument.value, path)
      for (const coordinateRule of provided.coordinateRules)
        addRequirement(draft, { ...coordinateRule, path })
      for (const variable of provided.guardedVariables) addGuardedVariable(draft, variable)
    }
    if (node.selectionSet && returns)
      for (const possibleType of returns.possibleTypes) {
        const position = { type: possibleType, staticType: returns.staticType, path }
        this.walkSelectionSet(draft, node.selectionSet, position)
      }
  }

  #getFieldRules(type: GraphQLObjectType, staticType: GraphQLCompositeType, name: string): FieldRules {
    const key = `${type.name}.${name} ${staticType.name}`
    const fieldRules =
      this.#fieldRules.get(key) ?? readFieldRules(this.#schema, this.#rules, type, staticType, name)
    this.#fieldRules.set(key, fieldRules)
    return fieldRules
  }
}
