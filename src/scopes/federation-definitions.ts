import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
  isTypeDefinitionNode,
  Kind,
  parse,
  Source,
  visit,
} from 'graphql'
import { readLinks } from './directive-names.ts'

/** What a Federation subgraph uses without a definition, under the names that the specification has. */
const FEDERATION = parse(
  new Source(
    `
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
`,
    'Federation',
  ),
).definitions.filter((node) => node.kind === Kind.DIRECTIVE_DEFINITION)

/** The directives of Federation 1, which has no `@link`. */
const FEDERATION_1 = new Set(['key', 'requires', 'provides', 'external', 'extends'])
const SCALARS = ['FieldSet', 'Scope', 'Policy', 'ContextFieldValue']
const OTHER_SCALARS = ['link__Import', 'link__Purpose', '_FieldSet', '_Any']

/**
 * Returns the definitions that a Federation subgraph uses and does not contain, under the names that its `@link` gives them;
 * undefined if the document is not one.
 */
export function findFederationDefinitions(document: DocumentNode): DefinitionNode[] | undefined {
  const directives: ConstDirectiveNode[] = []
  const schemaDirectives: ConstDirectiveNode[] = []
  const definedDirectives = new Set<string>()
  visit(document, {
    Directive: (node) => void directives.push(node as ConstDirectiveNode),
    DirectiveDefinition: ({ name }) => void definedDirectives.add(name.value),
    SchemaDefinition: (node) => void schemaDirectives.push(...(node.directives ?? [])),
    SchemaExtension: (node) => void schemaDirectives.push(...(node.directives ?? [])),
  })
  const links = readLinks(schemaDirectives).filter(({ specification }) => specification === 'federation')
  const getLocalNames = (element: string) => links.flatMap((link) => link.getLocalNames(element))
  const used = new Set(directives.map(({ name }) => name.value))
  const added = FEDERATION.flatMap((definition): DirectiveDefinitionNode[] => {
    const { value } = definition.name
    const isFederation1 = links.length === 0 && FEDERATION_1.has(value)
    const names = value === 'link' || isFederation1 ? [value] : getLocalNames(`@${value}`)
    return names
      .filter((name) => used.has(name) && !definedDirectives.has(name))
      .map((name) => ({ ...definition, name: { ...definition.name, value: name } }))
  })
  if (links.length === 0 && added.length === 0) return undefined
  const scalars = [...SCALARS.flatMap(getLocalNames), ...SCALARS.map((name) => `federation__${name}`)]
  return [
    ...added,
    ...findUndefinedScalars([...document.definitions, ...added], [...scalars, ...OTHER_SCALARS]),
  ]
}

/** Returns definitions of those scalars that are used and not defined. */
function findUndefinedScalars(definitions: readonly DefinitionNode[], scalars: readonly string[]) {
  const used = new Set<string>()
  visit({ kind: Kind.DOCUMENT, definitions }, { NamedType: ({ name }) => void used.add(name.value) })
  const defined = new Set(definitions.filter(isTypeDefinitionNode).map(({ name }) => name.value))
  return [...new Set(scalars)]
    .filter((name) => used.has(name) && !defined.has(name))
    .map(
      (name): DefinitionNode => ({
        kind: Kind.SCALAR_TYPE_DEFINITION,
        name: { kind: Kind.NAME, value: name },
      }),
    )
}
