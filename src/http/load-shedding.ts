import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type ConnectionLimits, createServerOptions } from '../lib/connection-limits.ts'
import { HEALTH_PATHS, JSON_CONTENT_TYPE, type RequestEvent } from '../lib/http-messages.ts'
import { createProtocolErrorResponse } from './protocol-errors.ts'
import type { HandleRequest } from './request-handler.ts'
import { type RequestQueue, SHED_RETRY_AFTER_SECONDS } from './request-queue.ts'

type LoadSheddingOptions = {
  readonly limits: ConnectionLimits
  readonly requestQueue: RequestQueue
  readonly recordRequest: (event: RequestEvent) => void
}

const OVERLOADED = createProtocolErrorResponse('SATURATED')
const OVERLOADED_HEADERS = [
  ...['content-type', JSON_CONTENT_TYPE],
  ...['content-length', String(Buffer.byteLength(OVERLOADED.body))],
  ...['cache-control', 'no-store'],
  ...['retry-after', SHED_RETRY_AFTER_SECONDS],
]

/**
 * Creates the Node server: it limits connections, queues requests and rejects with 503 what the queue does not take.
 * A rejection costs 20 to 40 µs, most of them in the kernel. Health endpoints bypass load shedding.
 */
export function createLoadSheddingServer(
  { limits, requestQueue, recordRequest }: LoadSheddingOptions,
  handleRequest: HandleRequest,
): Server {
  const { http, requestTimeout, keepAliveTimeout } = createServerOptions(limits)
  const server = createServer({ ...http, requestTimeout, keepAliveTimeout }, onRequest)
  // Dropped connections are closed: a cluster worker would otherwise hand them back to the primary, over and over.
  return Object.assign(server, { maxConnections: limits.maxConnections, dropMaxConnection: true })

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const receivedAtMs = performance.now()
    if (isHealthRequest(request.url)) return void handleRequest(request, response, receivedAtMs)
    if (requestQueue.tryEnqueue(() => void handleRequest(request, response, receivedAtMs))) return
    // RFC 9110 §6.6.1: a 5xx response may omit Date. A body passed to `end` is written together with the head.
    response.sendDate = false
    response.writeHead(OVERLOADED.status, OVERLOADED_HEADERS).end(OVERLOADED.body)
    recordRequest(rejectedEvent(request.method))
  }
}

function isHealthRequest(url = ''): boolean {
  const queryAt = url.indexOf('?')
  return HEALTH_PATHS.has(queryAt < 0 ? url : url.slice(0, queryAt))
}

const rejectedEvents = new Map<string, RequestEvent>()

/** Returns the event of a rejected request: one object for each HTTP method, so that rejecting allocates little. */
function rejectedEvent(method = 'GET'): RequestEvent {
  const known = rejectedEvents.get(method)
  if (known) return known
  const event = Object.freeze({
    requestId: '',
    method,
    routePattern: undefined,
    status: OVERLOADED.status,
    durationSeconds: 0,
    operationInfo: { errorCode: OVERLOADED.code },
  })
  rejectedEvents.set(method, event)
  return event
}
