import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

// A connection is closed after the response to its last request. What a client sent behind that one is not processed
// (RFC 9112 §9.6): the client could not receive a response, and bytes behind an ambiguous head may not be a request.

/** The most requests that are read and ignored before the connection is closed at once. */
const MAX_IGNORED = 100

const lastRequests = new WeakMap<Socket, IncomingMessage>()
/** The order in which pipelined requests arrived. One that waited for no other has none. */
const arrivals = new WeakMap<IncomingMessage, number>()
let arrivalCount = 0
const arrivalOf = (request: IncomingMessage): number => arrivals.get(request) ?? 0

/** Call it when a request arrives before the previous one on its connection is answered (RFC 9112 §9.3.2). */
export function markPipelined(request: IncomingMessage): void {
  arrivalCount += 1
  arrivals.set(request, arrivalCount)
}

/** Makes a request the last one of its connection, unless there is one. Its response must have `Connection: close`. */
export function markLast(request: IncomingMessage): void {
  if (lastRequests.has(request.socket)) return
  lastRequests.set(request.socket, request)
  ignoreRequests(request.socket)
}

/**
 * Returns true if the connection is closed after the response to a request.
 * @param isClosing makes the request the last one
 */
export function closesAfter(request: IncomingMessage, isClosing: boolean): boolean {
  if (isClosing) markLast(request)
  return lastRequests.get(request.socket) === request
}

/** Returns true for a request that arrived after the last one of its connection. */
export function isBehindLast(request: IncomingMessage): boolean {
  const last = lastRequests.get(request.socket)
  return last !== undefined && arrivalOf(request) > arrivalOf(last)
}

type ParsedSocket = Socket & { parser?: { onIncoming: (request: IncomingMessage) => number } | null }

/** Drops the requests that arrive from now on. Node still parses them, but creates no response and does not keep them. */
export function ignoreRequests(socket: Socket): void {
  const { parser } = socket as ParsedSocket
  if (!parser) return
  let ignored = 0
  parser.onIncoming = (request) => {
    request.push = () => false
    ignored += 1
    if (ignored > MAX_IGNORED) socket.destroy()
    return 0
  }
}
