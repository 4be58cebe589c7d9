import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** The cores of the measured server and of everything else: the load generator, the issuer, this process. */
export const SERVER_CORE = 0
const OTHER_CORE = 1

/** True if this machine can pin a process to a core: it needs two of them, and taskset (util-linux). */
export const canPin = availableParallelism() >= 2 && hasTaskset()

/** Keeps this process, and the processes that it starts, off the core of the server. */
export function leaveServerCore(): void {
  if (canPin) execFileSync('taskset', ['-a', '-c', '-p', String(OTHER_CORE), String(process.pid)])
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'])
    return true
  } catch {
    return false
  }
}
