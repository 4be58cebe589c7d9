import type { IncomingMessage, ServerResponse } from 'node:http'
import findMyWay from 'find-my-way'
import { HEALTH_PATHS, type HttpRequest, type Route, toOriginForm } from '../lib/http-messages.ts'
import type { Logger } from '../observability/logger.ts'

/**
 * Responds with a file.
 * @param next called synchronously if there is no such file
 * @param onError called if the file cannot be read
 */
export type FileHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
  onError: (error: unknown) => void,
) => void

/** A registered route. */
export type RouteEntry = {
  /** The path's pattern, such as `/books/:id`. */
  readonly url: string
  readonly isHealth: boolean
  /** The log of its requests, if not the server's. */
  readonly log: Logger | undefined
  readonly target: Route | FileHandler
}

type RouteFound = { readonly entry: RouteEntry; readonly params: Readonly<Record<string, string>> }
type PathErrorCode = 'BAD_URL' | 'PATH_TOO_LONG'

/** The route of a path, the reason why the path is invalid, or undefined if no route matches. */
export type RouteMatch = RouteFound | PathErrorCode | undefined

const PREFLIGHT_MAX_AGE_SECONDS = '86400'
const EMPTY_QUERY = Object.freeze({})
const unused = () => undefined

/** Creates a router; a route for GET also answers HEAD. */
export function createRouter() {
  const router = findMyWay({
    onBadUrl: (): PathErrorCode => 'BAD_URL',
    onMaxParamLength: (): PathErrorCode => 'PATH_TOO_LONG',
    querystringParser: () => EMPTY_QUERY,
  })
  return {
    add(methods: readonly Route['method'][], url: string, entry: RouteEntry): void {
      const names = methods.flat()
      router.on(names.includes('GET') ? [...new Set([...names, 'HEAD' as const])] : names, url, unused, entry)
    },
    find(request: IncomingMessage, response: ServerResponse): RouteMatch {
      const { method = 'GET', url = '' } = request
      const found = router.find(method as 'GET', toOriginForm(url))
      if (!found) return undefined
      const { store: entry, params, handler } = found
      // onBadUrl and onMaxParamLength have no store, which the library's types do not say.
      if (!entry) return handler(request, response, params, entry, {}) as PathErrorCode
      return { entry: entry as RouteEntry, params: params as RouteFound['params'] }
    },
  }
}

export type Router = ReturnType<typeof createRouter>

export const createRouteEntry = (route: Route, log?: Logger): RouteEntry => ({
  url: route.url,
  isHealth: HEALTH_PATHS.has(route.url),
  log,
  target: route,
})

/** Returns the route that answers CORS preflights for a public route (Fetch §3.2.2). */
export const createPreflightRoute = ({ url, method }: Route): Route => ({
  url,
  method: 'OPTIONS',
  allowsAnyOrigin: true,
  handler: async ({ headers: { 'access-control-request-headers': requestedHeaders } }: HttpRequest) => ({
    status: 204,
    headers: {
      'access-control-allow-methods': [method].flat().join(', '),
      ...(requestedHeaders && { 'access-control-allow-headers': String(requestedHeaders) }),
      'access-control-max-age': PREFLIGHT_MAX_AGE_SECONDS,
      vary: 'access-control-request-headers',
    },
    body: '',
  }),
})
