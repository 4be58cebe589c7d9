import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  isExecutableDefinitionNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  Lexer,
  parse,
  Source,
  TokenKind,
  type TypeDefinitionNode,
  visit,
} from 'graphql'
import { findFederationDefinitions } from './federation-definitions.ts'
import { ScopeSchemaError, toViolation, type Violation } from './schema-violation.ts'
import { scopeDirectives } from './scope-directives.ts'
import { validateSdl } from './validate-sdl.ts'

const ROOT_TYPES = new Set(['Query', 'Mutation', 'Subscription'])

/**
 * Builds a schema, without resolvers, from the text of SDL files. Its violations have file names and lines.
 * The definitions of `scopeDirectives` that the files do not contain are added, and so are those of Apollo Federation in a
 * subgraph. A root type, and in a subgraph every type, may consist of extensions alone.
 * Not checked here: the rules, which `createScopes` checks.
 * @throws ScopeSchemaError with every error if the files are not valid SDL
 */
export function buildSchemaFromFiles(
  files: readonly { readonly name: string; readonly text: string }[],
): GraphQLSchema {
  const document = addDefinitions(parseFiles(files))
  const definitions = document.definitions.flatMap((node) => {
    const coordinate = 'name' in node && node.name ? node.name.value : 'schema'
    const members = 'fields' in node ? (node.fields ?? []) : []
    return [
      { coordinate, node },
      ...members.map((member) => ({ coordinate: `${coordinate}.${member.name.value}`, node: member })),
    ]
  })
  const violations = validateSdl(document).map((error) => toViolation(error, definitions))
  if (violations.length > 0) throw new ScopeSchemaError(violations)
  return buildASTSchema(document, { assumeValidSDL: true })
}

function parseFiles(files: Parameters<typeof buildSchemaFromFiles>[0]): DefinitionNode[] {
  const violations: Violation[] = []
  const definitions = files.flatMap(({ name, text }) => {
    try {
      const source = new Source(text, name)
      // `parse` rejects a file without definitions.
      const isEmpty = new Lexer(source).lookahead().kind === TokenKind.EOF
      // Operations and fragments, as patterns of files may match, are no part of a schema.
      return isEmpty ? [] : parse(source).definitions.filter((node) => !isExecutableDefinitionNode(node))
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      violations.push(toViolation(error, []))
      return []
    }
  })
  if (violations.length > 0) throw new ScopeSchemaError(violations)
  return definitions
}

/** Adds what SDL uses without a definition. */
function addDefinitions(definitions: readonly DefinitionNode[]): DocumentNode {
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [...definitions, ...findMissingScopeDirectives(definitions)],
  }
  const federation = findFederationDefinitions(document)
  const defined = new Set(definitions.filter(isTypeDefinitionNode).map(({ name }) => name.value))
  const completed = [...document.definitions, ...(federation ?? [])].map((node) => {
    if (!isTypeExtensionNode(node) || defined.has(node.name.value)) return node
    if (!federation && !ROOT_TYPES.has(node.name.value)) return node
    defined.add(node.name.value)
    return { ...node, kind: node.kind.replace('Extension', 'Definition') } as TypeDefinitionNode
  })
  return { kind: Kind.DOCUMENT, definitions: completed }
}

/** Returns the definitions of `scopeDirectives` that SDL does not contain. */
function findMissingScopeDirectives(definitions: readonly DefinitionNode[]): DefinitionNode[] {
  const ownScopeType = definitions.find((node) => isTypeDefinitionNode(node) && node.name.value === 'Scope')
  const toKey = (node: DefinitionNode) => `${node.kind} ${'name' in node ? node.name?.value : ''}`
  const existing = new Set(definitions.map(toKey))
  const missing = parse(new Source(scopeDirectives, 'graphql-oauth-scopes')).definitions.filter(
    (node) => !existing.has(toKey(node)),
  )
  if (!ownScopeType || ownScopeType.kind === Kind.SCALAR_TYPE_DEFINITION) return missing
  // A type of the API has the scalar's name, which matters only if a directive is used whose argument has that type.
  const used = new Set<string>()
  visit({ kind: Kind.DOCUMENT, definitions }, { Directive: ({ name }) => void used.add(name.value) })
  return missing.filter((node) => node.kind === Kind.DIRECTIVE_DEFINITION && used.has(node.name.value))
}
