import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import { getVariableDefault } from '../scopes/index.ts'

/** How many books a page has: as written, or as a variable says. */
type Page = number | { readonly variable: string }

/** Fields, and parts that are answered once for each item of a page. A part can be shared: it is a graph, not a tree. */
export type CostNode = {
  fieldCount: number
  readonly children: { readonly multiplier: Page; readonly node: CostNode }[]
}

/** How large one operation is, its fragments in it as often as they are spread. */
type OperationSize = {
  readonly name: string | undefined
  readonly depth: number
  readonly rootFieldCount: number
  readonly cost: CostNode
  /** The values that the operation writes for variables that a request leaves out. */
  readonly variableDefaults: ReadonlyMap<string, unknown>
}

/** How large a document is. */
export type DocumentSize = {
  readonly aliasCount: number
  readonly directiveCount: number
  /** A directive that stands twice in one place, though its definition does not let it. */
  readonly duplicateDirective: string | undefined
  readonly operations: readonly OperationSize[]
}

/**
 * Measures a document that nobody has validated yet: unknown fields count, fragments in a circle end.
 * Each fragment is measured once, however often it is spread.
 * @param defaultPageSize the size of a page whose `first` is left out
 */
export function measureDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  defaultPageSize: number,
): DocumentSize {
  let aliases = 0
  let directives = 0
  let doubled: string | undefined
  visit(document, {
    enter(node) {
      if (node.kind === Kind.FIELD && node.alias) aliases += 1
      if (!('directives' in node) || !node.directives?.length) return
      directives += node.directives.length
      doubled ??= doubledOf(schema, node.directives)
    },
  })
  const measuring = new Measuring(schema, document, defaultPageSize)
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION)
  return {
    aliasCount: aliases,
    directiveCount: directives,
    duplicateDirective: doubled,
    operations: operations.map((operation) => measuring.operation(operation)),
  }
}

/** GraphQL §5.7.3. */
function doubledOf(schema: GraphQLSchema, directives: readonly DirectiveNode[]): string | undefined {
  const names = directives.map(({ name }) => name.value)
  return names.find((name, i) => names.indexOf(name) !== i && !schema.getDirective(name)?.isRepeatable)
}

type Measured = { depth: number; fields: number; cost: CostNode }
const nothing = (): Measured => ({ depth: 0, fields: 0, cost: { fieldCount: 0, children: [] } })

class Measuring {
  readonly #schema: GraphQLSchema
  readonly #standardPage: number
  readonly #definitions = new Map<string, FragmentDefinitionNode>()
  readonly #measured = new Map<string, Measured>()

  constructor(schema: GraphQLSchema, document: DocumentNode, standardPage: number) {
    this.#schema = schema
    this.#standardPage = standardPage
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#definitions.set(node.name.value, node)
  }

  operation(node: OperationDefinitionNode): OperationSize {
    const { depth, fields, cost } = this.#set(
      node.selectionSet,
      this.#schema.getRootType(node.operation) ?? undefined,
    )
    const names = node.variableDefinitions?.map(({ variable }) => variable.name.value)
    const defaults = new Map(names?.map((name) => [name, getVariableDefault(node, name)]))
    return { name: node.name?.value, depth, rootFieldCount: fields, cost, variableDefaults: defaults }
  }

  #set(set: SelectionSetNode, type: GraphQLNamedType | undefined): Measured {
    const sum = nothing()
    for (const node of set.selections) {
      const part =
        node.kind === Kind.FIELD
          ? this.#field(node, type)
          : node.kind === Kind.FRAGMENT_SPREAD
            ? this.#fragment(node.name.value)
            : this.#set(node.selectionSet, this.#named(node.typeCondition?.name.value) ?? type)
      sum.depth = Math.max(sum.depth, part.depth)
      sum.fields += part.fields
      add(sum.cost, 1, part.cost)
    }
    return sum
  }

  #field(node: FieldNode, type: GraphQLNamedType | undefined): Measured {
    const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {}
    const definition = Object.hasOwn(fields, node.name.value) ? fields[node.name.value] : undefined
    const below = node.selectionSet
      ? this.#set(node.selectionSet, definition && getNamedType(definition.type))
      : nothing()
    const cost: CostNode = { fieldCount: 1, children: [] }
    const paged = definition?.args.some((argument) => argument.name === 'first')
    for (const times of paged ? this.#pages(node) : [1]) add(cost, times, below.cost)
    return { depth: 1 + below.depth, fields: 1, cost }
  }

  /** Which of two is in force hangs on the request: then both count. */
  #pages(node: FieldNode): readonly Page[] {
    const sizes = node.arguments?.filter(({ name }) => name.value === 'first' || name.value === 'last')
    if (!sizes?.length) return [this.#standardPage]
    return sizes.map(({ value }) => {
      if (value.kind === Kind.VARIABLE) return { variable: value.name.value }
      return value.kind === Kind.INT ? Number(value.value) : this.#standardPage
    })
  }

  #fragment(name: string): Measured {
    const known = this.#measured.get(name)
    if (known) return known
    const definition = this.#definitions.get(name)
    this.#measured.set(name, nothing())
    const measured = definition
      ? this.#set(definition.selectionSet, this.#named(definition.typeCondition.name.value))
      : nothing()
    this.#measured.set(name, measured)
    return measured
  }

  #named(name: string | undefined) {
    return name === undefined ? undefined : this.#schema.getType(name)
  }
}

/** What is known now is added up now; what hangs on a variable waits for the request. */
function add(sum: CostNode, times: Page, below: CostNode) {
  if (typeof times === 'number' && below.children.length === 0) sum.fieldCount += times * below.fieldCount
  else sum.children.push({ multiplier: times, node: below })
}

/** Fields that the operation may answer. */
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
