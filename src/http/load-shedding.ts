import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type ConnectionLimits, createServerOptions } from '../lib/connection-limits.ts'
import { HEALTH_PATHS, JSON_CONTENT_TYPE, type RequestEvent } from '../lib/http-messages.ts'
import { createProtocolErrorResponse } from './protocol-errors.ts'
import type { RequestHandler } from './request-handler.ts'
import { type RequestQueue, SHED_RETRY_AFTER_SECONDS } from './request-queue.ts'

type Parts = {
  readonly limits: ConnectionLimits
  readonly overload: RequestQueue
  readonly observe: (exchange: RequestEvent) => void
}

const SHED = createProtocolErrorResponse('SATURATED')
const SHED_HEADERS = [
  ...['content-type', JSON_CONTENT_TYPE],
  ...['content-length', String(Buffer.byteLength(SHED.body))],
  ...['cache-control', 'no-store'],
  ...['retry-after', SHED_RETRY_AFTER_SECONDS],
]

/**
 * What stands in front: the most connections, and the refusal of what is too much. A refusal here is 20 to 40 µs, most of
 * them the kernel's to write it.
 */
export function createLoadSheddingServer(
  { limits, overload: requestQueue, observe: recordRequest }: Parts,
  handleRequest: RequestHandler,
): Server {
  const { http, requestTimeout, keepAliveTimeout } = createServerOptions(limits)
  const server = createServer(
    { ...http, requestTimeout, keepAliveTimeout },
    shedding(handleRequest, requestQueue, recordRequest),
  )
  // What is more is closed. One of several workers would hand it back, and round and round it went while all are full.
  return Object.assign(server, { maxConnections: limits.maxConnections, dropMaxConnection: true })
}

function shedding(
  handle: RequestHandler,
  overload: RequestQueue,
  observe: Parts['observe'],
): RequestListener {
  return function answerOrShed(request: IncomingMessage, response: ServerResponse): void {
    const came = performance.now()
    if (isAlwaysAnswered(request.url)) return void handle(request, response, came)
    if (overload.tryEnqueue(() => handle(request, response, came))) return
    // RFC 9110 §6.6.1: an answer of the 5xx class needs no date. A body that is text goes out in one piece with the head.
    response.sendDate = false
    response.writeHead(SHED.status, SHED_HEADERS).end(SHED.body)
    observe(shedExchange(request.method))
  }
}

/** Whoever looks after the service must be answered most of all when there is too much to do. */
function isAlwaysAnswered(url = ''): boolean {
  const queryAt = url.indexOf('?')
  return HEALTH_PATHS.has(queryAt < 0 ? url : url.slice(0, queryAt))
}

const shed = new Map<string, RequestEvent>()
/** One for each method that Node knows: a refusal makes as little as it can. */
function shedExchange(method = 'GET'): RequestEvent {
  const known = shed.get(method)
  if (known) return known
  const operationInfo = { errorCode: SHED.code }
  const made = Object.freeze({
    requestId: '',
    method,
    routePattern: undefined,
    status: SHED.status,
    durationSeconds: 0,
    operationInfo,
  })
  shed.set(method, made)
  return made
}
