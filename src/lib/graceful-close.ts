import type { Server } from 'node:http'
import { Server as Listener } from 'node:net'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'

/** How much and how long a connection may take, at each server of ours. Bytes and milliseconds. */
export type ConnectionLimits = {
  /** The most that are open; what comes on top is closed. */
  readonly maxConnections: number
  readonly maxHeaderBytes: number
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  /** How long requests in flight may take to finish once the server is told to stop. */
  readonly drainTimeoutMs: number
}

/** How often Node looks for connections that are over a time limit: they end this much later at most. */
const CHECK_CONNECTIONS_MS = 1_000

/** A server's settings for these limits, as Fastify names them. */
export const createServerOptions = (limits: ConnectionLimits) => ({
  requestTimeout: limits.requestTimeoutMs,
  keepAliveTimeout: limits.keepAliveTimeoutMs,
  http: {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: CHECK_CONNECTIONS_MS,
  },
  forceCloseConnections: 'idle' as const,
})

/**
 * For so much of the time that a stop may take, idle connections are left open to a request that is on its way: its answer
 * says that it is the last. One that stays idle for longer is closed; who sends on it in that very moment has to send again
 * (RFC 9112 §9.5), and the longer it was idle the less there is to fear.
 */
export const IDLE_GRACE_RATIO = 1 / 4
const SWEEP_MS = 50

/** How a server that is told to stop does it. */
type Stop = {
  /** Whether idle connections are left open for a while; else they are closed at once. */
  readonly politely: boolean
  /** Called once no connection is taken any more: from then on each answer is to be the last on its own. */
  readonly onClosed: () => void
}

/** Takes no new connections, lets what is under way finish while the limit lasts, then closes. */
export async function closeGracefully(
  server: { readonly server: Server; close(): Promise<unknown> },
  { drainTimeoutMs }: ConnectionLimits,
  { politely: keepIdleConnections, onClosed: onListenerClosed }: Stop,
): Promise<void> {
  await allPickedUp(server.server, drainTimeoutMs * IDLE_GRACE_RATIO)
  // HTTP's own way to close ends idle connections at once, and with them requests that are on their way.
  const ended = new Promise<void>((resolve) => Listener.prototype.close.call(server.server, () => resolve()))
  onListenerClosed()
  const end = setTimeout(() => server.server.closeAllConnections(), drainTimeoutMs)
  if (keepIdleConnections) await Promise.race([ended, pause(drainTimeoutMs * IDLE_GRACE_RATIO)])
  server.server.closeIdleConnections()
  // What was answered before anybody could say that it was the last becomes idle later.
  const sweep = setInterval(() => server.server.closeIdleConnections(), SWEEP_MS)
  await ended
  clearTimeout(end)
  clearInterval(sweep)
  await server.close()
}

const QUIET_TURNS = 3

/**
 * The system takes connections before Node does, which picks up one in a turn of its loop: what waits there when the door
 * shuts is reset, with the request that was sent on it. So the door shuts when nobody has come for some turns.
 * @param longestMs for those who come without end
 */
async function allPickedUp(server: Server, longestMs: number): Promise<void> {
  const latest = performance.now() + longestMs
  let quiet = 0
  const hear = () => {
    quiet = 0
  }
  server.on('connection', hear)
  while (quiet < QUIET_TURNS && performance.now() < latest) {
    await turn()
    quiet += 1
  }
  server.off('connection', hear)
}

/** RFC 9112 §3.2.2: a request may name the whole address; where it came in is this server all the same. */
export function toOriginForm(target: string): string {
  if (target.startsWith('/')) return target
  const url = URL.parse(target)
  return url ? url.pathname + url.search : target
}
