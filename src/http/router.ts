import type { IncomingMessage, ServerResponse } from 'node:http'
import findMyWay, { type HTTPMethod } from 'find-my-way'
import { HEALTH_PATHS, type HttpResponse, type Route, toOriginForm } from '../lib/http-messages.ts'
import type { Logger } from '../observability/logger.ts'
import { PROTOCOL_ERRORS, type ProtocolError } from './protocol-errors.ts'
import type { FileHandler } from './static-files.ts'

export type RouteEntry = {
  /** The path's pattern, such as `/books/:id`. */
  readonly url: string
  readonly isHealth: boolean
  /** The log of its requests, if not the server's. */
  readonly log: Logger | undefined
  readonly target: Route | FileHandler
}

/** The route of a request, the reason why its path or method is rejected, or undefined if no route has the path. */
type RouteMatch =
  | { readonly entry: RouteEntry; readonly params: Readonly<Record<string, string>> }
  | { readonly entry?: undefined; readonly error: ProtocolError; readonly headers?: HttpResponse['headers'] }
  | undefined

const PREFLIGHT_MAX_AGE_SECONDS = '86400'
/** The methods that routes may allow. Apollo Server also gets PUT and DELETE, and rejects them. */
const METHODS: readonly HTTPMethod[] = ['GET', 'HEAD', 'POST', 'OPTIONS']
const EMPTY_QUERY = Object.freeze({})
const unused = () => undefined

export type Router = ReturnType<typeof createRouter>

/** Creates a router; a route for GET also answers HEAD. */
export function createRouter() {
  const router = findMyWay({
    onBadUrl: (): RouteMatch => ({ error: PROTOCOL_ERRORS.MALFORMED }),
    onMaxParamLength: (): RouteMatch => ({ error: PROTOCOL_ERRORS.PATH_TOO_LONG }),
    querystringParser: () => EMPTY_QUERY,
  })

  function add(method: Route['method'], entry: RouteEntry): void {
    const methods: readonly HTTPMethod[] = [method].flat()
    router.on(methods.includes('GET') ? [...methods, 'HEAD'] : [...methods], entry.url, unused, entry)
  }

  /** Returns 405 with the methods of a path (RFC 9110 §15.5.6), or undefined if no route has it. */
  function rejectMethod(path: string): RouteMatch {
    const allowed = METHODS.filter((method) => router.find(method, path)?.store)
    if (allowed.length === 0) return undefined
    return { error: PROTOCOL_ERRORS.METHOD_NOT_ALLOWED, headers: { allow: allowed.join(', ') } }
  }

  return {
    /** Adds a route, and one that answers its CORS preflights if it allows any origin. */
    addRoute(route: Route, log?: Logger): void {
      const { url, method, allowsAnyOrigin } = route
      add(method, { url, isHealth: HEALTH_PATHS.has(url), log, target: route })
      if (allowsAnyOrigin) add('OPTIONS', { url, isHealth: false, log, target: createPreflightRoute(route) })
    },

    /** Adds a handler for all files below a path. */
    addFiles(prefix: string, serveFile: FileHandler, log: Logger): void {
      add('GET', { url: `${prefix}*`, isHealth: false, log, target: serveFile })
    },

    find(request: IncomingMessage, response: ServerResponse): RouteMatch {
      const { method = 'GET', url = '' } = request
      const path = toOriginForm(url)
      const found = router.find(method as HTTPMethod, path)
      if (!found) return rejectMethod(path)
      const { store: entry, params, handler } = found
      // onBadUrl and onMaxParamLength have no store, which the library's types do not say.
      if (!entry) return handler(request, response, params, entry, {}) as RouteMatch
      return { entry, params } as RouteMatch
    },
  }
}

/** Returns the route that answers CORS preflights for a public route (Fetch §3.2.2). */
const createPreflightRoute = ({ url, method }: Route): Route => ({
  url,
  method: 'OPTIONS',
  allowsAnyOrigin: true,
  handler: async ({ headers: { 'access-control-request-headers': requestedHeaders } }) => ({
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
