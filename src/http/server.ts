import { once } from 'node:events'
import { createServer, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type ConnectionLimits, createFastifyOptions } from '../lib/connection-limits.ts'
import { closeGracefully } from '../lib/graceful-close.ts'
import { JSON_CONTENT_TYPE, type Route } from '../lib/http-messages.ts'
import type { Logger } from '../observability/logger.ts'
import { createHealthRoutes, type HealthOptions } from './health.ts'
import {
  createRequestListener,
  createRequestQueue,
  type EventLoop,
  type QueueLimits,
} from './load-shedding.ts'
import { toProtocolError } from './protocol-errors.ts'
import { createRequestHandler, type RequestHandlerOptions } from './request-handler.ts'
import { createRouter } from './router.ts'
import { createFileHandler } from './static-files.ts'

type HttpServerOptions = Omit<RequestHandlerOptions, 'router' | 'requestQueue' | 'isClosing'> &
  Pick<HealthOptions, 'checkReadiness' | 'metrics'> & {
    readonly limits: ConnectionLimits & QueueLimits
    /** Replaced in tests of the request queue. */
    readonly eventLoop?: EventLoop
  }

/** Creates the HTTP server: limits, load shedding, request ids, logs and health, independent of the API's routes. */
export function createHttpServer(options: HttpServerOptions) {
  const { limits, log, recordRequest, eventLoop } = options
  let isStopping = false
  const requestQueue = createRequestQueue(limits, eventLoop)
  const router = createRouter()
  const isClosing = () => !server.listening
  const handleRequest = createRequestHandler({ ...options, router, requestQueue, isClosing })
  const { http, requestTimeout, keepAliveTimeout } = createFastifyOptions(limits)
  const server = Object.assign(
    createServer(
      { ...http, requestTimeout, keepAliveTimeout },
      createRequestListener(requestQueue, handleRequest, recordRequest, isClosing),
    ),
    // Dropped connections are closed: a cluster worker would otherwise hand them back to the primary, over and over.
    { maxConnections: limits.maxConnections, dropMaxConnection: true },
  )
  // Node keeps the address of a connection that is closed only if it was read before.
  server.on('connection', (socket) => void socket.remoteAddress)
  server.on('clientError', (error, socket) => rejectConnection(log, error, socket as Socket))
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
      await closeGracefully(server, limits, keepIdleConnections)
      // Also stops Node's timer for the time limits of connections; closing the net.Server does not.
      server.close()
    },

    countInFlight: requestQueue.countInFlight,
    countConnections: (): Promise<number> =>
      new Promise((resolve) => server.getConnections((_, count) => resolve(count ?? 0))),
  }
}

/** Answers bytes that did not become a request: too many headers, too slow, not HTTP. */
function rejectConnection(log: Logger, error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const { status, body } = toProtocolError(error.code)
  log.info({ status, code: error.code }, 'invalid request')
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: ${JSON_CONTENT_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
