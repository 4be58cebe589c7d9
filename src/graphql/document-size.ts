import {
  BREAK,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  type Token,
  TokenKind,
  TypeMetaFieldDef,
  type ValueNode,
  valueFromASTUntyped,
  visit,
} from 'graphql'
import type { IntrospectionSizes } from './introspection-size.ts'
import { countMergePairs } from './merge-pairs.ts'
import { type Weights, weighInput } from './weights.ts'

/** Returns the value of a variable of the operation; undefined if it is not provided. */
type GetVariable = (name: string) => unknown

/** A number that is known, or that depends on the variables of a request. */
type Multiplier = number | ((getVariable: GetVariable) => number)

/** A cost that is known, and nodes that are multiplied, by the size of a page. Nodes are shared: this is a graph, not a tree. */
export type CostNode = {
  cost: number
  readonly children: { readonly multiplier: Multiplier; readonly node: CostNode }[]
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
  /** The length of the longest name, in characters; enum values and keywords count as names. */
  readonly nameLength: number
  readonly aliasCount: number
  readonly directiveCount: number
  /** A directive that is repeated in one location although it is not repeatable. */
  readonly duplicateDirective: string | undefined
  /** See `countMergePairs`. */
  readonly mergePairCount: number
  readonly operations: readonly OperationSize[]
}

type MeasureOptions = {
  /** The size of a page whose `first` is left out. */
  readonly defaultPageSize: number
  readonly introspectionSizes: IntrospectionSizes
  readonly weights: Weights
}

/**
 * Measures a document that has not been validated: unknown fields count, cyclic fragments end. Each fragment is measured
 * once, however often it is spread.
 * @throws TypeError for a document that was parsed without locations
 */
export function measureDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  options: MeasureOptions,
): DocumentSize {
  const { tokenCount = 0 } = document
  const { nameLength, directiveCount } = measureTokens(document)
  const { aliasCount, pairCount } = countMergePairs(document)
  const duplicateDirective = directiveCount > 1 ? findDuplicate(schema, document) : undefined
  const measurer = new DocumentMeasurer(schema, document, options)
  const operations = document.definitions
    .filter((node) => node.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => measurer.measureOperation(operation))
  return {
    tokenCount,
    nameLength,
    aliasCount,
    directiveCount,
    duplicateDirective,
    mergePairCount: pairCount,
    operations,
  }
}

/** Returns the length of the longest name, and the number of directives. */
function measureTokens({ loc }: DocumentNode) {
  if (!loc) throw new TypeError('A document without locations has no tokens to measure.')
  let nameLength = 0
  let directiveCount = 0
  for (let token: Token | null = loc.startToken; token; token = token.next) {
    if (token.kind === TokenKind.NAME) nameLength = Math.max(nameLength, token.end - token.start)
    else if (token.kind === TokenKind.AT) directiveCount += 1
  }
  return { nameLength, directiveCount }
}

/** GraphQL §5.7.3. */
function findDuplicate(schema: GraphQLSchema, document: DocumentNode): string | undefined {
  let duplicate: string | undefined
  visit(document, {
    enter(node) {
      if (!('directives' in node) || !node.directives?.length) return undefined
      const names = node.directives.map(({ name }) => name.value)
      duplicate = names.find(
        (name, i) => names.indexOf(name) !== i && !schema.getDirective(name)?.isRepeatable,
      )
      return duplicate === undefined ? undefined : BREAK
    },
  })
  return duplicate
}

type SelectionSize = {
  depth: number
  fieldCount: number
  cost: CostNode
  /** The cost of one item of each list that has the page size of a field around it, such as `booksConnection`. */
  itemCost: CostNode
}

const createNode = (cost = 0): CostNode => ({ cost, children: [] })
const emptySize = (): SelectionSize => ({
  depth: 0,
  fieldCount: 0,
  cost: createNode(),
  itemCost: createNode(),
})

/** The fields of introspection, which the query type does not list. */
const META_FIELDS = new Map([SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [field.name, field]))

/** Returns true for a field whose size is that of its definition alone. */
const isPlainLeaf = (node: SelectionNode): node is FieldNode =>
  node.kind === Kind.FIELD && !node.selectionSet && !node.arguments?.length

class DocumentMeasurer {
  readonly #schema: GraphQLSchema
  readonly #options: MeasureOptions
  readonly #fragments = new Map<string, FragmentDefinitionNode>()
  readonly #fragmentSizes = new Map<string, SelectionSize>()

