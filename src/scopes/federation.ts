import {
  type ASTNode,
  type ConstDirectiveNode,
  type ConstValueNode,
  type DefinitionNode,
  type GraphQLSchema,
  Kind,
  type NameNode,
  parse,
  parseConstValue,
  print,
  printSchema,
  visit,
} from 'graphql'
import { assertSameGraphQL } from './assert-same-graphql.ts'
import { getArgumentValue, getStringArgument, listValues } from './directive-arguments.ts'
import { readDirectiveNames, readImports, readSpecification } from './directive-names.ts'
import { listSchemaElements, readRules } from './read-rules.ts'
import { AUTHENTICATED_RULE, isEquivalent, type Rule } from './rule.ts'

/** The first version that has `@requiresScopes` and `@authenticated`. */
const MINOR_VERSION = 5
const FEDERATION_URL = `https://specs.apollo.dev/federation/v2.${MINOR_VERSION}`
/** The other directives of that version: those that a schema without a `@link` to Federation applies are imported. */
const FEDERATION_DIRECTIVES: ReadonlySet<string> = new Set([
  'composeDirective',
  'extends',
  'external',
  'inaccessible',
  'interfaceObject',
  'key',
  'override',
  'provides',
  'requires',
  'shareable',
  'tag',
])
/** The types and fields that a subgraph has for the gateway alone; composition adds them. */
const GATEWAY_TYPES: ReadonlySet<string> = new Set(['_Any', '_Entity', '_Service'])
const GATEWAY_FIELDS = ['_entities', '_service']

/** The places of `@requiresScopes` and `@authenticated` in Federation, without interfaces and their fields. */
const RULE_KINDS: ReadonlySet<Kind> = new Set([
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.FIELD_DEFINITION,
  Kind.SCALAR_TYPE_DEFINITION,
  Kind.ENUM_TYPE_DEFINITION,
])

/**
 * Prints the SDL of a schema as a subgraph of Federation 2, for composition. Its rules become `@requiresScopes` and
 * `@authenticated`, under the names that an existing `@link` gives them. Other directives that are applied in SDL are kept.
 * Left out are this package's directives and scalar, and Federation's own definitions, which composition adds.
 *
 * Also left out are rules on arguments and input fields, which Federation does not have: the gateway lets such a request
 * pass, and the subgraph denies it. Rules on the fields of interfaces, which composition does not accept, are left out
 * without a loss: gateways apply those of the implementing types, which `createScopes` requires to be as strict.
 * Not checked here: that the rules make sense. `createScopes` does that.
 * @throws TypeError for a schema of another copy of graphql, or another value
 */
export function printSubgraph(schema: GraphQLSchema): string {
  assertSameGraphQL(schema, 'printSubgraph')
  const elements = [...listSchemaElements(schema)]
  const applied = new Map(elements.map(({ coordinate, directives }) => [coordinate, directives]))
  const rules = readRules(schema)
  const { link, importDirective, isOwn, isDefinedByComposition } = readFederationNames(schema, applied)
  const toDirective = (rule: Rule): ConstDirectiveNode =>
    isEquivalent(rule, AUTHENTICATED_RULE)
      ? createDirective(importDirective('authenticated'))
      : createDirective(importDirective('requiresScopes'), 'scopes', rule)

  const gatewayFields = GATEWAY_FIELDS.map((name) => `${schema.getQueryType()?.name}.${name}`)
  const { definitions } = visit(selectDefinitions(schema, isDefinedByComposition), {
    leave(node, _key, _parent, _path, ancestors) {
      if (!('directives' in node) || !isNamed(node)) return undefined
      const owners = ancestors.filter(isNamed)
      const coordinate = toCoordinate([...owners, node])
      if (gatewayFields.includes(coordinate)) return null
      // `printSchema` has printed those of the GraphQL specification.
      const printed = node.directives ?? []
      const isNew = ({ name }: ConstDirectiveNode) => !printed.some((one) => one.name.value === name.value)
      const kept = applied.get(coordinate)?.filter((directive) => !isOwn(directive) && isNew(directive)) ?? []
      const isOfInterface = owners[0]?.kind === Kind.INTERFACE_TYPE_DEFINITION
      const rule = RULE_KINDS.has(node.kind) && !isOfInterface ? rules.get(coordinate) : undefined
      return { ...node, directives: [...printed, ...kept, ...(rule ? [toDirective(rule)] : [])] }
    },
  })
  const others = applied
    .get('schema')
    ?.filter((node) => node !== link.node && !isOwn(node) && !isRuleLink(node))
  return print({
    kind: Kind.DOCUMENT,
    definitions: [
      { kind: Kind.SCHEMA_EXTENSION, directives: [addImports(link.node, link.added), ...(others ?? [])] },
      ...removeEmptyTypes(definitions),
    ],
  })
}

/** Removes the query type of a subgraph of entities alone, which has no fields, and its name in the schema definition. */
function removeEmptyTypes(definitions: readonly DefinitionNode[]): DefinitionNode[] {
  const kept = definitions.filter((node) => !('fields' in node) || node.fields?.length !== 0)
  const names = new Set(kept.filter((node) => isNamed(node)).map(({ name }) => name.value))
  return kept.flatMap((node): DefinitionNode[] => {
    if (node.kind !== Kind.SCHEMA_DEFINITION) return [node]
    const operationTypes = node.operationTypes.filter(({ type }) => names.has(type.name.value))
    return operationTypes.length > 0 ? [{ ...node, operationTypes }] : []
  })
}

