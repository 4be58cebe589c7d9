import { ApolloServerErrorCode } from '@apollo/server/errors'
import type { GraphQLSchema } from 'graphql'
import { API_ERROR_CODES } from '../errors/error-details.ts'
import type { Rules } from '../scopes/index.ts'

/**
 * What logs and numbers can be told of a request, whoever sends what.
 * @returns the root's fields as `Query.book`, the coordinates that have a rule, and every `extensions.code`
 */
export function collectMetricLabels(schema: GraphQLSchema, rules: Rules) {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  return {
    rootFields: roots.flatMap((root) =>
      root ? Object.keys(root.getFields()).map((field) => `${root.name}.${field}`) : [],
    ),
    guardedCoordinates: [...rules.keys()],
    errorCodes: [...new Set<string>([...API_ERROR_CODES, ...Object.values(ApolloServerErrorCode)])],
  }
}
