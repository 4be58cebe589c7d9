import type { IncomingMessage, Server, ServerResponse } from 'node:http'

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

/** The most pieces of a body in chunks, besides one for each `SMALL_PIECE_BYTES`. */
const MAX_SMALL_PIECES = 256
const SMALL_PIECE_BYTES = 128

/**
 * Limits the pieces of a body in chunks. Node keeps each in a Buffer of its own until the body is read, and one read from
 * the socket may bring 11,000. Call it when the request arrives.
 * @param close called when there are too many; it must close the connection, since the rest of the body is dropped
 */
export function limitChunks(request: IncomingMessage, response: ServerResponse, close: () => void): void {
  // Other bodies have one piece for each read from the socket.
  if (request.headers['transfer-encoding'] === undefined) return
  const push = request.push.bind(request)
  let pieces = 0
  let bytes = 0
  request.push = (piece: Buffer | null) => {
    if (piece === null) return push(null)
    pieces += 1
    bytes += piece.length
    if (pieces <= MAX_SMALL_PIECES + bytes / SMALL_PIECE_BYTES) return push(piece)
    if (!request.socket.destroyed) close()
    return false
  }
  // Node discards the rest of an unread body without calling `push`.
  response.once('prefinish', () => request.resume())
}
