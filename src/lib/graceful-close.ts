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

/**
 * Stops accepting connections and waits until the requests in flight are finished, up to the drain timeout. From then on
 * `server.listening` is false, and every response must carry `Connection: close`. The caller then closes the server.
 * @param keepIdleConnections keeps idle connections open for the grace period; otherwise they are closed at once
 * @param closeIdleConnections closes the idle connections; Node's method by default
 */
export async function closeGracefully(
  server: Server,
  { drainTimeoutMs }: Pick<ConnectionLimits, 'drainTimeoutMs'>,
  keepIdleConnections: boolean,
  closeIdleConnections = () => server.closeIdleConnections(),
): Promise<void> {
  const idleGraceMs = drainTimeoutMs * IDLE_GRACE_RATIO
  await acceptPending(server, idleGraceMs)
  // http.Server.close() also ends idle connections, and with them requests that are on their way. net's does not.
  const ended = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
  const timeout = setTimeout(() => server.closeAllConnections(), drainTimeoutMs)
  if (keepIdleConnections) await Promise.race([ended, sleep(idleGraceMs, undefined, { ref: false })])
  closeIdleConnections()
  // Connections whose last response was sent before the listener closed become idle later.
  const sweep = setInterval(closeIdleConnections, IDLE_SWEEP_MS)
  await ended
  clearTimeout(timeout)
  clearInterval(sweep)
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
