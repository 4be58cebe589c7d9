import { type Server as HttpServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import proxyAddress from '@fastify/proxy-addr'
import { drained } from '../lib/graceful-close.ts'
import { JSON_TYPE, type Observed, type Route } from '../lib/http-messages.ts'
import type { RateLimit } from '../lib/rate-limit.ts'
import { type Log, requestIds } from '../observability/logger.ts'
import { healthRoutes, type Watched } from './health.ts'
import { createFront } from './load-shedding.ts'
import { preflightOf } from './preflight.ts'
import { type Limits, protocolAnswer } from './protocol-errors.ts'
import { createHandle } from './request-handler.ts'
import { createOverload, type Loop } from './request-queue.ts'
import { createRouter, placeOf, type Router } from './router.ts'
import { serveFiles } from './static-files.ts'

type Options = Pick<Watched, 'checks' | 'metrics'> & {
  readonly limits: Limits
  readonly log: Log
  /** Counts the requests from an address; undefined: as many as come. */
  readonly limitAddress: RateLimit | undefined
  /** Told of each exchange as it ends, also of those that were refused; it must not throw. */
  readonly observe: (exchange: Observed) => void
  /** What time is told by in the line of requests; a test's own. */
  readonly loop?: Loop
}

export type Server = {
  /** Adds what the server answers; before `listen`. */
  add(routes: readonly Route[]): void
  /** Adds files that never change, below a path; before `listen`. */
  addFiles(prefix: string, folder: string): void
  /** @returns the port, which matters when 0 was asked for */
  listen(port: number, host: string): Promise<number>
  /** Says "not ready" from now on. */
  announce(): void
  /**
   * Says so too, lets requests in flight finish while the limit lasts, then closes.
   * @param politely whether idle connections are left open for a while
   */
  close(politely?: boolean): Promise<void>
  /** How many requests are under way. */
  inFlight(): number
  /** How many connections are open. */
  connections(): Promise<number>
}

/** The bytes' room: limits, request ids, logs, health, who may read from a browser. It knows nothing of tokens or books. */
export function createServer(options: Options): Server {
  const { limits, log, checks, metrics, observe, limitAddress, loop } = options
  let stopping = false
  let closing = false
  const overload = createOverload(limits, loop)
  const router = createRouter()
  const host = { log, observe, closing: () => closing }
  const addressOf = addressReader(limits.trustedProxies)
  const { bodyBytes } = limits
  const parts = { router, overload, bodyBytes, nextId: requestIds(), limitAddress, addressOf }
  const server = createFront({ limits, overload, observe }, createHandle({ ...host, ...parts }))
  server.on('clientError', (error, socket) => refuseConnection(log, error, socket as Socket))
  const quiet = (level: 'warn' | 'error') => (log.isLevelEnabled(level) ? log.child({}, { level }) : log)
  addRoutes(router, healthRoutes({ checks, metrics, stopping: () => stopping }), quiet('error'))
  return {
    add: (routes) => addRoutes(router, routes),
    addFiles(prefix, folder) {
      const url = `${prefix}*`
      const serves = serveFiles(folder)
      router.add(['GET'], url, { url, isHealth: false, log: quiet('warn'), serves })
    },
    async listen(port, address) {
      const listens = await listen(server, port, address)
      log.info({ host: address, port: listens }, 'listening')
      return listens
    },
    announce() {
      stopping = true
    },
    async close(politely = false) {
      stopping = true
      const onClosed = () => {
        closing = true
      }
      const close = async () => void server.close()
      await drained({ server, close }, limits, { politely, onClosed })
    },
    inFlight: overload.inFlight,
    connections: () => new Promise((told) => server.getConnections((_, open) => told(open ?? 0))),
  }
}

function addRoutes(router: Router, routes: readonly Route[], log?: Log): void {
  for (const route of routes) {
    router.add([route.method], route.url, placeOf(route, log))
    if (route.anyOrigin) router.add(['OPTIONS'], route.url, placeOf(preflightOf(route)))
  }
}

/** @throws what Node says of a port that cannot be had */
function listen(server: HttpServer, port: number, host: string): Promise<number> {
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
function refuseConnection(log: Log, error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const { status, body } = protocolAnswer(error.code)
  log.info({ status, code: error.code }, 'no request')
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: ${JSON_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
