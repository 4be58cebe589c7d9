import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isIntrospectionType,
} from 'graphql'

type Field = GraphQLField<unknown, unknown> | GraphQLInputField
type SchemaElement = {
  readonly coordinate: string
  readonly element: GraphQLNamedType | Field | GraphQLArgument
}

/** Lists the types, fields, arguments and input fields of a schema, without introspection types. */
export function* listSchemaElements(schema: GraphQLSchema): Generator<SchemaElement> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue
    yield { coordinate: type.name, element: type }
    if (!('getFields' in type)) continue
    for (const field of Object.values<Field>(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`
      yield { coordinate, element: field }
      for (const argument of 'args' in field ? field.args : [])
        yield { coordinate: `${coordinate}(${argument.name}:)`, element: argument }
    }
  }
}