/** Reads how a schema names Federation's directives. One without a `@link` gets one, with those that it applies. */
function readFederationNames(
  schema: GraphQLSchema,
  applied: ReadonlyMap<string, readonly ConstDirectiveNode[]>,
) {
  const appliedNames = new Set([...applied.values()].flat().map(({ name }) => name.value))
  const usedNames = [...appliedNames].filter((name) => FEDERATION_DIRECTIVES.has(name))
  const node =
    applied.get('schema')?.find((directive) => readSpecification(directive) === 'federation') ??
    addImports(
      createDirective('link', 'url', FEDERATION_URL),
      usedNames.map((name) => `@${name}`),
    )
  const imports = readImports(node)
  const added = new Set<string>()
  const { requiresScopes, authenticated } = readDirectiveNames(schema)
  const ownNames = new Set([...requiresScopes, ...authenticated, 'public', 'scope'])
  const namespace = getStringArgument(node, 'as') || 'federation'
  return {
    link: { node, added },
    /** Returns the name of a directive of Federation, and imports it if necessary. */
    importDirective(directive: string): string {
      const known = imports.find(({ name }) => name === `@${directive}`)
      if (!known) added.add(`@${directive}`)
      return known?.as.slice(1) ?? directive
    },
    isOwn: ({ name }: ConstDirectiveNode) => ownNames.has(name.value),
    isDefinedByComposition: (name: string) =>
      ownNames.has(name) ||
      name === node.name.value ||
      name.startsWith(`${namespace}__`) ||
      imports.some(({ as }) => as === `@${name}`),
  }
}

type NamedNode = Extract<ASTNode, { readonly name: NameNode }>
const isNamed = (node: ASTNode | readonly ASTNode[]): node is NamedNode => 'name' in node && !!node.name

/**
 * Parses the schema that graphql-js prints, without what composition defines, and the types that only its directives refer
 * to. An entity stays, also if no other type refers to it.
 */
function selectDefinitions(schema: GraphQLSchema, isDefinedByComposition: (directive: string) => boolean) {
  const { definitions } = parse(printSchema(schema), { noLocation: true })
  const isLeftOutDirective = (node: DefinitionNode) =>
    node.kind === Kind.DIRECTIVE_DEFINITION && isDefinedByComposition(node.name.value)
  const kept = definitions.filter(
    (node) => !isLeftOutDirective(node) && !('name' in node && GATEWAY_TYPES.has(node.name?.value ?? '')),
  )
  const candidates = collectTypeNames(definitions.filter(isLeftOutDirective))
  const used = collectTypeNames(kept)
  const isUnused = (name: string) => candidates.has(name) && !used.has(name)
  return {
    kind: Kind.DOCUMENT,
    definitions: kept.filter((node) => !('name' in node && isUnused(node.name?.value ?? ''))),
  } as const
}

/** Collects the types that definitions refer to. */
function collectTypeNames(definitions: readonly DefinitionNode[]): ReadonlySet<string> {
  const names = new Set<string>()
  visit({ kind: Kind.DOCUMENT, definitions }, { NamedType: ({ name }) => void names.add(name.value) })
  return names
}

function toCoordinate([first, member, argument]: readonly NamedNode[]): string {
  if (first?.kind === Kind.DIRECTIVE_DEFINITION) return `@${first.name.value}(${member?.name.value}:)`
  const coordinate = [first, member].flatMap((node) => (node ? [node.name.value] : [])).join('.')
  return argument ? `${coordinate}(${argument.name.value}:)` : coordinate
}

/** Returns true for a link to the specification of one of the rules, which Federation's includes. */
function isRuleLink(directive: ConstDirectiveNode): boolean {
  const specification = readSpecification(directive)
  return specification === 'requiresScopes' || specification === 'authenticated'
}

/** Adds imports to a link; an older version of Federation becomes the first one that has the rules. */
function addImports(link: ConstDirectiveNode, names: Iterable<string>): ConstDirectiveNode {
  const added = [...names].map(toValue)
  if (added.length === 0) return link
  const values = listValues(getArgumentValue(link, 'import'))
  const url = getStringArgument(link, 'url')
  const minor = /\/v2\.(\d+)$/.exec(url)?.[1] ?? MINOR_VERSION
  const replaced = new Map<string, ConstValueNode>([
    ['url', toValue(Number(minor) < MINOR_VERSION ? FEDERATION_URL : url)],
    ['import', { kind: Kind.LIST, values: [...values, ...added] }],
  ])
  const others = link.arguments?.filter(({ name }) => !replaced.has(name.value)) ?? []
  return {
    ...link,
    arguments: [...[...replaced].map(([name, value]) => createArgument(name, value)), ...others],
  }
}

const createDirective = (name: string, argument?: string, value?: unknown): ConstDirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: createName(name),
  arguments: argument === undefined ? [] : [createArgument(argument, toValue(value))],
})

const createArgument = (name: string, value: ConstValueNode) =>
  ({ kind: Kind.ARGUMENT, name: createName(name), value }) as const

const createName = (value: string) => ({ kind: Kind.NAME, value }) as const

/** A list of strings is written the same in JSON. */
const toValue = (value: unknown): ConstValueNode => parseConstValue(JSON.stringify(value))
