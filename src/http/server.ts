import { type IncomingMessage, type Server as NodeServer, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import proxyAddress from '@fastify/proxy-addr'
import { closeGracefully } from '../lib/graceful-close.ts'
import { JSON_CONTENT_TYPE, type RequestEvent, type Route } from '../lib/http-messages.ts'
import type { ConsumeRateLimit } from '../lib/rate-limit.ts'
import { createRequestIdGenerator, type Logger } from '../observability/logger.ts'
import { createHealthRoutes, type HealthOptions } from './health.ts'
import { createLoadSheddingServer } from './load-shedding.ts'
import { createPreflightRoute } from './preflight.ts'
import { createProtocolErrorResponse, type HttpLimits } from './protocol-errors.ts'
import { createRequestHandler } from './request-handler.ts'
import { createRequestQueue, type EventLoop } from './request-queue.ts'
import { createRouteEntry, createRouter, type Router } from './router.ts'
import { createFileHandler } from './static-files.ts'

type Options = Pick<HealthOptions, 'checks' | 'metrics'> & {
  readonly limits: HttpLimits
  readonly log: Logger
  /** Counts the requests from an address; undefined: as many as come. */
  readonly limitAddress: ConsumeRateLimit | undefined
  /** Told of each exchange as it ends, also of those that were refused; it must not throw. */
  readonly observe: (exchange: RequestEvent) => void
  /** What time is told by in the line of requests; a test's own. */
  readonly loop?: EventLoop
}

export type HttpServer = {
  /** Adds what the server answers; before `listen`. */
  addRoutes(routes: readonly Route[]): void
  /** Adds files that never change, below a path; before `listen`. */
  addStaticFiles(prefix: string, folder: string): void
  /** @returns the port, which matters when 0 was asked for */
  listen(port: number, host: string): Promise<number>
  /** Says "not ready" from now on. */
  markNotReady(): void
  /**
   * Lets requests in flight finish while the limit lasts, then closes.
   * @param keepIdleConnections whether idle connections are left open for a while
   */
  close(keepIdleConnections?: boolean): Promise<void>
  /** How many requests are under way. */
  inFlightCount(): number
  /** How many connections are open. */
  countConnections(): Promise<number>
}

/** The bytes' room: limits, request ids, logs, health, who may read from a browser. It knows nothing of tokens or books. */
export function createHttpServer(options: Options): HttpServer {
  const { limits, log, checks, metrics, observe: recordRequest, limitAddress, loop: eventLoop } = options
  let stopping = false
  let closing = false
  const overload = createRequestQueue(limits, eventLoop)
  const router = createRouter()
  const host = { log, recordRequest, isClosing: () => closing }
  const addressOf = addressReader(limits.trustedProxies)
  const { maxBodyBytes } = limits
  const parts = {
    router,
    overload,
    bodyBytes: maxBodyBytes,
    nextId: createRequestIdGenerator(),
    limitAddress,
    addressOf,
  }
  const server = createLoadSheddingServer(
    { limits, overload, observe: recordRequest },
    createRequestHandler({ ...host, ...parts }),
  )
  server.on('clientError', (error, socket) => refuseConnection(log, error, socket as Socket))
  const quiet = (level: 'warn' | 'error') => (log.isLevelEnabled(level) ? log.child({}, { level }) : log)
  addRoutes(router, createHealthRoutes({ checks, metrics, isStopping: () => stopping }), quiet('error'))
  return {
    addRoutes: (routes) => addRoutes(router, routes),
    addStaticFiles(prefix, folder) {
      const url = `${prefix}*`
      const serves = createFileHandler(folder)
      router.add(['GET'], url, { url, isHealth: false, log: quiet('warn'), target: serves })
    },
    async listen(port, address) {
      const listens = await listen(server, port, address)
      log.info({ host: address, port: listens }, 'listening')
      return listens
    },
    markNotReady() {
      stopping = true
    },
    async close(politely = false) {
      const onClosed = () => {
        closing = true
      }
      const close = async () => void server.close()
      await closeGracefully({ server, close }, limits, { politely, onClosed })
    },
    inFlightCount: overload.inFlightCount,
    countConnections: () => new Promise((told) => server.getConnections((_, open) => told(open ?? 0))),
  }
}

function addRoutes(router: Router, routes: readonly Route[], log?: Logger): void {
  for (const route of routes) {
    router.add([route.method], route.url, createRouteEntry(route, log))
    if (route.allowsAnyOrigin)
      router.add(['OPTIONS'], route.url, createRouteEntry(createPreflightRoute(route)))
  }
}

/** @throws what Node says of a port that cannot be had */
function listen(server: NodeServer, port: number, host: string): Promise<number> {
  return new Promise((listens, fails) => {
    server.once('error', fails)
    server.listen({ port, host }, () => {
      server.off('error', fails)
      listens((server.address() as { port: number }).port)
    })
  })
}

/** Whose request it is: who is connected, or whom the proxies that are trusted name. */
function addressReader(proxies: readonly string[]): (request: IncomingMessage) => string {
  if (proxies.length === 0) return ({ socket }) => socket.remoteAddress ?? ''
  const trusts = proxyAddress.compile([...proxies])
  return (request) => proxyAddress(request, trusts)
}

/** Bytes that never became a request: too many headers, too slow, not HTTP. */
function refuseConnection(log: Logger, error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const { status, body } = createProtocolErrorResponse(error.code)
  log.info({ status, code: error.code }, 'no request')
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: ${JSON_CONTENT_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
