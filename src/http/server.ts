import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import cors from '@fastify/cors'
import rateLimit from '@fastify/rate-limit'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { connectionOptions, drained, originForm } from '../connections.ts'
import type { Observed, Question, Route } from '../exchange.ts'
import { type Log, REQUEST_ID, requestIds } from '../log.ts'
import { logUnrouted, tellAtEnd, told } from './at-end.ts'
import { addFiles } from './files.ts'
import { addHealthRoutes, type Watched } from './health.ts'
import { type Limits, overLimit, protocolAnswer } from './limits.ts'

type Options = Pick<Watched, 'checks' | 'metrics'> & {
  readonly limits: Limits
  readonly log: Log
  /** Told of each exchange below what stands above limits; it must not throw. */
  readonly observe: (exchange: Observed) => void
}

const FORM = 'application/x-www-form-urlencoded'
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
  report(error: unknown): void
}

/** The bytes' room: limits, request ids, logs, health, who may read from a browser. It knows nothing of tokens or books. */
export function createServer({ limits, log, checks, metrics, observe }: Options): Server {
  let stopping = false
  let closing = false
  const app = createApp(limits, log)
  addHealthRoutes(app, { checks, metrics, stopping: () => stopping })
  tellAtEnd(app, observe, () => closing)
  // What stands above is always answered; what comes below may be refused when there is too much of it.
  if (limits.perMinute !== undefined)
    app.register(rateLimit, {
      max: limits.perMinute,
      timeWindow: 60_000,
      errorResponseBuilder: () => overLimit('RATE_LIMITED'),
    })
  return {
    add: (routes) => addRoutes(app, routes, limits.inFlight),
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
    report: (error) => app.log.error(error),
  }
}

function createApp(limits: Limits, log: Log) {
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    // Its own two lines a request are one of ours.
    logController: new Fastify.LogController({ disableRequestLogging: true, requestIdLogLabel: REQUEST_ID }),
    genReqId: requestIds(),
    bodyLimit: limits.bodyBytes,
    ...connectionOptions(limits),
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
  if (error.code === 'FST_ERR_BAD_URL' || error.code === 'FST_ERR_MAX_PARAM_LENGTH')
    logUnrouted(request, reply)
  const ours = failure('Something went wrong on our side.', 'INTERNAL_SERVER_ERROR')
  reply
    .code(answer?.status ?? 500)
    .type(JSON_TYPE)
    .send(answer?.body ?? JSON.stringify(ours))
}

const failure = (message: string, code: string) => ({ errors: [{ message, extensions: { code } }] })

function addRoutes(app: FastifyInstance, routes: readonly Route[], mostInFlight: number): void {
  const limited = inFlightLimit(mostInFlight)
  for (const { method, url, anyOrigin, answer } of routes)
    app.register(
      async function addRoute(scope) {
        if (anyOrigin)
          await scope.register(cors, { origin: '*', methods: ['GET'], maxAge: PREFLIGHT_SECONDS })
        scope.route({
          method: typeof method === 'string' ? method : [...method],
          url: '',
          handler: limited(async (request, reply) => {
            const { status, headers, body, about } = await answer(questionOf(request))
            if (about) told.set(request, about)
            return reply.code(status).headers(headers).send(body)
          }),
        })
      },
      { prefix: url },
    )
}

type Handle = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/** Counts what is under way in all the handlers that it is given, and refuses what comes on top. */
function inFlightLimit(most: number): (handle: Handle) => Handle {
  let inFlight = 0
  return (handle) =>
    async function handleLimited(request, reply) {
      if (inFlight >= most) {
        reply.header('retry-after', '1')
        throw overLimit('SATURATED')
      }
      inFlight += 1
      try {
        return await handle(request, reply)
      } finally {
        inFlight -= 1
      }
    }
}

function questionOf(request: FastifyRequest): Question {
  const { raw, headers } = request
  const url = originForm(raw.url ?? '')
  const queryAt = url.indexOf('?')
  const isForm = headers['content-type']?.toLowerCase().startsWith(FORM) ?? false
  const body = request.body as string | undefined
  return {
    method: raw.method ?? 'GET',
    path: queryAt < 0 ? url : url.slice(0, queryAt),
    search: queryAt < 0 ? '' : url.slice(queryAt),
    headers,
    // The lists are made only where the header is there: making them takes longer than all else here.
    authorization: headers.authorization === undefined ? undefined : raw.headersDistinct.authorization,
    dpop: headers.dpop === undefined ? undefined : raw.headersDistinct.dpop,
    params: request.params as Record<string, string>,
    body: isForm ? undefined : body,
    form: isForm ? body : undefined,
    report: (error) => request.log.error(error),
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
