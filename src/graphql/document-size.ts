import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  visit,
} from 'graphql'
import { readVariableDefaults } from '../scopes/index.ts'
import type { IntrospectionSizes } from './introspection-size.ts'
import { countMergePairs } from './merge-pairs.ts'

/** The number of items on a page: known, or the value of a variable. */
type PageSize = number | { readonly variable: string }

/** A number of fields, and nodes that are repeated for each item of a page. Nodes are shared: this is a graph, not a tree. */
export type CostNode = {
  fieldCount: number
  readonly children: { readonly multiplier: PageSize; readonly node: CostNode }[]
}

/** The size of an operation; fragments count as often as they are spread. */
type OperationSize = {
  readonly name: string | undefined
  readonly depth: number
  readonly rootFieldCount: number
  readonly cost: CostNode
  /** Default values of the operation's variables. */
  readonly variableDefaults: ReadonlyMap<string, unknown>
}

export type DocumentSize = {
  readonly tokenCount: number
  /** The length of the longest name, in characters. */
  readonly nameLength: number
  readonly aliasCount: number
  readonly directiveCount: number
  /** A directive that is repeated in one location although it is not repeatable. */
  readonly duplicateDirective: string | undefined
  /** See `countMergePairs`. */
  readonly mergePairCount: number
  readonly operations: readonly OperationSize[]
}

/**
 * Measures a document that has not been validated: unknown fields count, cyclic fragments end. Each fragment is measured
 * once, however often it is spread.
 * @param defaultPageSize the size of a page whose `first` is left out
 */
export function measureDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  defaultPageSize: number,
  introspectionSizes: IntrospectionSizes,
): DocumentSize {
  const { tokenCount = 0 } = document
  let nameLength = 0
  let aliasCount = 0
  let directiveCount = 0
  let duplicateDirective: string | undefined
  visit(document, {
    enter(node) {
      if (node.kind === Kind.NAME) nameLength = Math.max(nameLength, node.value.length)
      if (node.kind === Kind.FIELD && node.alias) aliasCount += 1
      if (!('directives' in node) || !node.directives?.length) return
      directiveCount += node.directives.length
      duplicateDirective ??= findDuplicate(schema, node.directives)
    },
  })
  const measurer = new DocumentMeasurer(schema, document, defaultPageSize, introspectionSizes)
  const operations = document.definitions
    .filter((node) => node.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => measurer.measureOperation(operation))
  const mergePairCount = countMergePairs(document)
  return {
    tokenCount,
    nameLength,
    aliasCount,
    directiveCount,
    duplicateDirective,
    mergePairCount,
    operations,
  }
}

/** GraphQL §5.7.3. */
function findDuplicate(schema: GraphQLSchema, directives: readonly DirectiveNode[]): string | undefined {
  const names = directives.map(({ name }) => name.value)
  return names.find((name, i) => names.indexOf(name) !== i && !schema.getDirective(name)?.isRepeatable)
}

type SelectionSize = { depth: number; fieldCount: number; cost: CostNode }

const emptySize = (): SelectionSize => ({ depth: 0, fieldCount: 0, cost: { fieldCount: 0, children: [] } })

/** The fields of introspection, which the query type does not list. */
const META_FIELDS = new Map([SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [field.name, field]))

