import { type ConstDirectiveNode, type GraphQLSchema, Kind } from 'graphql'
import { getArgumentValue, getStringArgument, readString } from './directive-arguments.ts'

/** The names under which a schema uses the directives of rules. */
export type DirectiveNames = {
  /** Directives with the argument `scopes`. */
  readonly requiresScopes: ReadonlySet<string>
  readonly authenticated: ReadonlySet<string>
}

/** The specifications that define `@requiresScopes` and `@authenticated`: Federation, and those it consists of. */
const SPECIFICATION = /^https?:\/\/specs\.apollo\.dev\/(federation|requiresScopes|authenticated)\//

/**
 * Reads the names of the directives: this package's, those of Apollo Federation, and the names that `@link` gives the latter
 * (core schema specification: imports, with or without `as`, and `namespace__name` for what is not imported).
 */
export function readDirectiveNames(schema: GraphQLSchema): DirectiveNames {
  const requiresScopes = new Set(['requiresScope', 'requiresScopes'])
  const authenticated = new Set(['authenticated'])
  const nodes = [schema.astNode, ...schema.extensionASTNodes]
  for (const link of nodes.flatMap((node) => node?.directives ?? [])) {
    const specification = SPECIFICATION.exec(getStringArgument(link, 'url'))?.[1]
    if (!specification) continue
    const namespace = getStringArgument(link, 'as') || specification
    const getName = (directive: string) =>
      readLocalName(link, `@${directive}`) ??
      // The directive that a specification is named after needs no import.
      (specification === directive ? namespace : `${namespace}__${directive}`)
    requiresScopes.add(getName('requiresScopes'))
    authenticated.add(getName('authenticated'))
  }
  return { requiresScopes, authenticated }
}

/** Returns the name, without `@`, of an element in the list `import` of a `@link`. */
function readLocalName(link: ConstDirectiveNode, element: string): string | undefined {
  const elements = getArgumentValue(link, 'import')
  for (const item of elements?.kind === Kind.LIST ? elements.values : []) {
    if (readString(item) === element) return element.slice(1)
    if (item.kind !== Kind.OBJECT) continue
    const read = (name: string) => readString(item.fields.find((field) => field.name.value === name)?.value)
    if (read('name') === element) return (read('as') || element).slice(1)
  }
  return undefined
}
