import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ClientBufferLimits, createClientBuffers } from '../lib/client-buffers.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { type ConnectionLimits, createFastifyOptions } from '../lib/connection-limits.ts'
import { closeGracefully } from '../lib/graceful-close.ts'
import {
  createSecurityHeaders,
  JSON_CONTENT_TYPE,
  type Route,
  sendRawResponse,
} from '../lib/http-messages.ts'
import { closesAfter, markLast } from '../lib/last-requests.ts'
import { hasAmbiguousLength, MAX_HEADERS, rejectWithoutAddress } from '../lib/request-head.ts'
import { createRequestQueue, type EventLoop, type QueueLimits } from '../lib/request-queue.ts'
import { reserveConnections } from './connection-reserve.ts'
import { createHealthRoutes, type HealthOptions } from './health.ts'
import { checkHead } from './parse-request.ts'
import { toProtocolError } from './protocol-errors.ts'
import { createRequestHandler, type RequestHandlerOptions } from './request-handler.ts'
import { createRequestListener } from './request-listener.ts'
import { createRouter } from './router.ts'
import { createFileHandler } from './static-files.ts'

type HttpServerOptions = Omit<
  RequestHandlerOptions,
  'router' | 'requestQueue' | 'buffers' | 'securityHeaders' | 'isLast'
> &
  Pick<HealthOptions, 'checkReadiness' | 'metrics'> & {
    readonly limits: ConnectionLimits & QueueLimits & ClientBufferLimits
    /** Times the sending of responses. */
    readonly clock?: Clock
    /** True when the public URL is an https URL. TLS is terminated by a proxy in front of this server. */
    readonly isHttps?: boolean
    /** Replaced in tests of the request queue. */
    readonly eventLoop?: EventLoop
  }

/** The last of them is answered with `Connection: close`, so that clients spread over new copies and workers. */
const MAX_REQUESTS_PER_CONNECTION = 10_000

/** Creates the HTTP server: limits, load shedding, request ids, logs and health, independent of the API's routes. */
export function createHttpServer(options: HttpServerOptions) {
  const { limits, log, eventLoop, clock = systemClock, isHttps = false } = options
  let isStopping = false
  const { http, requestTimeout, keepAliveTimeout } = createFastifyOptions(limits)
  // A second Host or Content-Type header makes the value invalid.
  const server = createServer({ ...http, requestTimeout, keepAliveTimeout, joinDuplicateHeaders: true })
  // One more, so that `checkHead` can tell.
  server.maxHeadersCount = MAX_HEADERS + 1
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION
  const isReserved = reserveConnections(server, limits.maxConnections)
  const isLast = (request: IncomingMessage) =>
    closesAfter(request, !server.listening || isReserved(request.socket))
  const requestQueue = createRequestQueue(limits, eventLoop)
  const router = createRouter()
  const buffers = createClientBuffers(limits, clock, (reason) => log.warn({ reason }, 'connection closed'))
  const securityHeaders = createSecurityHeaders(isHttps)
  const sharedOptions = { ...options, requestQueue, securityHeaders, isLast }
  const handleRequest = createRequestHandler({ ...sharedOptions, router, buffers })
  const onRequest = createRequestListener({ ...sharedOptions, handleRequest, isReserved })
  function onRequestHead(request: IncomingMessage, response: ServerResponse): void {
    // The rest of what was read before the connection was closed.
    if (request.socket.destroyed) return
    buffers.holdRequest(response)
    const headError = checkHead(request)
    if (headError || hasAmbiguousLength(request)) markLast(request)
    onRequest(request, response, headError)
  }
  server.on('request', onRequestHead)
  // Without a listener Node responds itself, outside of all limits and logs.
  server.on('checkExpectation', onRequestHead)
  const errorHeaders = { ...securityHeaders, 'content-type': JSON_CONTENT_TYPE }
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket) => {
    const { status, body } = toProtocolError(code)
    if (socket.writable) log.info({ status, code }, 'invalid request')
    sendRawResponse(socket, { status, headers: errorHeaders, body })
  })
  rejectWithoutAddress(server)
  const withLevel = (level: 'warn' | 'error') => (log.isLevelEnabled(level) ? log.child({}, { level }) : log)
  for (const route of createHealthRoutes({ ...options, isStopping: () => isStopping }))
    router.addRoute(route, withLevel('error'))

  return {
    /** Adds routes; call it before `listen`. */
    addRoutes(routes: readonly Route[]): void {
      for (const route of routes) router.addRoute(route)
    },

    /** Adds a folder of immutable files below a path; call it before `listen`. */
    addStaticFiles(prefix: string, folder: string): void {
      router.addFiles(prefix, createFileHandler(folder), withLevel('warn'))
    },

    /**
     * Starts listening.
     * @returns the port, which matters when `port` is 0
     * @throws Node's error when the port is taken or the host is unknown
     */
    async listen(port: number, host: string): Promise<number> {
      server.listen({ port, host })
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    },

    /** Makes `/readyz` answer 503 from now on; requests are served as before. */
    markNotReady(): void {
      isStopping = true
    },

    /** Closes the server after the requests in flight, or at the drain timeout. */
    async close(keepIdleConnections = false): Promise<void> {
      await closeGracefully(server, limits, keepIdleConnections, () => buffers.closeIdleConnections(server))
      buffers.stop()
      // Also stops Node's timer for the time limits of connections; closing the net.Server does not.
      server.close()
    },

    countInFlight: requestQueue.countInFlight,
    countBufferedBytes: buffers.countBytes,
    countConnections: (): Promise<number> =>
      new Promise((resolve) => server.getConnections((_, count) => resolve(count ?? 0))),
  }
}
