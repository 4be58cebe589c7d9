import { type ConstDirectiveNode, type GraphQLSchema, Kind } from 'graphql'
import { getArgumentValue, getStringArgument, readString } from './directive-arguments.ts'
import { listExtensionDirectives, toDirectiveNode } from './extension-directives.ts'

/** The names under which a schema uses the directives of rules. */
export type DirectiveNames = {
  /** Directives with the argument `scopes`. */
  readonly requiresScopes: ReadonlySet<string>
  readonly authenticated: ReadonlySet<string>
}

/** The specifications that define `@requiresScopes` and `@authenticated`: Federation, and those it consists of. */
export const FEDERATION = /^https?:\/\/specs\.apollo\.dev\/(federation|requiresScopes|authenticated)\//

/**
 * Reads the names of the directives: this package's, those of Apollo Federation, and the names that `@link` gives the latter
 * (core schema specification: imports, with or without `as`, and `namespace__name` for what is not imported).
 */
export function readDirectiveNames(schema: GraphQLSchema): DirectiveNames {
  const requiresScopes = new Set(['requiresScope', 'requiresScopes'])
  const authenticated = new Set(['authenticated'])
  const nodes = [schema.astNode, ...schema.extensionASTNodes]
  const directives = nodes.flatMap((node) => node?.directives ?? [])
  for (const link of [...directives, ...readExtensionLinks(schema)]) {
    const specification = FEDERATION.exec(getStringArgument(link, 'url'))?.[1]
    if (!specification) continue
    const namespace = getStringArgument(link, 'as') || specification
    const addNames = (names: Set<string>, directive: string) => {
      const imported = readLocalNames(link, `@${directive}`)
      for (const name of imported) names.add(name)
      // The directive that a specification is named after needs no import.
      if (imported.length === 0)
        names.add(specification === directive ? namespace : `${namespace}__${directive}`)
    }
    addNames(requiresScopes, 'requiresScopes')
    addNames(authenticated, 'authenticated')
  }
  return { requiresScopes, authenticated }
}

const readExtensionLinks = ({ extensions }: GraphQLSchema) =>
  listExtensionDirectives(extensions)
    .filter(({ name }) => name === 'link')
    .map(toDirectiveNode)

/** Returns the names, without `@`, under which a `@link` imports an element. */
const readLocalNames = (link: ConstDirectiveNode, element: string): string[] =>
  readImports(link).flatMap(({ name, as }) => (name === element ? [as.slice(1)] : []))

/** Returns the elements that a `@link` imports, with their local names. One import may stand without a list. */
export function readImports(link: ConstDirectiveNode) {
  const imports = getArgumentValue(link, 'import')
  const items = imports?.kind === Kind.LIST ? imports.values : imports ? [imports] : []
  return items.map((item) => {
    if (item.kind !== Kind.OBJECT) return { name: readString(item), as: readString(item) }
    const read = (name: string) => readString(item.fields.find((field) => field.name.value === name)?.value)
    return { name: read('name'), as: read('as') || read('name') }
  })
}
