import { createServer, type RequestListener, type ServerOptions, type ServerResponse } from 'node:http'
import type { RouteOptions } from 'fastify'
import { type GetClientAddress, toAddressKey } from '../../lib/client-address.ts'
import type { ClientBuffers } from '../../lib/client-buffers.ts'
import type { HttpResponse } from '../../lib/http-messages.ts'
import { closesAfter, isBehindLast, markLast } from '../../lib/last-requests.ts'
import type { ConsumeRateLimit } from '../../lib/rate-limit.ts'
import { hasAmbiguousLength, hasValidHost, rejectWithoutAddress } from '../../lib/request-head.ts'
import { type RequestQueue, SHED_RETRY_AFTER_SECONDS } from '../../lib/request-queue.ts'
import type { Logger } from '../../observability/logger.ts'
import { logRequest } from '../../observability/request-log.ts'
import { PageError } from './page-error.ts'

export type RequestLimits = {
  readonly requestQueue: RequestQueue
  readonly buffers: ClientBuffers
  /** Undefined: no rate limit by address. */
  readonly limitAddress: ConsumeRateLimit | undefined
  readonly getClientAddress: GetClientAddress
  readonly log: Logger
}

/** The heap that a response takes besides its body: the head, and Fastify's request and reply. */
const RESPONSE_BYTES = 16_384

/** Counts a response that is about to be sent, until the operating system has taken it. */
export function holdResponse(buffers: ClientBuffers, response: ServerResponse, body: unknown): void {
  const size = typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.byteLength(body) : 0
  // A character of a string takes up to three times its byte.
  buffers.holdResponse(response, RESPONSE_BYTES + 3 * size)
}

/**
 * Creates a server that queues requests, and rejects those beyond the limits with a line of text: a rejection must cost
 * less than a page, and involve neither the database nor a session.
 */
export function createLimitedServer(
  handle: RequestListener,
  options: ServerOptions,
  { requestQueue, buffers, limitAddress, getClientAddress, log }: RequestLimits,
  securityHeaders: HttpResponse['headers'],
) {
  const rejectionHeaders = { ...securityHeaders, 'content-type': 'text/plain', 'cache-control': 'no-store' }

  function reject(response: ServerResponse, status: number, text: string, retryAfter?: string): void {
    const { req: request } = response
    const { method = '', url = '' } = request
    // RFC 9112 §9.6
    if (closesAfter(request, !server.listening)) response.setHeader('connection', 'close')
    if (retryAfter) response.setHeader('retry-after', retryAfter)
    holdResponse(buffers, response, text)
    response.writeHead(status, rejectionHeaders).end(text)
    logRequest(log, { method, url, status, durationMs: 0, getClientAddress: () => getClientAddress(request) })
  }

  async function serve(response: ServerResponse, isHeadValid: boolean): Promise<void> {
    const { req: request } = response
    // The client has disconnected while its request was queued: its address is no longer known.
    if (request.socket.destroyed) return
    if (limitAddress) {
      const { headers, isAllowed, retryAfterSeconds } = await limitAddress(
        toAddressKey(getClientAddress(request)),
      )
      response.setHeaders(new Map(Object.entries(headers)))
      const text = 'Too many requests from this address. Try again later.'
      if (!isAllowed) return reject(response, 429, text, String(retryAfterSeconds))
    }
    if (request.socket.destroyed || isBehindLast(request)) return
    if (!isHeadValid) return reject(response, request.httpVersionMajor === 1 ? 400 : 505, 'Invalid request.')
    handle(request, response)
  }

  const onRequest: RequestListener = (request, response) => {
    // The rest of what was read before the connection was closed.
    if (request.socket.destroyed) return
    buffers.holdRequest(response)
    const isHeadValid = request.httpVersionMajor === 1 && hasValidHost(request)
    if (!isHeadValid || hasAmbiguousLength(request)) markLast(request)
    if (!requestQueue.tryEnqueue(() => void serve(response, isHeadValid)))
      reject(response, 503, 'FakeBook is overloaded. Try again in a moment.', SHED_RETRY_AFTER_SECONDS)
  }
  // A second Host header makes the value invalid.
  const server = createServer({ ...options, joinDuplicateHeaders: true }, onRequest)
  // Node would answer an unknown Expect itself, without limits; it may be ignored (RFC 9110 §10.1.1).
  server.on('checkExpectation', onRequest)
  rejectWithoutAddress(server)
  return server
}

/** Returns an `onRoute` hook that limits the requests in flight. Slow uploads are not counted: the body is read before. */
export const limitInFlight = ({ requestQueue }: RequestLimits) =>
  function wrapHandler(route: RouteOptions): void {
    const { handler } = route
    route.handler = async function limitedHandler(request, reply) {
      if (requestQueue.isFull()) throw new PageError('overloaded')
      requestQueue.acquire()
      try {
        return await handler.call(this, request, reply)
      } finally {
        requestQueue.release()
      }
    }
  }
