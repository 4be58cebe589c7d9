import {
  type ConstDirectiveNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isIntrospectionType,
  valueFromASTUntyped,
} from 'graphql'
import { getArgumentValue, getStringArgument, listValues, readString } from './directive-arguments.ts'
import { type DirectiveNames, readDirectiveNames } from './directive-names.ts'
import { type ElementExtensions, readExtensions } from './extension-rules.ts'
import { AUTHENTICATED_RULE, and, type Rule, type Rules } from './rule.ts'
import type { Locatable } from './schema-violation.ts'

/** A schema coordinate with the directives applied to it. */
export type SchemaElement = {
  readonly coordinate: string
  /** The definition and its extensions with `extend`; none in a code-first schema. */
  readonly nodes: readonly ElementNode[]
  /** The directives of the nodes, then those of `extensions` that the nodes do not have. */
  readonly directives: readonly ConstDirectiveNode[]
  readonly extensions: ElementExtensions
}

/** A schema to check, with its rules and elements. */
export type SchemaCheck = {
  readonly schema: GraphQLSchema
  readonly rules: Rules
  readonly elements: readonly SchemaElement[]
  readonly isStrict: boolean
}

/** A scope that the schema declares with `@scope`. */
export type DeclaredScope = { readonly name: string; readonly description: string }

/**
 * Reads every rule of a schema: `@requiresScope`, Federation's `@requiresScopes`, also under another name, and
 * `@authenticated`, as directives or in `extensions`. Several at one coordinate are combined into a rule that requires all.
 * Not checked here: that the rules make sense. `readValidatedRules` does that.
 */
export function readRules(
  schema: GraphQLSchema,
  elements: Iterable<SchemaElement> = listSchemaElements(schema),
): Rules {
  const rules = new Map<string, Rule>()
  // Equal rules become one object, so that a decision compares each once.
  const distinctRules = new Map<string, Rule>()
  for (const use of findRuleDirectives(schema, elements)) {
    const { coordinate } = use
    const existing = rules.get(coordinate)
    const rule = existing ? and(existing, use.rule) : use.rule
    const key = JSON.stringify(rule)
    const distinctRule = distinctRules.get(key) ?? rule
    distinctRules.set(key, distinctRule)
    rules.set(coordinate, distinctRule)
  }
  return rules
}

/** A directive that makes a rule. */
export type RuleDirective = {
  readonly coordinate: string
  readonly node: ConstDirectiveNode
  readonly rule: Rule
  readonly isAuthenticated: boolean
}

/** Finds the directives that make rules, in the order of the elements. */
export function findRuleDirectives(
  schema: GraphQLSchema,
  elements: Iterable<SchemaElement>,
): readonly RuleDirective[] {
  const { requiresScopes, authenticated } = readDirectiveNames(schema)
  return [...elements].flatMap(({ coordinate, directives }) =>
    directives.flatMap((node): RuleDirective[] => {
      const name = node.name.value
      const isAuthenticated = authenticated.has(name)
      if (!isAuthenticated && !requiresScopes.has(name)) return []
      const rule = isAuthenticated ? AUTHENTICATED_RULE : parseRule(node)
      return [{ coordinate, node, rule, isAuthenticated }]
    }),
  )
}

/**
 * Parses the rule of one `@requiresScope` by GraphQL's list coercion: `"a"` means `[["a"]]`.
 * A value that is not a string becomes the empty scope, which no token holds.
 */
export function parseRule(directive: ConstDirectiveNode): Rule {
  const alternatives = listValues(getArgumentValue(directive, 'scopes'))
  return alternatives.map((alternative) => listValues(alternative).map(readString))
}

/** Reads the scopes that the schema declares with `@scope`, in the order of the source. */
export function readDeclaredScopes(schema: GraphQLSchema): readonly DeclaredScope[] {
  return findElementsWith([createElementReader(schema)('schema', schema)], 'scope').map(({ node }) => ({
    name: getStringArgument(node, 'name'),
    description: getStringArgument(node, 'description'),
  }))
}

/** Lists the uses of a directive, each with the coordinate of its element. */
export const findElementsWith = (elements: Iterable<SchemaElement>, directive: string) =>
  [...elements].flatMap(({ coordinate, directives }) =>
    directives.filter(({ name }) => name.value === directive).map((node) => ({ coordinate, node })),
  )

/** Returns the coordinates that are `@public`. */
export const readPublicCoordinates = (elements: Iterable<SchemaElement>): ReadonlySet<string> =>
  new Set(findElementsWith(elements, 'public').map(({ coordinate }) => coordinate))

/** Lists every element of the schema that can carry directives, `extend type` included, without introspection types. */
export function* listSchemaElements(schema: GraphQLSchema): Generator<SchemaElement> {
  const readElement = createElementReader(schema)
  yield readElement('schema', schema)
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    yield readElement(type.name, type)
    yield* memberElements(type, readElement)
  }
  for (const directive of schema.getDirectives())
    for (const argument of directive.args)
      yield readElement(`@${directive.name}(${argument.name}:)`, argument)
}

type ElementNode = Locatable & { readonly directives?: readonly ConstDirectiveNode[] | undefined }
type ElementDefinition = {
  readonly astNode?: ElementNode | null | undefined
  readonly extensionASTNodes?: readonly ElementNode[] | null | undefined
  readonly extensions?: unknown
}
type ReadElement = (coordinate: string, definition: ElementDefinition) => SchemaElement

function createElementReader(schema: GraphQLSchema): ReadElement {
  const names = readDirectiveNames(schema)
  const declared = new Set(schema.getDirectives().map(({ name }) => name))
  return (coordinate, definition) => {
    const nodes = [definition.astNode, ...(definition.extensionASTNodes ?? [])].filter((node) => node != null)
    const extensions = readExtensions(definition.extensions, coordinate, names, declared)
    const written = nodes.flatMap((node) => node.directives ?? [])
    const directives = [...written, ...removeCopies(extensions.directives, written, names)]
    return { coordinate, nodes, directives, extensions }
  }
}

/** Returns the directives of `extensions` that the nodes do not have. Tools copy them in both directions. */
function removeCopies(
  directives: readonly ConstDirectiveNode[],
  written: readonly ConstDirectiveNode[],
  names: DirectiveNames,
): Iterable<ConstDirectiveNode> {
  const byText = new Map(directives.map((node) => [describeDirective(node, names), node]))
  if (byText.size > 0) for (const node of written) byText.delete(describeDirective(node, names))
  return byText.values()
}

/** Describes a directive, so that equal ones have the same text. Tools write `"a"` as `[["a"]]`. */
const describeDirective = (node: ConstDirectiveNode, { requiresScopes }: DirectiveNames) =>
  JSON.stringify([
    node.name.value,
    requiresScopes.has(node.name.value)
      ? parseRule(node)
      : node.arguments
          ?.map(({ name, value }) => JSON.stringify([name.value, valueFromASTUntyped(value)]))
          .sort(),
  ])

function* memberElements(type: GraphQLNamedType, readElement: ReadElement): Generator<SchemaElement> {
  if (isEnumType(type))
    for (const value of type.getValues()) yield readElement(`${type.name}.${value.name}`, value)
  if (!('getFields' in type)) return
  for (const field of Object.values(type.getFields())) {
    const coordinate = `${type.name}.${field.name}`
    yield readElement(coordinate, field)
    for (const arg of 'args' in field ? field.args : []) yield readElement(`${coordinate}(${arg.name}:)`, arg)
  }
}
