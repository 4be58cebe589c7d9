import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

/** The most headers of a request. */
export const MAX_HEADERS = 100

/** A host and a port as in a URI's authority (RFC 3986 §3.2), or nothing; two values of the header contain a space. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?$/i

/**
 * Tests the Host header (RFC 9112 §3.2). Node rejects a request of HTTP/1.1 without one, and with `joinDuplicateHeaders`
 * joins several.
 */
export const hasValidHost = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  HOST.test(headers.host ?? '')

/** Tests for Transfer-Encoding in HTTP/1.0 (RFC 9112 §6.1): a proxy may ignore it, and take the body for a request. */
export const hasAmbiguousLength = ({ httpVersionMinor, headers }: IncomingMessage): boolean =>
  httpVersionMinor === 0 && headers['transfer-encoding'] !== undefined

/**
 * Closes the connections of a server whose client closed them at once: they have no address any more, so that their
 * requests could be neither counted nor audited. Node keeps the address of the others, since it is read here.
 */
export function rejectWithoutAddress(server: Server): void {
  server.on('connection', (socket) => socket.remoteAddress === undefined && socket.destroy())
}

/** Ignores the requests that a client sends from now on. Node would create and keep each until the connection is closed. */
export function ignoreRequests({ parser }: Socket & { parser?: { onIncoming: () => number } | null }): void {
  if (parser) parser.onIncoming = () => 0
}

/**
 * Creates the record of the last request of each connection that is being closed. What a client sent behind it must not
 * be processed (RFC 9112 §9.6): nobody would see the response, and behind an ambiguous head it may not be a request at all.
 */
export function createLastRequests() {
  const lastRequests = new WeakMap<Socket, IncomingMessage>()
  return {
    /** Makes a request the last one, unless an earlier one is. */
    add(request: IncomingMessage): void {
      if (lastRequests.has(request.socket)) return
      lastRequests.set(request.socket, request)
      ignoreRequests(request.socket)
    },
    has: (request: IncomingMessage): boolean => lastRequests.get(request.socket) === request,
    /** Returns true for a request behind the last one, which was created before that was known. */
    isBehind(request: IncomingMessage): boolean {
      const last = lastRequests.get(request.socket)
      return last !== undefined && last !== request
    },
  } as const
}

/** Tests for a body in chunks that has not arrived completely. After the response, nothing would limit the rest of it. */
export const hasUnreadChunks = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && headers['transfer-encoding'] !== undefined

/** The most chunks of a body besides one for each `SMALL_CHUNK_BYTES`. */
const MAX_SMALL_CHUNKS = 256
const SMALL_CHUNK_BYTES = 128

/**
 * Limits the small chunks of a body. Node keeps each in a Buffer of its own until the body is read, and one read from the
 * socket may bring 11,000. Call it before any of the body has arrived.
 * @param close called when there are too many; it must close the connection, since the rest of the body is dropped
 */
export function limitChunks(request: IncomingMessage, close: () => void): void {
  // Other bodies have one chunk for each read from the socket.
  if (request.headers['transfer-encoding'] === undefined) return
  const push = request.push.bind(request)
  let chunks = 0
  let bytes = 0
  request.push = (chunk: Buffer | null) => {
    chunks += 1
    bytes += chunk?.length ?? 0
    if (chunks <= MAX_SMALL_CHUNKS + bytes / SMALL_CHUNK_BYTES) return push(chunk)
    if (!request.socket.destroyed) close()
    return false
  }
}
