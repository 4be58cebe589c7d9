import { type GraphQLSchema, getNamedType, isNonNullType, isObjectType } from 'graphql'
import type { Rules } from './rule.ts'

/**
 * Lists the coordinates of non-null fields with a rule, their own or that of the type that they return. Where a query is
 * handled leniently and one of them is denied, the object that has it becomes null too. Not included: the root fields of
 * mutations and subscriptions, which are never handled leniently.
 */
export function listGuardedNonNullFields(schema: GraphQLSchema, rules: Rules): readonly string[] {
  const excluded = [schema.getMutationType(), schema.getSubscriptionType()]
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type))
    .filter((type) => !excluded.includes(type))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => isNonNullType(field.type))
        .map((field) => ({
          coordinate: `${type.name}.${field.name}`,
          returned: getNamedType(field.type).name,
        }))
        .filter(({ coordinate, returned }) => rules.has(coordinate) || rules.has(returned))
        .map(({ coordinate }) => coordinate),
    )
}
