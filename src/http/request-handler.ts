import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, JSON_TYPE, type Question, type Route } from '../lib/http-messages.ts'
import type { RateLimit } from '../lib/rate-limit.ts'
import { type Counted, countAddress, withCounts } from './address-rate-limit.ts'
import { readBody, withoutBody } from './body.ts'
import { questionOf } from './parse-request.ts'
import { failureBody, type ProtocolFault, protocolAnswer } from './protocol-errors.ts'
import { type Headers, type Host, Visit } from './request-context.ts'
import { type Overload, RETRY_AFTER } from './request-queue.ts'
import type { Router, ServeFile, Sought } from './router.ts'

type Parts = Host & {
  readonly router: Router
  readonly overload: Overload
  readonly bodyBytes: number
  readonly nextId: () => string
  /** Whose address it is that counts. */
  readonly addressOf: (request: IncomingMessage) => string
  /** Counts the requests from an address; undefined: as many as come. */
  readonly limitAddress: RateLimit | undefined
}

/** Serves a request when it is its turn. @param came when it came, by `performance.now()` */
export type Handle = (request: IncomingMessage, response: ServerResponse, came: number) => void

const JSON_HEADERS: Headers = { 'content-type': JSON_TYPE }
const ANY_ORIGIN: Headers = { 'access-control-allow-origin': '*' }
const NOT_FOUND = failureBody('There is nothing here.', 'NOT_FOUND')
const OURS = failureBody('Something went wrong on our side.', 'INTERNAL_SERVER_ERROR')

/** What becomes of a request: its place is found, its address counted, its body read, its question answered. */
export function createHandle(parts: Parts): Handle {
  const { router, overload, bodyBytes, nextId, limitAddress, addressOf } = parts

  return function handle(request, response, came) {
    const visit = new Visit(request, response, nextId(), came, parts)
    const sought = router.find(request, response)
    const place = typeof sought === 'object' ? sought.place : undefined
    if (place) {
      visit.route = place.url
      if (place.log) visit.log = place.log
      if ('anyOrigin' in place.serves && place.serves.anyOrigin) visit.headers = ANY_ORIGIN
    }
    // A connection that is gone has no address any more.
    if (!limitAddress || place?.isHealth || response.destroyed) return serve(visit, sought)
    countAddress(limitAddress, addressOf(request)).then(
      (counted) => serveCounted(visit, sought, counted),
      (error) => fail(visit, error),
    )
  }

  function serveCounted(visit: Visit, sought: Sought, { headers, retryAfter }: Counted): void {
    visit.headers = { ...visit.headers, ...headers }
    if (retryAfter === undefined) serve(visit, sought)
    else refuse(visit, 'RATE_LIMITED', { 'retry-after': retryAfter })
  }

  function serve(visit: Visit, sought: Sought): void {
    // Who went away while he stood in line, or was counted, takes nobody's time.
    if (visit.response.destroyed) return void refuse(visit, 'GONE')
    if (sought === undefined) return void visit.answer(404, JSON_HEADERS, NOT_FOUND)
    if (typeof sought === 'string') return void refuse(visit, sought)
    const { place, params } = sought
    const { serves, isHealth } = place
    if (typeof serves === 'function') return void serveFile(visit, serves, `/${params['*'] ?? ''}`)
    const known = withoutBody(visit.request)
    if (known?.fault) return void refuse(visit, known.fault)
    const ask = (body?: string) =>
      isHealth ? answer(visit, serves, params, body) : answerCounted(visit, serves, params, body)
    if (known) return void ask()
    readBody(visit.request, bodyBytes, (fault, text) => {
      // What is left of it is not to be taken for a request.
      if (fault) refuse(visit, fault, { connection: 'close' })
      else ask(text)
    })
  }

  /**
   * Counts what is under way once its body is there: bodies that trickle in take nobody's place. So many may have come
   * at once that the front let more in than there are places.
   */
  function answerCounted(visit: Visit, route: Route, params: Question['params'], body?: string): void {
    if (overload.isFull()) return void refuse(visit, 'SATURATED', { 'retry-after': RETRY_AFTER })
    overload.begin()
    answer(visit, route, params, body, overload.end)
  }
}

/** @param ended called once the route is done with it */
function answer(
  visit: Visit,
  route: Route,
  params: Question['params'],
  body?: string,
  ended: () => void = () => undefined,
): void {
  asked(route, questionOf(visit, params, body)).then(
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
function asked(route: Route, question: Question): Promise<Answer> {
  try {
    return route.answer(question)
  } catch (error) {
    return Promise.reject(error)
  }
}

function send(visit: Visit, given: Answer): void {
  try {
    const { status, headers, body, about } = given
    if (about) visit.about = about
    visit.answer(status, visit.headers ? withCounts(visit.headers, headers) : headers, body)
  } catch (error) {
    // Node keeps the reason phrase of the head that could not be sent.
    visit.response.statusMessage = ''
    fail(visit, error)
  }
}

/** A fault of ours is logged, and the answer says nothing of it. */
function fail(visit: Visit, error: unknown): void {
  visit.report(error)
  visit.about = { code: 'INTERNAL_SERVER_ERROR' }
  visit.answer(500, JSON_HEADERS, OURS)
}

/** A broken rule of HTTP, or a limit, says so. */
function refuse(visit: Visit, fault: ProtocolFault, headers: Headers = {}): void {
  const { status, code, body } = protocolAnswer(fault)
  visit.about = { code }
  visit.answer(status, { ...JSON_HEADERS, ...headers }, body)
}

/** @param name with a slash in front; a file is looked for by that alone */
function serveFile(visit: Visit, serves: ServeFile, name: string): void {
  const { request, response } = visit
  const { url = '' } = request
  let isThere = true
  visit.addHeaders()
  request.url = name
  serves(
    request,
    response,
    () => {
      isThere = false
    },
    (error) => visit.report(error),
  )
  request.url = url
  if (isThere) visit.tellAtEnd()
  else visit.answer(404, JSON_HEADERS, NOT_FOUND)
}