class DocumentMeasurer {
  readonly #schema: GraphQLSchema
  readonly #defaultPageSize: number
  readonly #introspectionSizes: IntrospectionSizes
  readonly #fragments = new Map<string, FragmentDefinitionNode>()
  readonly #fragmentSizes = new Map<string, SelectionSize>()

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    defaultPageSize: number,
    introspectionSizes: IntrospectionSizes,
  ) {
    this.#schema = schema
    this.#defaultPageSize = defaultPageSize
    this.#introspectionSizes = introspectionSizes
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node)
  }

  measureOperation(node: OperationDefinitionNode): OperationSize {
    const rootType = this.#schema.getRootType(node.operation) ?? undefined
    const { depth, fieldCount, cost } = this.#measureSelectionSet(node.selectionSet, rootType)
    const variableDefaults = readVariableDefaults(node)
    return { name: node.name?.value, depth, rootFieldCount: fieldCount, cost, variableDefaults }
  }

  #measureSelectionSet({ selections }: SelectionSetNode, type: GraphQLNamedType | undefined): SelectionSize {
    const sum = emptySize()
    for (const selection of selections) {
      const size = this.#measureSelection(selection, type)
      sum.depth = Math.max(sum.depth, size.depth)
      sum.fieldCount += size.fieldCount
      addCost(sum.cost, 1, size.cost)
    }
    return sum
  }

  #measureSelection(node: SelectionNode, type: GraphQLNamedType | undefined): SelectionSize {
    if (node.kind === Kind.FIELD) return this.#measureField(node, type)
    if (node.kind === Kind.FRAGMENT_SPREAD) return this.#measureFragment(node.name.value)
    return this.#measureSelectionSet(node.selectionSet, this.#getType(node.typeCondition?.name.value) ?? type)
  }

  #measureField(node: FieldNode, type: GraphQLNamedType | undefined): SelectionSize {
    const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {}
    const name = node.name.value
    const definition = Object.hasOwn(fields, name) ? fields[name] : META_FIELDS.get(name)
    const below = node.selectionSet
      ? this.#measureSelectionSet(node.selectionSet, definition && getNamedType(definition.type))
      : emptySize()
    const cost: CostNode = { fieldCount: 1, children: [] }
    for (const multiplier of this.#readMultipliers(node, type, definition))
      addCost(cost, multiplier, below.cost)
    return { depth: 1 + below.depth, fieldCount: 1, cost }
  }

  #readMultipliers(
    node: FieldNode,
    type: GraphQLNamedType | undefined,
    definition: GraphQLField<unknown, unknown> | undefined,
  ): readonly PageSize[] {
    if (!definition) return [1]
    if (META_FIELDS.has(definition.name) || (type && isIntrospectionType(type)))
      return [this.#introspectionSizes.get(definition.name) ?? 1]
    return definition.args.some(({ name }) => name === 'first') ? this.#readPageSizes(node) : [1]
  }

  /** Returns the sizes of `first` and `last`. If both are given, variables decide which one applies, so both count. */
  #readPageSizes(node: FieldNode): readonly PageSize[] {
    const sizes = node.arguments?.filter(({ name }) => name.value === 'first' || name.value === 'last')
    if (!sizes?.length) return [this.#defaultPageSize]
    return sizes.map(({ value }) => {
      if (value.kind === Kind.VARIABLE) return { variable: value.name.value }
      // A negative size, which is rejected later, must not lower the sum.
      return value.kind === Kind.INT ? Math.max(0, Number(value.value)) : this.#defaultPageSize
    })
  }

  #measureFragment(name: string): SelectionSize {
    const known = this.#fragmentSizes.get(name)
    if (known) return known
    // A fragment that spreads itself counts as empty there.
    this.#fragmentSizes.set(name, emptySize())
    const definition = this.#fragments.get(name)
    if (!definition) return emptySize()
    const type = this.#getType(definition.typeCondition.name.value)
    const size = this.#measureSelectionSet(definition.selectionSet, type)
    this.#fragmentSizes.set(name, size)
    return size
  }

  #getType(name: string | undefined) {
    return name === undefined ? undefined : this.#schema.getType(name)
  }
}

/** Adds what is known now; what depends on a variable is added for each request. */
function addCost(sum: CostNode, multiplier: PageSize, node: CostNode) {
  if (typeof multiplier === 'number' && node.children.length === 0)
    sum.fieldCount += multiplier * node.fieldCount
  else sum.children.push({ multiplier, node })
}

/** Returns the number of fields that the operation may resolve, if every page is full. */
export function evaluateCost(
  cost: CostNode,
  getPageSize: (variable: string) => number,
  evaluated = new Map<CostNode, number>(),
): number {
  let sum = evaluated.get(cost)
  if (sum !== undefined) return sum
  sum = cost.fieldCount
  for (const { multiplier, node } of cost.children)
    sum +=
      (typeof multiplier === 'number' ? multiplier : getPageSize(multiplier.variable)) *
      evaluateCost(node, getPageSize, evaluated)
  evaluated.set(cost, sum)
  return sum
}
