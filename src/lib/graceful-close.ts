import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionLimits } from './connection-limits.ts'

/**
 * The share of the drain timeout for which idle connections stay open, because a client may just have sent a request on
 * one (RFC 9112 §9.5). Its response then carries `Connection: close`.
 */
const IDLE_GRACE_RATIO = 1 / 4
const IDLE_SWEEP_MS = 50

type CloseOptions = {
  /** Keeps idle connections open for the grace period; otherwise they are closed at once. */
  readonly keepIdleConnections: boolean
  /** Called once the listener is closed. From then on every response must carry `Connection: close`. */
  readonly onClosed: () => void
}

/** Stops accepting connections, lets requests in flight finish within the drain timeout, then closes the server. */
export async function closeGracefully(
  server: { readonly server: Server; close(): Promise<unknown> },
  { drainTimeoutMs }: ConnectionLimits,
  { keepIdleConnections, onClosed }: CloseOptions,
): Promise<void> {
  await acceptPending(server.server, drainTimeoutMs * IDLE_GRACE_RATIO)
  // http.Server.close() also ends idle connections, and with them requests that are on their way. net's does not.
  const ended = new Promise<void>((resolve) => NetServer.prototype.close.call(server.server, () => resolve()))
  onClosed()
  const timeout = setTimeout(() => server.server.closeAllConnections(), drainTimeoutMs)
  if (keepIdleConnections) await Promise.race([ended, sleep(drainTimeoutMs * IDLE_GRACE_RATIO)])
  server.server.closeIdleConnections()
  // Connections whose last response was sent before `onClosed` become idle later.
  const sweep = setInterval(() => server.server.closeIdleConnections(), IDLE_SWEEP_MS)
  await ended
  clearTimeout(timeout)
  clearInterval(sweep)
  await server.close()
}

const QUIET_TURNS = 3

/**
 * Waits until Node has accepted the connections in the kernel's queue: closing the listener resets those that remain,
 * with the requests already sent on them. Node accepts one per turn of the event loop, so this waits for a few turns
 * without a new connection, up to `timeoutMs`.
 */
async function acceptPending(server: Server, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs
  let quietTurns = 0
  const onConnection = () => {
    quietTurns = 0
  }
  server.on('connection', onConnection)
  while (quietTurns < QUIET_TURNS && performance.now() < deadline) {
    await setImmediate()
    quietTurns += 1
  }
  server.off('connection', onConnection)
}
