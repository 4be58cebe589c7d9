import type { Context } from '../graphql/context.ts'
import type { ExecuteHttp } from '../graphql/execute.ts'
import { GRAPHQL_PATH } from '../lib/graphql-content-type.ts'
import type { HttpResponse, Route } from '../lib/http-messages.ts'
import type { WithAuthentication } from './authenticate-request.ts'
import { prefersHtml } from './html-page.ts'

/**
 * Returns the `/graphql` routes. Browsers that navigate there get the IDE's page, without authentication; it opens a
 * `query` of the URL. Methods other than GET and POST are rejected by Apollo Server.
 */
export function createGraphQLRoutes(
  executeHttp: ExecuteHttp<Context>,
  withAuthentication: WithAuthentication,
  idePage: HttpResponse,
): readonly Route[] {
  const route = withAuthentication({
    method: ['POST', 'PUT', 'DELETE'],
    url: GRAPHQL_PATH,
    handler: executeHttp,
  })
  const handleGet: Route['handler'] = async (request) =>
    prefersHtml(request.headers.accept) ? idePage : route.handler(request)
  return [route, { ...route, method: 'GET', handler: handleGet }]
}
