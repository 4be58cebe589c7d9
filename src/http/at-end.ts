import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { About, Observed } from '../exchange.ts'
import { type Log, logRequest } from '../log.ts'
import { secondsSince } from './front.ts'

/** What the routes told of their requests. */
export const told = new WeakMap<FastifyRequest, About>()

/**
 * Logs and tells of each exchange once, when nothing more comes of it: its answer has been sent, or nobody was there to
 * take it. What a client that went away has asked for may be done all the same.
 * @param closing whether each answer is the last on its connection
 */
export function tellAtEnd(
  app: FastifyInstance,
  observe: (exchange: Observed) => void,
  closing: () => boolean,
): void {
  const tell = (request: FastifyRequest, reply: FastifyReply) => {
    const exchange = observed(request, reply)
    logExchange(request, exchange)
    observe(exchange)
  }
  app.addHook('onSend', (request, reply, payload, done) => {
    const { raw } = reply
    // Ours, whatever the client calls it: two requests never have the same, and nobody writes into the log by it.
    reply.header('x-request-id', request.id)
    // RFC 9112 §9.6: the last answer on this connection.
    if (closing()) reply.header('connection', 'close')
    if (raw.destroyed || raw.closed) tell(request, reply)
    else raw.once('close', () => tell(request, reply))
    done(null, payload)
  })
}

/** A target that no router can read has met no hook. */
export function logUnrouted(request: FastifyRequest, { raw }: FastifyReply): void {
  raw.once('close', () => logExchange(request, { status: raw.statusCode, seconds: 0, about: {} }))
}

const observed = (request: FastifyRequest, reply: FastifyReply): Observed => ({
  id: request.id,
  method: request.method,
  route: request.routeOptions.url,
  status: reply.statusCode,
  seconds: secondsSince(request.raw) ?? reply.elapsedTime / 1_000,
  about: told.get(request) ?? {},
})

type Line = Pick<Observed, 'status' | 'seconds' | 'about'>

function logExchange(request: FastifyRequest, { status, seconds, about }: Line): void {
  const { method, url, headers } = request
  const { traceparent } = headers
  logRequest(request.log as Log, { method, url, status, milliseconds: seconds * 1_000, traceparent, about })
}
