import { type ConstDirectiveNode, type GraphQLSchema, Kind } from 'graphql'
import { getArgumentValue, getStringArgument, listValues, readString } from './directive-arguments.ts'
import { listExtensionDirectives, toDirectiveNode } from './extension-directives.ts'

/** The names under which a schema uses the directives of rules. */
export type DirectiveNames = {
  /** Directives with the argument `scopes`. */
  readonly requiresScopes: ReadonlySet<string>
  readonly authenticated: ReadonlySet<string>
}

/** The specifications that define `@requiresScopes` and `@authenticated`: Federation, and those it consists of. */
const SPECIFICATION_URL = /^https?:\/\/specs\.apollo\.dev\/(federation|requiresScopes|authenticated)\//

/**
 * Reads the names of the directives: this package's, those of Apollo Federation, and the names that `@link` gives the latter.
 */
export function readDirectiveNames(schema: GraphQLSchema): DirectiveNames {
  const nodes = [schema.astNode, ...schema.extensionASTNodes]
  return listDirectiveNames([
    ...nodes.flatMap((node) => node?.directives ?? []),
    ...readExtensionLinks(schema),
  ])
}

/** Returns the names of the directives, with those that the `@link`s among a schema's directives give. */
export function listDirectiveNames(schemaDirectives: readonly ConstDirectiveNode[]): DirectiveNames {
  const requiresScopes = new Set(['requiresScope', 'requiresScopes'])
  const authenticated = new Set(['authenticated'])
  for (const { getLocalNames } of readLinks(schemaDirectives)) {
    for (const name of getLocalNames('@requiresScopes')) requiresScopes.add(name)
    for (const name of getLocalNames('@authenticated')) authenticated.add(name)
  }
  return { requiresScopes, authenticated }
}

const readExtensionLinks = ({ extensions }: GraphQLSchema) =>
  listExtensionDirectives(extensions)
    .filter(({ name }) => name === 'link')
    .map(toDirectiveNode)

/** Returns the name of the specification that a `@link` names; undefined for another one. */
export const readSpecification = (link: ConstDirectiveNode): string | undefined =>
  SPECIFICATION_URL.exec(getStringArgument(link, 'url'))?.[1]

/** A `@link` to one of the specifications. */
type SpecificationLink = {
  readonly specification: string
  /** Returns the names, without `@`, that a schema has for a directive, written with `@`, or a type. */
  readonly getLocalNames: (element: string) => readonly string[]
}

/**
 * Reads the links to the specifications among the directives of a schema (core schema specification: imports, with or without
 * `as`, and `namespace__name` for what is not imported).
 */
export function readLinks(directives: readonly ConstDirectiveNode[]): SpecificationLink[] {
  return directives.flatMap((link) => {
    const specification = readSpecification(link)
    if (!specification) return []
    const namespace = getStringArgument(link, 'as') || specification
    const getLocalNames = (element: string) => {
      const imported = readImports(link).filter(({ name }) => name === element)
      if (imported.length > 0) return imported.map(({ as }) => withoutAt(as))
      // The directive that a specification is named after needs no import.
      return [element === `@${specification}` ? namespace : `${namespace}__${withoutAt(element)}`]
    }
    return [{ specification, getLocalNames }]
  })
}

/** Returns the elements that a `@link` imports, with their local names. One import may stand without a list. */
export function readImports(link: ConstDirectiveNode) {
  return listValues(getArgumentValue(link, 'import')).map((item) => {
    if (item.kind !== Kind.OBJECT) return { name: readString(item), as: readString(item) }
    const read = (name: string) => readString(item.fields.find((field) => field.name.value === name)?.value)
    return { name: read('name'), as: read('as') || read('name') }
  })
}

const withoutAt = (name: string) => name.replace(/^@/, '')
