import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  Kind,
} from 'graphql'
import { and, type Rule } from './rule.ts'

/** Rules by schema coordinate: `Book`, `Query.book`, `Query.book(id:)`, `AddBookInput.id`. */
export type Rules = ReadonlyMap<string, Rule>

/** A place in the schema that may carry directives. */
export type SchemaElement = {
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

function site(coordinate: string, owner: WithNodes): SchemaElement {
  const nodes = [owner.astNode, ...(owner.extensionASTNodes ?? [])]
  return { coordinate, directives: nodes.flatMap((node) => node?.directives ?? []) }
}

/** Every place of the author's own that may carry directives, `extend type` included. */
export function* listSchemaElements(schema: GraphQLSchema): Generator<SchemaElement> {
  yield schemaSite(schema)
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    yield site(type.name, type)
    yield* memberSites(type)
  }
  for (const directive of schema.getDirectives())
    for (const argument of directive.args) yield site(`@${directive.name}(${argument.name}:)`, argument)
}

const schemaSite = (schema: GraphQLSchema) => site('schema', schema)

function* memberSites(type: GraphQLNamedType): Generator<SchemaElement> {
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
 * Reads every `@requiresScope` of a schema. Two of them at one place are both asked for.
 * Whether the rules make sense is not checked here: see lint.
 */
export function readRules(schema: GraphQLSchema): Rules {
  const rules = new Map<string, Rule>()
  for (const { coordinate, directives } of listSchemaElements(schema)) {
    for (const node of directives) {
      if (node.name.value !== 'requiresScope') continue
      const known = rules.get(coordinate)
      rules.set(coordinate, known ? and(known, parseRule(node)) : parseRule(node))
    }
  }
  return rules
}

/** What is written for one argument of a directive; undefined if nothing is. */
export const getArgumentValue = (directive: ConstDirectiveNode, name: string): ConstValueNode | undefined =>
  directive.arguments?.find((argument) => argument.name.value === name)?.value

/** The same where text is meant; empty if it is something else. */
export function getStringArgument(directive: ConstDirectiveNode, name: string): string {
  const value = getArgumentValue(directive, name)
  return value?.kind === Kind.STRING ? value.value : ''
}

/** One directive's rule by GraphQL's list coercion: `"a"` is `[["a"]]`. What is no text is a scope that nobody holds. */
export function parseRule(directive: ConstDirectiveNode): Rule {
  const value = getArgumentValue(directive, 'scopes')
  const items = (node: ConstValueNode) => (node.kind === Kind.LIST ? node.values : [node])
  const text = (node: ConstValueNode) => (node.kind === Kind.STRING ? node.value : '')
  return value ? items(value).map((alternative) => items(alternative).map(text)) : []
}

/** A scope that the schema declares. */
export type DeclaredScope = { readonly name: string; readonly description: string }

/** The scopes that the schema declares with `@scope`, in the order that they are written. */
export function readDeclaredScopes(schema: GraphQLSchema): readonly DeclaredScope[] {
  return schemaSite(schema)
    .directives.filter((node) => node.name.value === 'scope')
    .map((node) => ({
      name: getStringArgument(node, 'name'),
      description: getStringArgument(node, 'description'),
    }))
}
