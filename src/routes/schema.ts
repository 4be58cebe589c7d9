import type { Context } from '../graphql/context.ts'
import type { Execute } from '../graphql/execute.ts'
import type { AuthenticatedRoute } from './authenticate-request.ts'
import { createRestErrorResponse } from './rest-error.ts'

/** The smallest introspection query. */
const QUERY = 'query Schema { __schema { __typename } }'

/** Returns the route of the schema in SDL. An introspection query decides whether the caller may read it. */
export const createSchemaRoute = (execute: Execute<Context>, sdl: string): AuthenticatedRoute => ({
  method: 'GET',
  url: '/schema.graphql',
  async handler(_, context) {
    const result = await execute({ query: QUERY }, context)
    if (result.errors || !result.data) return createRestErrorResponse(result)
    return {
      status: 200,
      headers: { 'content-type': 'application/graphql; charset=utf-8', 'cache-control': 'no-store' },
      body: sdl,
    }
  },
})
