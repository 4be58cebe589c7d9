import { setTimeout as sleep } from 'node:timers/promises'
import { isatty } from 'node:tty'
import type { Logger } from '../observability/logger.ts'

export type StoppableServer = {
  /** Makes `/readyz` report "not ready"; requests are served as before. */
  markNotReady?(): void
  /** @param keepIdleConnections whether idle connections stay open for a grace period, for one last request each */
  close(keepIdleConnections?: boolean): Promise<void>
}

/** Ctrl-C arrives twice under npm: from the terminal and from npm. Within this time it counts once. */
const SAME_SIGNAL_MS = 250
const STDIN = 0
const EXIT_STOPPED = 0
const EXIT_FAILED = 1

/** Closes the servers in order and exits with 0 on SIGTERM or SIGINT. A second signal exits with 1 at once. */
export function shutDownOnSignals(servers: readonly StoppableServer[], drainDelayMs: number): void {
  let first: { readonly signal: string; readonly at: number } | undefined
  function onSignal(signal: string): void {
    if (first === undefined) {
      first = { signal, at: performance.now() }
      // SIGINT comes from a terminal, whose user does not wait for the idle connections of a browser.
      void shutDown(servers, { drainDelayMs, keepIdleConnections: signal === 'SIGTERM' })
    } else if (signal !== first.signal || performance.now() - first.at > SAME_SIGNAL_MS)
      process.exit(EXIT_FAILED)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  ignoreHangup()
}

/**
 * Keeps SIGHUP from ending a service: log rotation sends it, also where the audit log is no file. To a process with a
 * terminal as its standard input it means that the terminal was closed.
 */
export function ignoreHangup(): void {
  if (!isatty(STDIN)) process.on('SIGHUP', () => undefined)
}

/**
 * Reports "not ready", waits, closes the servers in order so that requests in flight finish, and exits with 0.
 * @param drainDelayMs time to report "not ready" before the listeners close, so that a load balancer notices
 */
export async function shutDown(
  servers: readonly StoppableServer[],
  { drainDelayMs, keepIdleConnections }: { drainDelayMs: number; keepIdleConnections: boolean },
): Promise<never> {
  for (const server of servers) server.markNotReady?.()
  if (drainDelayMs > 0) await sleep(drainDelayMs)
  for (const server of servers) await server.close(keepIdleConnections)
  process.exit(EXIT_STOPPED)
}

/**
 * Logs an uncaught error and exits with 1 at once. Requests in flight are not finished: the code that failed may hold a
 * lock or half a change. Their connections break, and a write with an idempotency key can be sent again.
 */
export function exitOnUncaughtException(log: Logger): void {
  process.on('uncaughtException', (error: unknown, origin) => {
    try {
      log.fatal({ err: error, origin }, 'uncaught error: the process exits')
    } finally {
      process.exit(EXIT_FAILED)
    }
  })
}
