import type { Clock } from '../../lib/clock.ts'
import { InterruptedError } from './errors.ts'

/** npm forwards a signal that the terminal also sends to the whole process group. */
const DUPLICATE_SIGNAL_MS = 250

/**
 * Aborts with an InterruptedError on the first SIGINT or SIGTERM, and terminates the process on the second.
 * Keeps the process alive until the listeners are removed, because a retry's timer is unref'ed.
 * @returns a function that removes the listeners
 */
export function abortOnSignals(abortController: AbortController, clock: Clock): () => void {
  const keepAlive = setInterval(() => undefined, 60_000)
  let firstSignalAt: number | undefined

  function onSignal(signal: NodeJS.Signals): void {
    if (firstSignalAt === undefined) {
      firstSignalAt = clock.monotonicNow()
      // First, so that the progress bar does not hide the message.
      abortController.abort(new InterruptedError(signal))
      console.error('Stopping after the requests in flight. Send the signal again to stop at once.')
    } else if (clock.monotonicNow() - firstSignalAt > DUPLICATE_SIGNAL_MS) {
      dispose()
      process.kill(process.pid, signal)
    }
  }
  function dispose(): void {
    clearInterval(keepAlive)
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }

  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return dispose
}

/**
 * Ends the process on SIGINT or SIGTERM with a message and the exit status of an interrupted job. Without a listener, the
 * first process of a container would ignore both signals.
 */
export function exitOnSignals(message: string): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      console.error(`Interrupted: ${message}`)
      process.exit(new InterruptedError(signal).exitCode)
    })
}
