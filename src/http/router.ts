import type { IncomingMessage, ServerResponse } from 'node:http'
import findMyWay from 'find-my-way'
import { HEALTH_PATHS, type Route, toOriginForm } from '../lib/http-messages.ts'
import type { Logger } from '../observability/logger.ts'

/**
 * Answers with a file.
 * @param next called where there is none, at once
 * @param failed told why one cannot be read
 */
export type FileHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
  onError: (error: unknown) => void,
) => void

/** What is found at a path. */
export type RouteEntry = {
  /** Its pattern. */
  readonly url: string
  readonly isHealth: boolean
  /** Where its requests are logged, if not beside all others. */
  readonly log: Logger | undefined
  readonly target: Route | FileHandler
}

type Found = { readonly entry: RouteEntry; readonly params: Readonly<Record<string, string>> }
/** What is wrong with a path; `protocolAnswer` knows the codes. */
type PathFault = 'BAD_URL' | 'PATH_TOO_LONG'
/** What came of looking for a path; undefined: there is nothing. */
export type RouteMatch = Found | PathFault | undefined

const never = () => undefined
const nothing = Object.freeze({})

/** Finds what answers at a path; a place for GET answers HEAD, too. */
export function createRouter() {
  const router = findMyWay({
    // A path that nobody can read finds the reason instead of a place.
    onBadUrl: (): PathFault => 'BAD_URL',
    onMaxParamLength: (): PathFault => 'PATH_TOO_LONG',
    querystringParser: () => nothing,
  })
  return {
    add(methods: readonly Route['method'][], url: string, place: RouteEntry): void {
      const named = methods.flat()
      const all = named.includes('GET') ? new Set([...named, 'HEAD' as const]) : new Set(named)
      router.on([...all], url, never, place)
    },
    find(request: IncomingMessage, response: ServerResponse): RouteMatch {
      const { method = 'GET', url = '' } = request
      const found = router.find(method as 'GET', toOriginForm(url))
      if (!found) return undefined
      const { store: place, params, handler } = found
      // As its types don't say, what stands in for a place has none to keep.
      if (!place) return handler(request, response, params, place, {}) as PathFault
      return { entry: place as RouteEntry, params: params as Found['params'] }
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
