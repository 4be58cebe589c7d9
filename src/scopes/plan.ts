import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
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
import { type Condition, conditionsOf } from './conditions.ts'
import { type InputAsk, readArgument } from './inputs.ts'
import type { Rule, Rules } from './rules.ts'

/** One rule that an operation meets, and the response path of the first field that meets it. */
export type Ask = { readonly coordinate: string; readonly rule: Rule; readonly path: readonly string[] }

/**
 * A part of an operation that runs as a whole or not at all: what it asks for outright, which variables may
 * bring guarded inputs, and the parts below it that hang on a `@skip` or `@include`.
 */
export type Section = {
  readonly asks: ReadonlyMap<string, Ask>
  readonly inputs: readonly InputAsk[]
  readonly gates: readonly Gate[]
}
type Gate = { readonly conditions: readonly Condition[]; readonly section: Section }

/** What one operation asks for: its outermost section. Reading it costs by rules and conditions, not by size. */
export type Plan = Section & {
  readonly rules: Rules
  /** Whether the operation can ask for the schema's own description. */
  readonly introspects: boolean
}

type Path = readonly string[]
type Draft = {
  asks: Map<string, Ask>
  inputs: InputAsk[]
  gates: Gate[]
  seen: Map<SelectionSetNode, Set<string>>
}

const newDraft = (): Draft => ({ asks: new Map(), inputs: [], gates: [], seen: new Map() })
const isEmpty = (draft: Draft) => draft.asks.size + draft.inputs.length + draft.gates.length === 0

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
  if (root) compilation.walk(draft, operation.selectionSet, root, root, [])
  const { asks, inputs, gates } = draft
  return { asks, inputs, gates, rules, introspects: compilation.introspects }
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
      else if (conditions) this.#gate(draft, conditions, selection, type, written, path)
    }
  }

  #gate(
    draft: Draft,
    conditions: readonly Condition[],
    selection: SelectionNode,
    type: GraphQLObjectType,
    written: GraphQLCompositeType,
    path: Path,
  ) {
    const known = this.#conditional.get(selection) ?? new Map<string, Draft>()
    this.#conditional.set(selection, known)
    let section = known.get(type.name)
    if (!section) {
      section = newDraft()
      known.set(type.name, section)
      this.#select(section, selection, type, written, path)
    }
    if (!isEmpty(section)) draft.gates.push({ conditions, section })
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
    const path = [...above, node.alias?.value ?? name]
    this.#ask(draft, type.name, path)
    const field = type.getFields()[name]
    this.introspects ||= name === '__schema' || name === '__type'
    if (!field) return
    const returned = getNamedType(field.type)
    this.#ask(draft, `${type.name}.${name}`, path)
    this.#ask(draft, returned.name, path)
    if (isInterfaceType(written)) this.#ask(draft, `${written.name}.${name}`, path)
    for (const argument of node.arguments ?? []) {
      const definition = field.args.find((one) => one.name === argument.name.value)
      const at = `${type.name}.${name}(${argument.name.value}:)`
      if (!definition) continue
      const given = readArgument(this.#rules, this.#operation, at, definition.type, argument.value, path)
      for (const coordinate of given.coordinates) this.#ask(draft, coordinate, path)
      draft.inputs.push(...given.variables)
    }
    if (node.selectionSet) this.#below(draft, node.selectionSet, returned, writtenBelow(written, name), path)
  }

  #below(draft: Draft, set: SelectionSetNode, returned: unknown, written: unknown, path: Path) {
    if (!isCompositeType(returned)) return
    const types = isAbstractType(returned) ? this.#schema.getPossibleTypes(returned) : [returned]
    for (const type of types) this.walk(draft, set, type, isCompositeType(written) ? written : returned, path)
  }

  #ask(draft: Draft, coordinate: string, path: Path) {
    const rule = this.#rules.get(coordinate)
    if (rule && !draft.asks.has(coordinate)) draft.asks.set(coordinate, { coordinate, rule, path })
  }
}

/** The type that a field has where the document writes it, which an implementer may narrow. */
function writtenBelow(written: GraphQLCompositeType, field: string): unknown {
  if (!isObjectType(written) && !isInterfaceType(written)) return undefined
  const type = written.getFields()[field]?.type
  return type && getNamedType(type)
}
