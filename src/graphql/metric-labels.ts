import { ApolloServerErrorCode } from '@apollo/server/errors'
import type { GraphQLSchema } from 'graphql'
import { API_ERROR_STATUSES } from '../errors/error-details.ts'
import type { Rules } from '../scopes/internal.ts'

/** Returns the possible values of metric labels: root fields, guarded coordinates and error codes. No client adds any. */
export function collectMetricLabels(schema: GraphQLSchema, rules: Rules) {
  const rootTypes = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  return {
    rootFields: rootTypes.flatMap((type) =>
      type ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
    ),
    guardedCoordinates: [...rules.keys()],
    errorCodes: [
      ...new Set<string>([...Object.keys(API_ERROR_STATUSES), ...Object.values(ApolloServerErrorCode)]),
    ],
  }
}
