import type { IncomingMessage, Server } from 'node:http'

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
