import {
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'

/** Adds a resolver to every field, which returns some value of its type. */
export function addResolvers(schema: GraphQLSchema, onCall: (context: unknown, field: string) => void): void {
  const subscriptionType = schema.getSubscriptionType()
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      field.resolve = (_source, _args, context) => {
        onCall(context, `${type.name}.${field.name}`)
        return createValue(schema, field.type)
      }
      if (type !== subscriptionType) continue
      field.subscribe = async function* subscribe(_source, _args, context) {
        onCall(context, `${type.name}.${field.name}`)
        yield {}
      }
    }
  }
}

function createValue(schema: GraphQLSchema, type: GraphQLOutputType): unknown {
  if (isNonNullType(type)) return createValue(schema, type.ofType)
  if (isListType(type)) return [createValue(schema, type.ofType)]
  if (isEnumType(type)) return type.getValues()[0]?.value
  const possibleType = isAbstractType(type) ? schema.getPossibleTypes(type)[0] : type
  if (!possibleType) return null
  return isObjectType(possibleType) ? { __typename: possibleType.name } : 1
}
