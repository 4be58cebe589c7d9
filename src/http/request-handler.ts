import type { IncomingMessage, ServerResponse } from 'node:http'
import { type HttpRequest, type HttpResponse, JSON_CONTENT_TYPE, type Route } from '../lib/http-messages.ts'
import type { ConsumeRateLimit } from '../lib/rate-limit.ts'
import {
  type AddressRateLimitResult,
  consumeAddressRateLimit,
  mergeRateLimitHeaders,
} from './address-rate-limit.ts'
import { checkBodyHeaders, readBody } from './body.ts'
import { parseRequest } from './parse-request.ts'
import { createErrorBody, createProtocolErrorResponse, type ProtocolErrorCode } from './protocol-errors.ts'
import { type HeaderFields, RequestContext, type RequestContextOptions } from './request-context.ts'
import { type RequestQueue, SHED_RETRY_AFTER_SECONDS } from './request-queue.ts'
import type { FileHandler, RouteMatch, Router } from './router.ts'

type Parts = RequestContextOptions & {
  readonly router: Router
  readonly overload: RequestQueue
  readonly bodyBytes: number
  readonly nextId: () => string
  /** Whose address it is that counts. */
  readonly addressOf: (request: IncomingMessage) => string
  /** Counts the requests from an address; undefined: as many as come. */
  readonly limitAddress: ConsumeRateLimit | undefined
}

/** Serves a request when it is its turn. @param came when it came, by `performance.now()` */
export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  receivedAtMs: number,
) => void

const JSON_HEADERS: HeaderFields = { 'content-type': JSON_CONTENT_TYPE }
const ANY_ORIGIN: HeaderFields = { 'access-control-allow-origin': '*' }
const NOT_FOUND = createErrorBody('There is nothing here.', 'NOT_FOUND')
const OURS = createErrorBody('Something went wrong on our side.', 'INTERNAL_SERVER_ERROR')

/** What becomes of a request: its place is found, its address counted, its body read, its question answered. */
export function createRequestHandler(options: Parts): RequestHandler {
  const {
    router,
    overload: requestQueue,
    bodyBytes: maxBodyBytes,
    nextId: nextRequestId,
    limitAddress,
    addressOf: getClientAddress,
  } = options

  return function handle(request, response, came) {
    const visit = new RequestContext(request, response, nextRequestId(), came, options)
    const sought = router.find(request, response)
    const place = typeof sought === 'object' ? sought.entry : undefined
    if (place) {
      visit.routePattern = place.url
      if (place.log) visit.log = place.log
      if ('allowsAnyOrigin' in place.target && place.target.allowsAnyOrigin) visit.defaultHeaders = ANY_ORIGIN
    }
    // A connection that is gone has no address any more.
    if (!limitAddress || place?.isHealth || response.destroyed) return serve(visit, sought)
    consumeAddressRateLimit(limitAddress, getClientAddress(request)).then(
      (counted) => serveCounted(visit, sought, counted),
      (error) => fail(visit, error),
    )
  }

  function serveCounted(
    visit: RequestContext,
    sought: RouteMatch,
    { headers, retryAfterSeconds }: AddressRateLimitResult,
  ): void {
    visit.defaultHeaders = { ...visit.defaultHeaders, ...headers }
    if (retryAfterSeconds === undefined) serve(visit, sought)
    else refuse(visit, 'RATE_LIMITED', { 'retry-after': retryAfterSeconds })
  }

  function serve(visit: RequestContext, sought: RouteMatch): void {
    // Who went away while he stood in line, or was counted, takes nobody's time.
    if (visit.response.destroyed) return void refuse(visit, 'GONE')
    if (sought === undefined) return void visit.send(404, JSON_HEADERS, NOT_FOUND)
    if (typeof sought === 'string') return void refuse(visit, sought)
    const { entry, params } = sought
    const { target, isHealth } = entry
    if (typeof target === 'function') return void serveFile(visit, target, `/${params['*'] ?? ''}`)
    const known = checkBodyHeaders(visit.request)
    if (known?.errorCode) return void refuse(visit, known.errorCode)
    const ask = (body?: string) =>
      isHealth ? answer(visit, target, params, body) : answerCounted(visit, target, params, body)
    if (known) return void ask()
    readBody(visit.request, maxBodyBytes, (fault, text) => {
      // What is left of it is not to be taken for a request.
      if (fault) refuse(visit, fault, { connection: 'close' })
      else ask(text)
    })
  }

  /**
   * Counts what is under way once its body is there: bodies that trickle in take nobody's place. So many may have come
   * at once that the front let more in than there are places.
   */
  function answerCounted(
    visit: RequestContext,
    route: Route,
    params: HttpRequest['params'],
    body?: string,
  ): void {
    if (requestQueue.isFull())
      return void refuse(visit, 'SATURATED', { 'retry-after': SHED_RETRY_AFTER_SECONDS })
    requestQueue.acquire()
    answer(visit, route, params, body, requestQueue.release)
  }
}

/** @param ended called once the route is done with it */
function answer(
  visit: RequestContext,
  route: Route,
  params: HttpRequest['params'],
  body?: string,
  ended: () => void = () => undefined,
): void {
  asked(route, parseRequest(visit, params, body)).then(
    (given) => {
      ended()
      send(visit, given)
    },
    (error) => {
      ended()
      fail(visit, error)
    },
  )
}

/** A route that throws has failed like one that rejects: nobody behind it is to end for that. */
function asked(route: Route, question: HttpRequest): Promise<HttpResponse> {
  try {
    return route.handler(question)
  } catch (error) {
    return Promise.reject(error)
  }
}

function send(visit: RequestContext, given: HttpResponse): void {
  try {
    const { status, headers, body, operationInfo } = given
    if (operationInfo) visit.operationInfo = operationInfo
    visit.send(
      status,
      visit.defaultHeaders ? mergeRateLimitHeaders(visit.defaultHeaders, headers) : headers,
      body,
    )
  } catch (error) {
    // Node keeps the reason phrase of the head that could not be sent.
    visit.response.statusMessage = ''
    fail(visit, error)
  }
}

/** A fault of ours is logged, and the answer says nothing of it. */
function fail(visit: RequestContext, error: unknown): void {
  visit.logError(error)
  visit.operationInfo = { errorCode: 'INTERNAL_SERVER_ERROR' }
  visit.send(500, JSON_HEADERS, OURS)
}

/** A broken rule of HTTP, or a limit, says so. */
function refuse(visit: RequestContext, fault: ProtocolErrorCode, headers: HeaderFields = {}): void {
  const { status, code, body } = createProtocolErrorResponse(fault)
  visit.operationInfo = { errorCode: code }
  visit.send(status, { ...JSON_HEADERS, ...headers }, body)
}

/** @param name with a slash in front; a file is looked for by that alone */
function serveFile(visit: RequestContext, serves: FileHandler, name: string): void {
  const { request, response } = visit
  const { url = '' } = request
  let isThere = true
  visit.setDefaultHeaders()
  request.url = name
  serves(
    request,
    response,
    () => {
      isThere = false
    },
    (error) => visit.logError(error),
  )
  request.url = url
  if (isThere) visit.recordWhenFinished()
  else visit.send(404, JSON_HEADERS, NOT_FOUND)
}
