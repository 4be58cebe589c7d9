import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import cors from '@fastify/cors'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactory,
} from 'fastify'
import { connectionOptions, drained } from '../connections.ts'
import type { Observed, Route } from '../exchange.ts'
import { type Log, REQUEST_ID, requestIds } from '../log.ts'
import type { RateLimit } from '../rate-limit.ts'
import { addAddressLimit, withCounts } from './address-limit.ts'
import { logUnrouted, tellAtEnd, told } from './at-end.ts'
import { addFiles } from './files.ts'
import { frontOf, RETRY_AFTER } from './front.ts'
import { addHealthRoutes, type Watched } from './health.ts'
import { type Limits, overLimit, protocolAnswer } from './limits.ts'
import { createOverload, type Loop, type Overload } from './overload.ts'
import { FORM, questionOf } from './question.ts'

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

/** How long a browser may remember that it may ask. */
const PREFLIGHT_SECONDS = 86_400
const JSON_TYPE = 'application/json; charset=utf-8'

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
  report(error: unknown): void
}

/** The bytes' room: limits, request ids, logs, health, who may read from a browser. It knows nothing of tokens or books. */
export function createServer(options: Options): Server {
  const { limits, log, checks, metrics, observe, limitAddress, loop } = options
  let stopping = false
  let closing = false
  const overload = createOverload(limits, loop)
  const app = createApp(limits, log, frontOf({ limits, overload, observe }))
  addHealthRoutes(app, { checks, metrics, stopping: () => stopping })
  tellAtEnd(app, observe, () => closing)
  if (limitAddress) addAddressLimit(app, limitAddress)
  return {
    add: (routes) => addRoutes(app, routes, overload),
    addFiles: (prefix, folder) => addFiles(app, prefix, folder),
    async listen(port, host) {
      await app.listen({ port, host })
      return (app.server.address() as { port: number }).port
    },
    announce() {
      stopping = true
    },
    async close(politely = false) {
      stopping = true
      const onClosed = () => {
        closing = true
      }
      await drained(app, limits, { politely, onClosed })
    },
    inFlight: overload.inFlight,
    connections: () => new Promise((told) => app.server.getConnections((_, open) => told(open ?? 0))),
    report: (error) => app.log.error(error),
  }
}

function createApp(limits: Limits, log: Log, serverFactory: FastifyServerFactory) {
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    // Its own two lines a request are one of ours.
    logController: new Fastify.LogController({ disableRequestLogging: true, requestIdLogLabel: REQUEST_ID }),
    genReqId: requestIds(),
    bodyLimit: limits.bodyBytes,
    ...connectionOptions(limits),
    serverFactory,
    trustProxy: limits.trustedProxies.length > 0 && [...limits.trustedProxies],
    // Who stands in line when the server is told to stop is served, and told to go elsewhere with the next.
    return503OnClosing: false,
    clientErrorHandler: refuseConnection,
    frameworkErrors: answerFault,
  })
  // The body stays text: who asks is settled before anybody reads it.
  app.removeAllContentTypeParsers()
  for (const type of ['application/json', FORM])
    app.addContentTypeParser(type, { parseAs: 'string' }, (_, body, done) => done(null, body))
  app.setErrorHandler<Fault>(answerFault)
  app.setNotFoundHandler(async (_, reply) =>
    reply.code(404).send(failure('There is nothing here.', 'NOT_FOUND')),
  )
  return app
}

type Fault = Error & { readonly code?: string; readonly statusCode?: number }

/** What no route answered: a broken rule of HTTP or a limit says so, a fault of ours is logged and says nothing. */
function answerFault(error: Fault, request: FastifyRequest, reply: FastifyReply): void {
  const answer = protocolAnswer(error.code, error.statusCode ?? 500)
  if (!answer) request.log.error(error)
  told.set(request, { code: answer?.code ?? 'INTERNAL_SERVER_ERROR' })
  if (error.code === 'FST_ERR_BAD_URL' || error.code === 'FST_ERR_MAX_PARAM_LENGTH')
    logUnrouted(request, reply)
  const ours = failure('Something went wrong on our side.', 'INTERNAL_SERVER_ERROR')
  reply
    .code(answer?.status ?? 500)
    .type(JSON_TYPE)
    .send(answer?.body ?? JSON.stringify(ours))
}

const failure = (message: string, code: string) => ({ errors: [{ message, extensions: { code } }] })

function addRoutes(app: FastifyInstance, routes: readonly Route[], overload: Overload): void {
  for (const { method, url, anyOrigin, answer } of routes)
    app.register(
      async function addRoute(scope) {
        if (anyOrigin)
          await scope.register(cors, { origin: '*', methods: ['GET'], maxAge: PREFLIGHT_SECONDS })
        scope.route({
          method: typeof method === 'string' ? method : [...method],
          url: '',
          handler: counted(overload, async (request, reply) => {
            const { status, headers, body, about } = await answer(questionOf(request))
            if (about) told.set(request, about)
            return reply.code(status).headers(withCounts(reply, headers)).send(body)
          }),
        })
      },
      { prefix: url },
    )
}

type Handle = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/**
 * Counts what is under way once its body is there: bodies that trickle in take nobody's place. So many may have come at
 * once that the front let more in than there are places.
 */
const counted = (overload: Overload, handle: Handle): Handle =>
  async function handleCounted(request, reply) {
    if (overload.isFull()) {
      reply.header('retry-after', RETRY_AFTER)
      throw overLimit('SATURATED')
    }
    overload.begin()
    try {
      return await handle(request, reply)
    } finally {
      overload.end()
    }
  }

/** Bytes that never became a request: too many headers, too slow, not HTTP. */
function refuseConnection(this: FastifyInstance, error: Error & { code?: string }, socket: Socket): void {
  const answer = protocolAnswer(error.code)
  if (!answer || !socket.writable) return void socket.destroy()
  const { status, body } = answer
  this.log.info({ status, code: error.code }, 'no request')
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: ${JSON_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
