import {
  type GraphQLNamedType,
  getNamedType,
  getOperationAST,
  isInputObjectType,
  isLeafType,
  isNonNullType,
  Kind,
  parse,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { Scopes } from '../scopes/index.ts'

type JsonSchema = Readonly<Record<string, unknown>>

/** A stored document in the terms of JSON Schema. */
export type DocumentDescription = {
  readonly requiredScopes: readonly string[]
  readonly variables: readonly {
    readonly name: string
    readonly isRequired: boolean
    readonly schema: JsonSchema
    readonly description: string | undefined
  }[]
  /** The scalar fields that the document selects, by object type and by the names in the response. */
  readonly fields: ReadonlyMap<string, Readonly<Record<string, JsonSchema>>>
}

/** The JSON Schemas of REST, which sends ids as numbers. */
const BUILT_IN_SCALARS: Readonly<Record<string, JsonSchema>> = {
  ID: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  Int: { type: 'integer' },
  Float: { type: 'number' },
  String: { type: 'string' },
}

export type DescribeDocument = (source: string) => DocumentDescription

/**
 * Returns a function that describes stored documents by the schema: the types and descriptions of their variables and
 * fields, and their scopes. Not checked: that a document is valid, with one operation, and without `@skip` and `@include`.
 */
export function createDescribeDocument({ schema, requiredScopes }: Scopes): DescribeDocument {
  return function describeDocument(source) {
    const document = parse(source)
    const operation = getOperationAST(document)
    if (!operation) throw new Error('A stored document has one operation.')
    const typeInfo = new TypeInfo(schema)
    const descriptions = new Map<string, string | null | undefined>()
    const fields = new Map<string, Record<string, JsonSchema>>()
    const visitor = visitWithTypeInfo(typeInfo, {
      Argument({ value }) {
        if (value.kind === Kind.VARIABLE)
          descriptions.set(value.name.value, typeInfo.getArgument()?.description)
      },
      ObjectField({ name, value }) {
        const type = getNamedType(typeInfo.getParentInputType())
        if (value.kind === Kind.VARIABLE && isInputObjectType(type))
          descriptions.set(value.name.value, type.getFields()[name.value]?.description)
      },
      Field({ name, alias = name }) {
        const parent = typeInfo.getParentType()
        const field = typeInfo.getFieldDef()
        const type = getNamedType(field?.type)
        if (!parent || !field || !isLeafType(type)) return
        const scalar = toJsonSchema(type)
        const value = isNonNullType(field.type) ? scalar : { ...scalar, type: [scalar.type, 'null'] }
        const description = field.description ?? undefined
        fields.set(parent.name, { ...fields.get(parent.name), [alias.value]: { ...value, description } })
      },
    })
    visit(operation, visitor)
    const variables = (operation.variableDefinitions ?? []).map(({ variable, type }) => ({
      name: variable.name.value,
      isRequired: type.kind === Kind.NON_NULL_TYPE,
      schema: toJsonSchema(getNamedType(typeFromAST(schema, type))),
      description: descriptions.get(variable.name.value) ?? undefined,
    }))
    return { requiredScopes: requiredScopes(document), variables, fields }
  }
}

const toJsonSchema = (type: GraphQLNamedType | undefined): JsonSchema =>
  BUILT_IN_SCALARS[type?.name ?? ''] ?? {}
