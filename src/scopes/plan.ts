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
import type { Rules } from './read-rules.ts'
import type { RequirementPath } from './requirement-path.ts'

/** What one operation asks for: its outermost section. Reading it costs by rules and conditions, not by size. */
export type Plan = PlanSection & {
  readonly schemaRules: Rules
  /** Whether the operation can ask for the schema's own description. */
  readonly usesIntrospection: boolean
}

/**
 * Compiles one operation.
 * Selections are walked for each object type that can appear there, never for sets of types, and each pair once
 * per section: the cost stays bounded by the document and the types, however fragments are spread in each other.
 * Not checked here: that the document is valid against the schema.
 */
export function compilePlan(
  schema: GraphQLSchema,
  rules: Rules,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Plan {
  const root = schema.getRootType(operation.operation)
  const draft = createSectionDraft()
  const compilation = new Compilation(schema, rules, document, operation)
  if (root) compilation.walk(draft, operation.selectionSet, root, root, undefined)
  return { ...buildSection(draft), schemaRules: rules, usesIntrospection: compilation.introspects }
}

class Compilation {
  introspects = false
  readonly #schema: GraphQLSchema
  readonly #rules: Rules
  readonly #operation: OperationDefinitionNode
  readonly #fragments = new Map<string, FragmentDefinitionNode>()
  readonly #fields = new Map<string, FieldRules>()
  /** Conditional selections already compiled, by the object type that they were met on. */
  readonly #conditional = new Map<SelectionNode, Map<string, SectionDraft>>()

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

  /** @param written the type that the document has here; `type` is one object type that it can be */
  walk(
    draft: SectionDraft,
    set: SelectionSetNode,
    type: GraphQLObjectType,
    written: GraphQLCompositeType,
    path: RequirementPath,
  ) {
    const sets = draft.visitedSelectionSets.get(type.name) ?? new Set()
    if (sets.has(set)) return
    draft.visitedSelectionSets.set(type.name, sets.add(set))
    for (const selection of set.selections) {
      const conditions = parseConditions(selection.directives, this.#operation)
      if (conditions?.length === 0) this.#select(draft, selection, type, written, path)
      else if (conditions)
        draft.conditionalDrafts.push({
          conditions,
          basePath: path,
          draft: this.#below(selection, type, written),
        })
    }
  }

  /** What a conditional selection asks for, compiled once for each type: it may be met in many places. */
  #below(selection: SelectionNode, type: GraphQLObjectType, written: GraphQLCompositeType): SectionDraft {
    const known = this.#conditional.get(selection) ?? new Map<string, SectionDraft>()
    this.#conditional.set(selection, known)
    const compiled = known.get(type.name)
    if (compiled) return compiled
    const draft = createSectionDraft()
    known.set(type.name, draft)
    this.#select(draft, selection, type, written, undefined)
    return draft
  }

  #select(
    draft: SectionDraft,
    node: SelectionNode,
    type: GraphQLObjectType,
    written: GraphQLCompositeType,
    path: RequirementPath,
  ) {
    if (node.kind === Kind.FIELD) return this.#field(draft, node, type, written, path)
    const body = node.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(node.name.value) : node
    if (!body) return
    const condition = body.typeCondition ? this.#schema.getType(body.typeCondition.name.value) : written
    if (isCompositeType(condition) && this.#canBe(condition, type))
      this.walk(draft, body.selectionSet, type, condition, path)
  }

  #canBe(wanted: GraphQLCompositeType, type: GraphQLObjectType) {
    return isAbstractType(wanted) ? this.#schema.isSubType(wanted, type) : wanted === type
  }

  #field(
    draft: SectionDraft,
    node: FieldNode,
    type: GraphQLObjectType,
    written: GraphQLCompositeType,
    prev: RequirementPath,
  ) {
    const name = node.name.value
    const path = { prev, key: node.alias?.value ?? name }
    this.introspects ||= name === '__schema' || name === '__type'
    const { coordinateRules, guardedArguments, returns } = this.#read(type, written, name)
    for (const { coordinate, rule } of coordinateRules) addRequirement(draft, { coordinate, rule, path })
    if (guardedArguments.size > 0)
      for (const argument of node.arguments ?? []) {
        const input = guardedArguments.get(argument.name.value)
        if (!input) continue
        const given = readGuardedArgument(
          this.#rules,
          this.#operation,
          input.coordinates,
          input.type,
          argument.value,
          path,
        )
        for (const { coordinate, rule } of given.coordinateRules)
          addRequirement(draft, { coordinate, rule, path })
        for (const variable of given.guardedVariables) addGuardedVariable(draft, variable)
      }
    if (node.selectionSet && returns)
      for (const one of returns.possibleTypes)
        this.walk(draft, node.selectionSet, one, returns.staticType, path)
  }

  #read(type: GraphQLObjectType, written: GraphQLCompositeType, name: string): FieldRules {
    const key = `${type.name}.${name} ${written.name}`
    const known = this.#fields.get(key)
    if (known) return known
    const read = readFieldRules(this.#schema, this.#rules, type, written, name)
    this.#fields.set(key, read)
    return read
  }
}
