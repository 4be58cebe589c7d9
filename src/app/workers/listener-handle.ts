import { subscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

/** What Node listens with; `node:cluster` has it for itself, and no other way leads to it. */
type Handle = {
  onconnection: (fault: number, connection?: { close(): void }) => void
  close(): void
}

/** The port, as the primary has it. */
export type Door = {
  /**
   * Takes no more connections, and waits until each that was taken is a worker's.
   * @param longestMs for those who come without end
   */
  shut(longestMs: number): Promise<void>
}

/** No more come when nobody came for so many turns of the loop. */
const QUIET_TURNS = 3

/**
 * Watches the port that the first worker opens here. When the last worker leaves, `node:cluster` closes what is listened with, and
 * each connection that no worker has taken yet: what was sent on it is reset. So the primary shuts the door before workers
 * leave. Nothing public leads there; should it ever lead nowhere, a stop under load resets connections that are new.
 */
export function watchDoor(): Door {
  let handle: Handle | undefined
  let [waiting, quiet] = [0, 0]
  function watch(found: Handle): void {
    const take = found.onconnection
    handle = found
    found.onconnection = (fault, connection) => {
      quiet = 0
      if (connection) {
        waiting += 1
        const close = connection.close
        // It is closed here once a worker has it.
        connection.close = () => {
          connection.close = close
          waiting -= 1
          connection.close()
        }
      }
      take(fault, connection)
    }
  }
  subscribe('tracing:net.server.listen:asyncStart', (message) => {
    const { server } = message as { server: Server & { _handle?: Handle | null } }
    server.prependOnceListener('listening', () => {
      const found = server._handle
      // After the others that hear of it, who give it what takes connections.
      if (found) process.nextTick(watch, found)
    })
  })
  return {
    async shut(longestMs) {
      const latest = performance.now() + longestMs
      for (quiet = 0; quiet < QUIET_TURNS && performance.now() < latest; quiet += 1) await turn()
      handle?.close()
      while (waiting > 0 && performance.now() < latest) await turn()
    },
  }
}
