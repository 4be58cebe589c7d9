import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { conditionsOf } from './conditions.ts'
import { readArgument } from './inputs.ts'
import type { Path } from './path.ts'
import type { Rules } from './rules.ts'
import { addAsk, addInput, type Draft, finish, newDraft, type Section } from './section.ts'

/** What one operation asks for: its outermost section. Reading it costs by rules and conditions, not by size. */
export type Plan = Section & {
  readonly schemaRules: Rules
  /** Whether the operation can ask for the schema's own description. */
  readonly introspects: boolean
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
  const draft = newDraft()
  const compilation = new Compilation(schema, rules, document, operation)
  if (root) compilation.walk(draft, operation.selectionSet, root, root, undefined)
  return { ...finish(draft), schemaRules: rules, introspects: compilation.introspects }
}

class Compilation {
  introspects = false
  readonly #schema: GraphQLSchema
  readonly #rules: Rules
  readonly #operation: OperationDefinitionNode
  readonly #fragments = new Map<string, FragmentDefinitionNode>()
  /** Conditional selections already compiled, by the object type that they were met on. */
  readonly #conditional = new Map<SelectionNode, Map<string, Draft>>()

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
    draft: Draft,
    set: SelectionSetNode,
    type: GraphQLObjectType,
    written: GraphQLCompositeType,
    path: Path,
  ) {
    const types = draft.seen.get(set) ?? new Set()
    if (types.has(type.name)) return
    draft.seen.set(set, types.add(type.name))
    for (const selection of set.selections) {
      const conditions = conditionsOf(selection.directives, this.#operation)
      if (conditions?.length === 0) this.#select(draft, selection, type, written, path)
      else if (conditions)
        draft.gates.push({ conditions, at: path, draft: this.#below(selection, type, written) })
    }
  }

  /** What a conditional selection asks for, compiled once for each type: it may be met in many places. */
  #below(selection: SelectionNode, type: GraphQLObjectType, written: GraphQLCompositeType): Draft {
    const known = this.#conditional.get(selection) ?? new Map<string, Draft>()
    this.#conditional.set(selection, known)
    const compiled = known.get(type.name)
    if (compiled) return compiled
    const draft = newDraft()
    known.set(type.name, draft)
    this.#select(draft, selection, type, written, undefined)
    return draft
  }

  #select(
    draft: Draft,
    node: SelectionNode,
    type: GraphQLObjectType,
    written: GraphQLCompositeType,
    path: Path,
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

  #field(draft: Draft, node: FieldNode, type: GraphQLObjectType, written: GraphQLCompositeType, above: Path) {
    const name = node.name.value
    const path = { above, key: node.alias?.value ?? name }
    this.#ask(draft, type.name, path)
    const field = type.getFields()[name]
    this.introspects ||= name === '__schema' || name === '__type'
    if (!field) return
    const returned = getNamedType(field.type)
    this.#ask(draft, `${type.name}.${name}`, path)
    this.#ask(draft, returned.name, path)
    const owners = isInterfaceType(written) ? [type.name, written.name] : [type.name]
    if (isInterfaceType(written)) this.#ask(draft, `${written.name}.${name}`, path)
    this.#arguments(draft, node, field, owners, path)
    if (!node.selectionSet || !isCompositeType(returned)) return
    const types = isAbstractType(returned) ? this.#schema.getPossibleTypes(returned) : [returned]
    const writtenThere = typeOf(written, name) ?? returned
    for (const one of types) this.walk(draft, node.selectionSet, one, writtenThere, path)
  }

  /** @param owners the types whose argument it is: the object's, and the interface's that the document names */
  #arguments(
    draft: Draft,
    node: FieldNode,
    field: GraphQLField<unknown, unknown>,
    owners: string[],
    path: Path,
  ) {
    for (const { name, value } of node.arguments ?? []) {
      const definition = field.args.find((one) => one.name === name.value)
      if (!definition) continue
      const at = owners.map((owner) => `${owner}.${field.name}(${name.value}:)`)
      const given = readArgument(this.#rules, this.#operation, at, definition.type, value, path)
      for (const coordinate of given.coordinates) this.#ask(draft, coordinate, path)
      for (const input of given.variables) addInput(draft, input)
    }
  }

  #ask(draft: Draft, coordinate: string, path: Path) {
    const rule = this.#rules.get(coordinate)
    if (rule) addAsk(draft, { coordinate, rule, path })
  }
}

/** The type that a field has where the document writes it, which an implementer may narrow. */
function typeOf(written: GraphQLCompositeType, field: string): GraphQLCompositeType | undefined {
  if (!isObjectType(written) && !isInterfaceType(written)) return undefined
  const definition = written.getFields()[field]
  const type = definition && getNamedType(definition.type)
  return isCompositeType(type) ? type : undefined
}
