import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type ConnectionLimits, connectionOptions } from '../lib/graceful-close.ts'
import { HEALTH_PATHS, JSON_TYPE, type Observed } from '../lib/http-messages.ts'
import { protocolAnswer } from './protocol-errors.ts'
import type { Handle } from './request-handler.ts'
import { type Overload, RETRY_AFTER } from './request-queue.ts'

type Parts = {
  readonly limits: ConnectionLimits
  readonly overload: Overload
  readonly observe: (exchange: Observed) => void
}

const SHED = protocolAnswer('SATURATED')
const SHED_HEADERS = [
  ...['content-type', JSON_TYPE],
  ...['content-length', String(Buffer.byteLength(SHED.body))],
  ...['cache-control', 'no-store'],
  ...['retry-after', RETRY_AFTER],
]

/**
 * What stands in front: the most connections, and the refusal of what is too much. A refusal here is 20 to 40 µs, most of
 * them the kernel's to write it.
 */
export function createFront({ limits, overload, observe }: Parts, handle: Handle): Server {
  const { http, requestTimeout, keepAliveTimeout } = connectionOptions(limits)
  const server = createServer(
    { ...http, requestTimeout, keepAliveTimeout },
    shedding(handle, overload, observe),
  )
  // What is more is closed. One of several workers would hand it back, and round and round it went while all are full.
  return Object.assign(server, { maxConnections: limits.connections, dropMaxConnection: true })
}

function shedding(handle: Handle, overload: Overload, observe: Parts['observe']): RequestListener {
  return function answerOrShed(request: IncomingMessage, response: ServerResponse): void {
    const came = performance.now()
    if (isAlwaysAnswered(request.url)) return void handle(request, response, came)
    if (overload.enter(() => handle(request, response, came))) return
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

const shed = new Map<string, Observed>()
/** One for each method that Node knows: a refusal makes as little as it can. */
function shedExchange(method = 'GET'): Observed {
  const known = shed.get(method)
  if (known) return known
  const about = { code: SHED.code }
  const made = Object.freeze({ id: '', method, route: undefined, status: SHED.status, seconds: 0, about })
  shed.set(method, made)
  return made
}
