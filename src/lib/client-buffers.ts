import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Clock, startInterval } from './clock.ts'
import { ignoreRequests, markPipelined } from './last-requests.ts'
import { limitChunks } from './request-head.ts'

export type ClientBufferLimits = {
  /** Bytes of request bodies and of responses that may be buffered at the same time. */
  readonly maxBufferedBytes: number
  /** The time that a client has to take a whole response. */
  readonly sendTimeoutMs: number
}

/** The reason for closing a connection whose client does not send or read. */
type CloseReason = 'buffer limit' | 'send timeout' | 'too many pipelined requests' | 'too many small chunks'

/** The bytes that are buffered for a connection until its client sends or reads more. */
type ConnectionBuffer = {
  readonly socket: Socket
  bytes: number
  pipelinedRequests: number
  unsentCount: number
  /** The time of the first unsent response, or since then, of the last one that was sent. */
  sendingSinceMs: number
}

/** Interval for closing connections past the send timeout, so they can exceed it by this much. */
const CHECK_INTERVAL_MS = 1_000
/** The most requests of one connection that may wait behind an unanswered one. */
const MAX_PIPELINED_REQUESTS = 100
/** The heap that a waiting request takes besides its head, with its response. */
const REQUEST_BYTES = 4_096
/** The heap that a name or value of a header takes besides its characters, with its entry in `headers`. */
const HEADER_STRING_BYTES = 64

/** Returns the heap that a waiting request takes. */
export function measureRequest({ rawHeaders, url = '' }: IncomingMessage): number {
  let bytes = REQUEST_BYTES + url.length
  for (const text of rawHeaders) bytes += text.length + HEADER_STRING_BYTES
  return bytes
}

export type ClientBuffers = ReturnType<typeof createClientBuffers>

/**
 * Creates the budget of the bytes that are buffered for clients: request bodies until they are handled, and responses
 * until the operating system has taken them. When it is exceeded, the connection that has waited longest for its client
 * is closed: other clients release their bytes within milliseconds.
 */
export function createClientBuffers(
  { maxBufferedBytes, sendTimeoutMs }: ClientBufferLimits,
  clock: Clock,
  onClose: (reason: CloseReason) => void,
) {
  const buffersBySocket = new WeakMap<Socket, ConnectionBuffer>()
  const unsentResponses = new Set<ServerResponse>()
  /** The buffers that hold bytes, the longest-waiting first. */
  const waiting = new Set<ConnectionBuffer>()
  let total = 0
  /** The part of the total that is reserved for requests that are handled. Closing connections cannot free it. */
  let reserved = 0
  /** The bytes of connections that are being closed: Node keeps them until the event `close`. */
  let closing = 0

  function getBuffer(socket: Socket): ConnectionBuffer {
    return buffersBySocket.get(socket) ?? createBuffer(socket)
  }

  function createBuffer(socket: Socket): ConnectionBuffer {
    const buffer = { socket, bytes: 0, pipelinedRequests: 0, unsentCount: 0, sendingSinceMs: 0 }
    buffersBySocket.set(socket, buffer)
    socket.once('close', () => release(buffer, buffer.bytes))
    return buffer
  }

  function closeConnection(buffer: ConnectionBuffer, reason: CloseReason): void {
    const { bytes, socket } = buffer
    release(buffer, bytes)
    closing += bytes
    socket.once('close', () => {
      closing -= bytes
    })
    ignoreRequests(socket)
    socket.destroy()
    onClose(reason)
  }

  function closeLongestWaiting(): void {
    for (const buffer of waiting) {
      if (total <= maxBufferedBytes) return
      closeConnection(buffer, 'buffer limit')
    }
  }

  function hold(socket: Socket, bytes: number): ConnectionBuffer {
    const buffer = getBuffer(socket)
    if (socket.destroyed) return buffer
    waiting.add(buffer)
    buffer.bytes += bytes
    total += bytes
    closeLongestWaiting()
    return buffer
  }

  /** Does nothing for the buffer of a closed connection, which is not waiting. */
  function release(buffer: ConnectionBuffer, bytes: number): void {
    if (!waiting.has(buffer)) return
    buffer.bytes -= bytes
    total -= bytes
    if (buffer.bytes === 0) waiting.delete(buffer)
  }

  /** Adds a request that was sent before the previous one on its connection was answered (RFC 9112 §9.3.2). */
  function holdPipelined(response: ServerResponse): void {
    const bytes = measureRequest(response.req)
    const buffer = hold(response.req.socket, bytes)
    buffer.pipelinedRequests += 1
    response.once('close', () => {
      buffer.pipelinedRequests -= 1
      release(buffer, bytes)
    })
    if (buffer.socket.destroyed) return
    if (buffer.pipelinedRequests > MAX_PIPELINED_REQUESTS)
      closeConnection(buffer, 'too many pipelined requests')
    else if (closing > maxBufferedBytes) closeConnection(buffer, 'buffer limit')
  }

  /** Closes the connections whose clients have not taken a response in time. */
  async function closeExpired(): Promise<void> {
    const nowMs = clock.monotonicNow()
    for (const buffer of waiting) {
      // A response behind an unanswered request has written nothing yet.
      const isSending = buffer.unsentCount > 0 && buffer.socket.writableLength > 0
      if (isSending && nowMs - buffer.sendingSinceMs >= sendTimeoutMs) closeConnection(buffer, 'send timeout')
    }
  }

  return {
    countBytes: () => total,

    /** Adds a request that has arrived, if it waits behind another one, and limits the chunks of its body. */
    holdRequest(response: ServerResponse): void {
      const { req: request } = response
      const { socket } = request
      // Only a response behind another one has no socket yet.
      if (!response.socket) {
        markPipelined(request)
        holdPipelined(response)
      }
      limitChunks(request, response, () => closeConnection(getBuffer(socket), 'too many small chunks'))
    },

    /** Adds bytes of a request whose body has not arrived completely. */
    holdBody: (socket: Socket, bytes: number): void => void hold(socket, bytes),

    releaseBody(socket: Socket, bytes: number): void {
      const buffer = buffersBySocket.get(socket)
      if (buffer) release(buffer, bytes)
    },

    /** Adds the bytes of a response until the operating system has taken them, or its connection is closed. */
    holdResponse(response: ServerResponse, bytes: number): void {
      // It emits no `close` any more.
      if (response.destroyed) return
      const buffer = hold(response.req.socket, bytes)
      if (buffer.unsentCount === 0) buffer.sendingSinceMs = clock.monotonicNow()
      buffer.unsentCount += 1
      unsentResponses.add(response)
      response.once('close', () => {
        unsentResponses.delete(response)
        buffer.unsentCount -= 1
        buffer.sendingSinceMs = clock.monotonicNow()
        release(buffer, bytes)
      })
    },

    /**
     * Closes idle connections, but not those with unsent bytes. Node treats a connection as idle once `response.finished` is
     * true, which `end` sets; it is reset during the call.
     */
    closeIdleConnections(server: Server): void {
      const ended = [...unsentResponses].filter(({ writableEnded }) => writableEnded)
      for (const response of ended) response.finished = false
      server.closeIdleConnections()
      for (const response of ended) response.finished = true
    },

    /** Adds the bytes of a request that is handled. Returns false if they do not fit. */
    tryReserve(bytes: number): boolean {
      if (reserved + bytes > maxBufferedBytes) return false
      reserved += bytes
      total += bytes
      closeLongestWaiting()
      return true
    },

    unreserve(bytes: number): void {
      reserved -= bytes
      total -= bytes
    },

    stop: startInterval(clock, CHECK_INTERVAL_MS, closeExpired),
  } as const
}
