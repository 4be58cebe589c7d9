import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  isTypeDefinitionNode,
  Kind,
  parse,
  type SchemaDefinitionNode,
  type SchemaExtensionNode,
  Source,
  visit,
} from 'graphql'
import { getArgumentValue } from './directive-arguments.ts'
import { listDirectiveNames, readLinks } from './directive-names.ts'

/** The directives that a Federation subgraph uses without a definition, under the names of the specification. */
const DIRECTIVE_DEFINITIONS = `
directive @key(fields: federation__FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
directive @requires(fields: federation__FieldSet!) on FIELD_DEFINITION
directive @provides(fields: federation__FieldSet!) on FIELD_DEFINITION
directive @external(reason: String) on OBJECT | FIELD_DEFINITION
directive @extends on OBJECT | INTERFACE
directive @shareable repeatable on OBJECT | FIELD_DEFINITION
directive @inaccessible on OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INTERFACE | UNION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
directive @tag(name: String!) repeatable on SCHEMA | OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INTERFACE | UNION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
directive @override(from: String!, label: String) on FIELD_DEFINITION
directive @composeDirective(name: String!) repeatable on SCHEMA
directive @interfaceObject on OBJECT
directive @authenticated on OBJECT | FIELD_DEFINITION | INTERFACE | SCALAR | ENUM
directive @requiresScopes(scopes: [[federation__Scope!]!]!) on OBJECT | FIELD_DEFINITION | INTERFACE | SCALAR | ENUM
directive @policy(policies: [[federation__Policy!]!]!) on OBJECT | FIELD_DEFINITION | INTERFACE | SCALAR | ENUM
directive @context(name: String!) repeatable on OBJECT | INTERFACE | UNION
directive @fromContext(field: federation__ContextFieldValue) on ARGUMENT_DEFINITION
directive @cost(weight: Int!) on OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | SCALAR | ENUM | INPUT_FIELD_DEFINITION
directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
directive @cacheTag(format: String!) repeatable on OBJECT | FIELD_DEFINITION
directive @link(url: String!, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
`

/** The directives of Federation 1, which has no `@link`. */
const FEDERATION_1 = new Set(['key', 'requires', 'provides', 'external', 'extends'])
const SCALARS = ['FieldSet', 'Scope', 'Policy', 'ContextFieldValue']
const OTHER_SCALARS = ['link__Import', 'link__Purpose', '_FieldSet', '_Any']

/**
 * Returns the definitions that a Federation subgraph uses and does not contain, under the names that its `@link` gives them,
 * and `Query._entities`, through which the gateway reads its entities; undefined if the document is not a subgraph.
 */
export function findFederationDefinitions(document: DocumentNode): DefinitionNode[] | undefined {
  const used = new Set<string>()
  const schemaNodes: (SchemaDefinitionNode | SchemaExtensionNode)[] = []
  const definedDirectives = new Set<string>()
  visit(document, {
    Directive: ({ name }) => void used.add(name.value),
    DirectiveDefinition: ({ name }) => void definedDirectives.add(name.value),
    SchemaDefinition: (node) => void schemaNodes.push(node),
    SchemaExtension: (node) => void schemaNodes.push(node),
  })
  const schemaDirectives = schemaNodes.flatMap((node) => node.directives ?? [])
  const links = readLinks(schemaDirectives).filter(({ specification }) => specification === 'federation')
  const getLocalNames = (element: string) => [
    ...new Set(links.flatMap((link) => link.getLocalNames(element))),
  ]
  const getDirectiveNames = (name: string) => {
    const isWithoutLink = name === 'link' || (links.length === 0 && FEDERATION_1.has(name))
    return isWithoutLink ? [name] : getLocalNames(`@${name}`)
  }
  const directives = parse(new Source(DIRECTIVE_DEFINITIONS, 'Federation')).definitions.filter(
    (node) => node.kind === Kind.DIRECTIVE_DEFINITION,
  )
  const added = directives.flatMap((definition): DefinitionNode[] =>
    getDirectiveNames(definition.name.value)
      .filter((name) => used.has(name) && !definedDirectives.has(name))
      .map((name) => ({ ...definition, name: { ...definition.name, value: name } })),
  )
  if (links.length === 0 && added.length === 0) return undefined
  const { requiresScopes, authenticated } = listDirectiveNames(schemaDirectives)
  const operations = schemaNodes.flatMap((node) => node.operationTypes ?? [])
  const entities = createEntities(document, {
    queryType: operations.find(({ operation }) => operation === 'query')?.type.name.value ?? 'Query',
    keys: getDirectiveNames('key'),
    rules: [...requiresScopes, ...authenticated],
  })
  const scalars = [...SCALARS.flatMap(getLocalNames), ...SCALARS.map((name) => `federation__${name}`)]
  const withEntities = [...added, ...entities]
  return [
    ...withEntities,
    ...findUndefinedScalars([...document.definitions, ...withEntities], [...scalars, ...OTHER_SCALARS]),
  ]
}

/** Names in a subgraph. */
type SubgraphNames = {
  readonly queryType: string
  /** Of `@key`. */
  readonly keys: readonly string[]
  /** Of the directives that make rules. */
  readonly rules: readonly string[]
}

/**
 * Returns `_entities` for the types with a resolvable key. It is public, unless the query type has a rule, so that their fields
 * need rules of their own. A subgraph that defines it gets the union.
 */
function createEntities(
  { definitions }: DocumentNode,
  { queryType, keys, rules }: SubgraphNames,
): readonly DefinitionNode[] {
  const objectTypes = definitions.filter(
    (node) => node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION,
  )
  const entities = objectTypes
    .filter(({ directives = [] }) =>
      directives.some((node) => keys.includes(node.name.value) && isResolvable(node)),
    )
    .map(({ name }) => name.value)
  const queryNodes = objectTypes.filter(({ name }) => name.value === queryType)
  const hasField = queryNodes.some(({ fields = [] }) => fields.some(({ name }) => name.value === '_entities'))
  const hasUnion = definitions.some((node) => 'name' in node && node.name?.value === '_Entity')
  if (entities.length === 0) return []
  const hasRule = queryNodes.some(({ directives = [] }) =>
    directives.some(({ name }) => rules.includes(name.value)),
  )
  const directive = hasRule ? '' : '@public(reason: "The rules of the entities apply.")'
  const field = `extend type ${queryType} { _entities(representations: [_Any!]!): [_Entity]! ${directive} }`
  const union = `union _Entity = ${[...new Set(entities)].join(' | ')}`
  return [...(hasField ? [] : [field]), ...(hasUnion ? [] : [union])].flatMap((sdl) => parse(sdl).definitions)
}

const isResolvable = (key: ConstDirectiveNode): boolean => {
  const value = getArgumentValue(key, 'resolvable')
  return value?.kind !== Kind.BOOLEAN || value.value
}

/** Returns definitions of those scalars that are used and not defined. */
function findUndefinedScalars(definitions: readonly DefinitionNode[], scalars: readonly string[]) {
  const used = new Set<string>()
  visit({ kind: Kind.DOCUMENT, definitions }, { NamedType: ({ name }) => void used.add(name.value) })
  const defined = new Set(definitions.filter(isTypeDefinitionNode).map(({ name }) => name.value))
  return [...new Set(scalars)]
    .filter((name) => used.has(name) && !defined.has(name))
    .flatMap((name) => parse(`scalar ${name}`).definitions)
}
