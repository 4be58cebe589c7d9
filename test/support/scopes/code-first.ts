import {
  type ASTNode,
  type GraphQLArgument,
  GraphQLSchema,
  isEnumType,
  isIntrospectionType,
  specifiedDirectives,
  valueFromASTUntyped,
} from 'graphql'

/**
 * The forms of rules in `extensions`: keys, the object of `@graphql-tools/utils`, the same with lists, and the list of
 * Pothos.
 */
export const EXTENSION_FORMS = ['keys', 'object', 'lists', 'list'] as const
type ExtensionForm = (typeof EXTENSION_FORMS)[number]

type Directive = {
  readonly name: string
  readonly args: { readonly [argument: string]: unknown; scopes?: unknown; reason?: unknown }
}
type Definition = {
  extensions: object
  astNode?: ASTNode | null | undefined
  extensionASTNodes?: readonly ASTNode[] | null | undefined
}

/**
 * Rewrites a schema as a library for code-first schemas would build it: without AST nodes, without declared directives, and
 * with every applied directive in `extensions`. Changes the types of the schema that it is given.
 */
export function toCodeFirst(schema: GraphQLSchema, form: ExtensionForm): GraphQLSchema {
  copyToExtensions(schema, form)
  for (const definition of listDefinitions(schema)) {
    definition.astNode = undefined
    if (definition.extensionASTNodes) definition.extensionASTNodes = []
  }
  return new GraphQLSchema({ ...schema.toConfig(), directives: specifiedDirectives, assumeValid: false })
}

/** Copies every applied directive to `extensions`. Changes the schema that it is given, and returns it. */
export function copyToExtensions(schema: GraphQLSchema, form: ExtensionForm): GraphQLSchema {
  for (const definition of listDefinitions(schema)) {
    const directives = readDirectives(definition)
    if (directives.length > 0) definition.extensions = writeExtensions(directives, form)
  }
  return schema
}

/** Lists every element of a schema that can have `extensions`, without those of introspection. */
export function* listDefinitions(schema: GraphQLSchema): Generator<Definition> {
  yield schema
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    yield type
    if (isEnumType(type)) yield* type.getValues()
    if (!('getFields' in type)) continue
    for (const field of Object.values(type.getFields())) {
      yield field
      if ('args' in field) yield* field.args satisfies readonly GraphQLArgument[]
    }
  }
}

const readDirectives = ({ astNode, extensionASTNodes }: Definition): readonly Directive[] =>
  [astNode, ...(extensionASTNodes ?? [])]
    .flatMap((node) => (node && 'directives' in node && node.directives) || [])
    .map(({ name, arguments: args = [] }) => ({
      name: name.value,
      args: Object.fromEntries(args.map((arg) => [arg.name.value, valueFromASTUntyped(arg.value)])),
    }))

function writeExtensions(directives: readonly Directive[], form: ExtensionForm): object {
  if (form === 'list') return { directives }
  const byName = Object.entries(Object.groupBy(directives, ({ name }) => name))
  const usesByName = byName.map(([name, uses = []]) => ({ name, values: uses.map(({ args }) => args) }))
  if (form === 'keys') {
    const entries = usesByName.map(({ name, values }) => toKey(name, values))
    if (entries.every((entry) => entry !== undefined)) return Object.fromEntries(entries)
  }
  const entries = usesByName.map(({ name, values }) => [
    name,
    form === 'lists' || values.length > 1 ? values : values[0],
  ])
  return { directives: Object.fromEntries(entries) }
}

/** Returns the key for a directive; undefined if there is none. */
function toKey(name: string, values: readonly Directive['args'][]): readonly [string, unknown] | undefined {
  if (name === 'scope') return ['scopes', values]
  if (values.length > 1) return undefined
  if (name === 'requiresScope') return [name, values[0]?.scopes]
  if (name === 'authenticated') return [name, true]
  return name === 'public' ? [name, values[0]?.reason] : undefined
}
