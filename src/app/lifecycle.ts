import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '../observability/logger.ts'

/** A server of ours that can be stopped. */
export type StoppableServer = {
  /** Says "not ready" from now on, and serves as before. */
  markNotReady?(): void
  /** @param graceful whether connections that are kept have time for one more request each */
  close(graceful?: boolean): Promise<void>
}

/** A terminal's Ctrl-C comes from the terminal and once more from npm: within this time it is the same one. */
const SAME_MS = 250
const STOPPED = 0
const FAILED = 1

/**
 * SIGTERM and SIGINT stop in good order and exit 0: all parts say "not ready", serve on for as long as those in front of
 * them need to notice, then take no more, finish what is under way, and end. A second one does not wait: exit 1.
 * @param servers in the order in which they are closed
 */
export function shutDownOnSignals(servers: readonly StoppableServer[], drainDelayMs: number): void {
  let first: { readonly signal: string; readonly at: number } | undefined
  async function stop(signal: string): Promise<void> {
    if (first) {
      if (signal !== first.signal || performance.now() - first.at > SAME_MS) process.exit(FAILED)
      return
    }
    first = { signal, at: performance.now() }
    for (const part of servers) part.markNotReady?.()
    if (drainDelayMs > 0) await pause(drainDelayMs)
    // SIGINT is somebody at a terminal, who does not wait for a browser's idle connections.
    for (const part of servers) await part.close(signal === 'SIGTERM')
    process.exit(STOPPED)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

/**
 * A fault that nobody caught is logged, and ends the process with 1 at once. What is under way is not waited for: whoever
 * was in the middle of something when it broke may hold a lock or half a change, and would go on with it. Clients are
 * told by the connection that breaks, and a write that has a key can be sent again.
 */
export function exitOnUncaughtException(log: Logger): void {
  process.on('uncaughtException', (error: unknown, origin) => {
    try {
      log.fatal({ err: error, origin }, 'a fault that nobody caught: this process ends')
    } finally {
      process.exit(FAILED)
    }
  })
}