  constructor(schema: GraphQLSchema, document: DocumentNode, options: MeasureOptions) {
    this.#schema = schema
    this.#options = options
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node)
  }

  measureOperation(node: OperationDefinitionNode): OperationSize {
    const rootType = this.#schema.getRootType(node.operation) ?? undefined
    const { depth, fieldCount, cost, itemCost } = this.#measureSelectionSet(node.selectionSet, rootType)
    addCost(cost, 1, itemCost)
    const variableDefaults = new Map(
      node.variableDefinitions?.flatMap(({ variable, defaultValue }) =>
        defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
      ),
    )
    return { name: node.name?.value, depth, rootFieldCount: fieldCount, cost, variableDefaults }
  }

  #measureSelectionSet({ selections }: SelectionSetNode, type: GraphQLNamedType | undefined): SelectionSize {
    const sum = emptySize()
    for (const selection of selections) {
      if (isPlainLeaf(selection)) {
        sum.depth = Math.max(sum.depth, 1)
        sum.fieldCount += 1
        sum.cost.cost += this.#options.weights.get(`${type?.name}.${selection.name.value}`) ?? 1
        continue
      }
      const size = this.#measureSelection(selection, type)
      sum.depth = Math.max(sum.depth, size.depth)
      sum.fieldCount += size.fieldCount
      addCost(sum.cost, 1, size.cost)
      addCost(sum.itemCost, 1, size.itemCost)
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
    const coordinate = `${type?.name}.${name}`
    const cost = createNode(this.#options.weights.get(coordinate) ?? 1)
    for (const argument of node.arguments ?? []) {
      const argumentName = argument.name.value
      const input = definition?.args.find((arg) => arg.name === argumentName)
      const weight = this.#options.weights.get(`${coordinate}(${argumentName}:)`)
      if (input) this.#addInputCost(cost, weight, input.type, argument.value)
    }
    const isIntrospection = META_FIELDS.has(name) || (type !== undefined && isIntrospectionType(type))
    const isList = isIntrospection || (definition && isListType(getNullableType(definition.type)))
    const itemCost = createNode()
    addCost(isList ? itemCost : cost, 1, below.cost)
    addCost(itemCost, 1, below.itemCost)
    const size: SelectionSize = { depth: 1 + below.depth, fieldCount: 1, cost, itemCost }
    const multipliers = this.#readListSizes(node, definition, isIntrospection)
    if (!multipliers) return size
    for (const multiplier of multipliers) addCost(cost, multiplier, itemCost)
    size.itemCost = createNode()
    return size
  }

  /** Adds the weights of an input and of the input fields in its value, as they are written or in variables. */
  #addInputCost(sum: CostNode, weight = 0, type: GraphQLInputType, node: ValueNode): void {
    const { weights } = this.#options
    if (node.kind === Kind.NULL) return
    if (node.kind === Kind.VARIABLE) {
      if (weight === 0 && !isInputObjectType(getNamedType(type))) return
      const multiplier: Multiplier = (getVariable) =>
        weighInput(weights, weight, type, getVariable(node.name.value))
      addCost(sum, multiplier, createNode(1))
      return
    }
    sum.cost += weight
    if (node.kind === Kind.LIST) for (const item of node.values) this.#addInputCost(sum, 0, type, item)
    const namedType = getNamedType(type)
    if (node.kind !== Kind.OBJECT || !isInputObjectType(namedType)) return
    for (const { name, value } of node.fields) {
      const field = namedType.getFields()[name.value]
      const fieldWeight = weights.get(`${namedType.name}.${name.value}`)
      if (field) this.#addInputCost(sum, fieldWeight, field.type, value)
    }
  }

  /** Returns the sizes of the lists that the field returns, or contains as a connection; undefined for another field. */
  #readListSizes(
    node: FieldNode,
    definition: GraphQLField<unknown, unknown> | undefined,
    isIntrospection: boolean,
  ): readonly Multiplier[] | undefined {
    const { defaultPageSize, introspectionSizes } = this.#options
    if (isIntrospection) return [introspectionSizes.get(node.name.value) ?? 1]
    const representations = node.arguments?.find(({ name }) => name.value === ENTITIES_ARGUMENT)
    if (representations && definition?.args.some(({ name }) => name === ENTITIES_ARGUMENT))
      return [countItems(representations.value)]
    if (!definition?.args.some(({ name }) => name === 'first')) return undefined
    // If both are given, variables decide which one applies, so both count.
    const sizes = node.arguments?.filter(({ name }) => name.value === 'first' || name.value === 'last')
    if (!sizes?.length) return [defaultPageSize]
    return sizes.map(({ value }) => {
      if (value.kind === Kind.VARIABLE)
        return (getVariable) => toPageSize(getVariable(value.name.value)) ?? defaultPageSize
      // A negative size, which is rejected later, must not lower the sum.
      return value.kind === Kind.INT ? Math.max(0, Number(value.value)) : defaultPageSize
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

/** The argument of a subgraph's `_entities`, which returns as many items. */
const ENTITIES_ARGUMENT = 'representations'

/** Returns the number of items of a list; a single value counts as a list of one. */
function countItems(node: ValueNode): Multiplier {
  if (node.kind === Kind.LIST) return node.values.length
  if (node.kind !== Kind.VARIABLE) return 1
  return (getVariable) => {
    const value = getVariable(node.name.value)
    return Array.isArray(value) ? value.length : 1
  }
}

/** Returns undefined if the size is not provided, or is invalid and rejected later. */
const toPageSize = (value: unknown) => (typeof value === 'number' && value > 0 ? value : undefined)

/** Adds what is known now; what depends on a variable is added for each request. */
function addCost(sum: CostNode, multiplier: Multiplier, node: CostNode) {
  if (node.cost === 0 && node.children.length === 0) return
  if (typeof multiplier === 'number' && node.children.length === 0) sum.cost += multiplier * node.cost
  else sum.children.push({ multiplier, node })
}

/** Returns the cost of the operation if every page is full. */
export function evaluateCost(
  node: CostNode,
  getVariable: GetVariable,
  evaluated = new Map<CostNode, number>(),
): number {
  let sum = evaluated.get(node)
  if (sum !== undefined) return sum
  sum = node.cost
  for (const { multiplier, node: child } of node.children)
    sum +=
      (typeof multiplier === 'number' ? multiplier : multiplier(getVariable)) *
      evaluateCost(child, getVariable, evaluated)
  evaluated.set(node, sum)
  return sum
}
