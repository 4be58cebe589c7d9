import { type IncomingMessage, type Server as NodeServer, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import proxyAddress from '@fastify/proxy-addr'
import { closeGracefully } from '../lib/graceful-close.ts'
import { JSON_CONTENT_TYPE, type RequestEvent, type Route } from '../lib/http-messages.ts'
import type { ConsumeRateLimit } from '../lib/rate-limit.ts'
import type { Logger } from '../observability/logger.ts'
import { createRequestIdGenerator } from '../observability/request-log.ts'
import { createHealthRoutes, type HealthOptions } from './health.ts'
import { createLoadSheddingServer } from './load-shedding.ts'
import { createProtocolErrorResponse, type HttpLimits } from './protocol-errors.ts'
import { createRequestHandler } from './request-handler.ts'
import { createRequestQueue, type EventLoop } from './request-queue.ts'
import { createPreflightRoute, createRouteEntry, createRouter, type Router } from './router.ts'
import { createFileHandler } from './static-files.ts'

type HttpServerOptions = Pick<HealthOptions, 'checks' | 'metrics'> & {
  readonly limits: HttpLimits
  readonly log: Logger
  /** Undefined: no rate limit by address. */
  readonly limitAddress: ConsumeRateLimit | undefined
  /** Called once for each request when it is finished, rejected ones included. */
  readonly recordRequest: (event: RequestEvent) => void
  /** Replaced in tests of the request queue. */
  readonly eventLoop?: EventLoop
}

export type HttpServer = {
  /** Adds routes; call it before `listen`. */
  addRoutes(routes: readonly Route[]): void
  /** Adds a folder of immutable files below a path; call it before `listen`. */
  addStaticFiles(prefix: string, folder: string): void
  /**
   * Starts listening.
   * @returns the port, which matters when `port` is 0
   * @throws Node's error when the port is taken or the host is unknown
   */
  listen(port: number, host: string): Promise<number>
  /** Makes `/readyz` answer 503 from now on; requests are served as before. */
  markNotReady(): void
  /**
   * Stops accepting connections and closes when the requests in flight are finished or the drain timeout is over.
   * @param keepIdleConnections whether idle connections stay open for a while, for requests that are on their way
   */
  close(keepIdleConnections?: boolean): Promise<void>
  inFlightCount(): number
  countConnections(): Promise<number>
}

/** Creates the HTTP server: limits, load shedding, request ids, logs and health. It knows nothing of tokens or books. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { limits, log, checks, metrics, recordRequest, limitAddress, eventLoop } = options
  let isStopping = false
  let isClosing = false
  const requestQueue = createRequestQueue(limits, eventLoop)
  const router = createRouter()
  const handleRequest = createRequestHandler({
    router,
    requestQueue,
    log,
    recordRequest,
    limitAddress,
    isClosing: () => isClosing,
    maxBodyBytes: limits.maxBodyBytes,
    nextRequestId: createRequestIdGenerator(),
    getClientAddress: createClientAddressReader(limits.trustedProxies),
  })
  const server = createLoadSheddingServer({ limits, requestQueue, recordRequest }, handleRequest)
  server.on('clientError', (error, socket) => rejectConnection(log, error, socket as Socket))
  const withLevel = (level: 'warn' | 'error') => (log.isLevelEnabled(level) ? log.child({}, { level }) : log)
  const healthRoutes = createHealthRoutes({ checks, metrics, isStopping: () => isStopping })
  addRoutes(router, healthRoutes, withLevel('error'))
  return {
    addRoutes: (routes) => addRoutes(router, routes),
    addStaticFiles(prefix, folder) {
      const url = `${prefix}*`
      const target = createFileHandler(folder)
      router.add(['GET'], url, { url, isHealth: false, log: withLevel('warn'), target })
    },
    async listen(port, host) {
      const actualPort = await listen(server, port, host)
      log.info({ host, port: actualPort }, 'listening')
      return actualPort
    },
    markNotReady() {
      isStopping = true
    },
    async close(keepIdleConnections = false) {
      const onClosed = () => {
        isClosing = true
      }
      const close = async () => void server.close()
      await closeGracefully({ server, close }, limits, { keepIdleConnections, onClosed })
    },
    inFlightCount: requestQueue.inFlightCount,
    countConnections: () =>
      new Promise((resolve) => server.getConnections((_, count) => resolve(count ?? 0))),
  }
}

function addRoutes(router: Router, routes: readonly Route[], log?: Logger): void {
  for (const route of routes) {
    router.add([route.method], route.url, createRouteEntry(route, log))
    if (route.allowsAnyOrigin)
      router.add(['OPTIONS'], route.url, createRouteEntry(createPreflightRoute(route)))
  }
}

function listen(server: NodeServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      resolve((server.address() as { port: number }).port)
    })
  })
}

/** Returns a function that reads the client's address: the socket's, or the one that trusted proxies forward. */
function createClientAddressReader(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  if (trustedProxies.length === 0) return ({ socket }) => socket.remoteAddress ?? ''
  const isTrusted = proxyAddress.compile([...trustedProxies])
  return (request) => proxyAddress(request, isTrusted)
}

/** Answers bytes that did not become a request: too many headers, too slow, not HTTP. */
function rejectConnection(log: Logger, error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const { status, body } = createProtocolErrorResponse(error.code)
  log.info({ status, code: error.code }, 'invalid request')
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: ${JSON_CONTENT_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
