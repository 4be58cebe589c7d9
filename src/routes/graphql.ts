import type { Context } from '../graphql/context.ts'
import type { ExecuteHttp } from '../graphql/execute.ts'
import type { HttpResponse, Route } from '../lib/http-messages.ts'
import type { AuthenticatedRoute } from './authenticate-request.ts'
import { isIdeRequest } from './ide.ts'

/** Returns the `/graphql` route. Methods other than GET and POST are rejected by Apollo Server. */
export const createGraphQLRoute = (executeHttp: ExecuteHttp<Context>): AuthenticatedRoute => ({
  method: ['GET', 'POST', 'PUT', 'DELETE', 'HEAD'],
  url: '/graphql',
  handler: (request, context) => executeHttp(request, async () => context),
})

/** Adds the IDE to the `/graphql` route: browsers that navigate there get its page, without authentication. */
export const withIde = (route: Route, idePage: HttpResponse): Route => ({
  ...route,
  handler: async (request) => (isIdeRequest(request) ? idePage : route.handler(request)),
})
