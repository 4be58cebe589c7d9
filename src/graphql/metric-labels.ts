import { ApolloServerErrorCode } from '@apollo/server/errors'
import { API_ERROR_STATUSES } from '../errors/error-details.ts'
import type { Scopes } from '../scopes/index.ts'

/** Returns the possible values of metric labels: root fields, guarded coordinates and error codes. No client adds any. */
export function collectMetricLabels({ schema, table }: Scopes) {
  const rootTypes = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  return {
    rootFields: rootTypes.flatMap((type) =>
      type ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
    ),
    guardedCoordinates: table().map(({ coordinate }) => coordinate),
    errorCodes: [
      ...new Set<string>([...Object.keys(API_ERROR_STATUSES), ...Object.values(ApolloServerErrorCode)]),
    ],
  }
}
