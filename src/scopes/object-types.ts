import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isObjectType,
} from 'graphql'

/** Returns the root types of the operations that the schema supports. */
export const getRootTypes = (schema: GraphQLSchema): GraphQLObjectType[] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(
    (type) => type != null,
  )

/** Returns the object types that a value of this type can have; none for a leaf or input type. */
export function getPossibleObjectTypes(schema: GraphQLSchema, type: GraphQLNamedType) {
  if (isAbstractType(type)) return schema.getPossibleTypes(type)
  return isObjectType(type) ? [type] : []
}

/**
 * Collects the types that operations can return, and the interfaces that these implement.
 * @param follows leaves a field out if it returns false for its coordinate
 */
export function collectOutputTypes(
  schema: GraphQLSchema,
  follows: (coordinate: string) => boolean = () => true,
): ReadonlySet<GraphQLNamedType> {
  const types = new Set<GraphQLNamedType>(getRootTypes(schema))
  // The loop also visits the types that it adds.
  for (const type of types) {
    if (!isObjectType(type)) continue
    for (const implemented of type.getInterfaces()) types.add(implemented)
    for (const field of Object.values(type.getFields())) {
      if (!follows(`${type.name}.${field.name}`)) continue
      const returnedType = getNamedType(field.type)
      types.add(returnedType)
      for (const possibleType of getPossibleObjectTypes(schema, returnedType)) types.add(possibleType)
    }
  }
  return types
}

/** Collects the types that operations can provide to the arguments of these types' fields. */
export function collectInputTypes(outputTypes: Iterable<GraphQLNamedType>): ReadonlySet<GraphQLNamedType> {
  const types = new Set<GraphQLNamedType>()
  for (const type of outputTypes)
    if (isObjectType(type))
      for (const field of Object.values(type.getFields()))
        for (const argument of field.args) types.add(getNamedType(argument.type))
  // The loop also visits the types that it adds.
  for (const type of types)
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) types.add(getNamedType(field.type))
  return types
}
