import {
  type ConstDirectiveNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getArgumentValues,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql'

/** An OR of ANDs: one alternative must be held whole. */
export type Rule = readonly (readonly string[])[]

/** Rules by schema coordinate: `Book`, `Query.book`, `Query.book(id:)`, `AddBookInput.id`. */
export type Rules = ReadonlyMap<string, Rule>

/** A place in the schema that may carry directives. */
export type Site = {
  readonly coordinate: string
  readonly directives: readonly ConstDirectiveNode[]
}

type WithNodes = {
  readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined
  readonly extensionASTNodes?:
    | readonly { readonly directives?: readonly ConstDirectiveNode[] | undefined }[]
    | null
    | undefined
}

function site(coordinate: string, owner: WithNodes): Site {
  const nodes = [owner.astNode, ...(owner.extensionASTNodes ?? [])]
  return { coordinate, directives: nodes.flatMap((node) => node?.directives ?? []) }
}

/** Every place of the author's own types that may carry directives, `extend type` included. */
export function* sites(schema: GraphQLSchema): Generator<Site> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    yield site(type.name, type)
    yield* memberSites(type)
  }
}

function* memberSites(type: GraphQLNamedType): Generator<Site> {
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      yield site(`${type.name}.${field.name}`, field)
      for (const arg of field.args) yield site(`${type.name}.${field.name}(${arg.name}:)`, arg)
    }
  } else if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) yield site(`${type.name}.${field.name}`, field)
  } else if (isEnumType(type)) {
    for (const value of type.getValues()) yield site(`${type.name}.${value.name}`, value)
  }
}

/**
 * Reads every `@requiresScope` of a schema. GraphQL's own list coercion makes `[["a"]]` of `"a"`.
 * Whether the rules make sense is not checked here: see lint.
 */
export function readRules(schema: GraphQLSchema): Rules {
  const definition = schema.getDirective('requiresScope')
  const rules = new Map<string, Rule>()
  if (!definition) return rules
  for (const { coordinate, directives } of sites(schema)) {
    for (const node of directives) {
      if (node.name.value !== 'requiresScope') continue
      rules.set(coordinate, getArgumentValues(definition, node).scopes as Rule)
    }
  }
  return rules
}

/** A scope that the schema declares. */
export type DeclaredScope = { readonly name: string; readonly description: string }

/** The scopes that the schema declares with `@scope`, in the order that they are written. */
export function readDeclaredScopes(schema: GraphQLSchema): readonly DeclaredScope[] {
  const definition = schema.getDirective('scope')
  if (!definition) return []
  return site('schema', schema)
    .directives.filter((node) => node.name.value === 'scope')
    .map((node) => getArgumentValues(definition, node) as DeclaredScope)
}
