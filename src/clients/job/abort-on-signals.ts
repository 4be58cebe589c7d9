import type { EventEmitter } from 'node:events'
import { constants } from 'node:os'
import type { Clock } from '../../lib/clock.ts'

/** npm forwards a signal that the terminal also sends to the whole process group. */
const DUPLICATE_SIGNAL_MS = 250
const MAX_TIMER_MS = 2 ** 31 - 1

type SignalOptions = {
  readonly abortController: AbortController
  readonly clock: Clock
  readonly report: (message: string) => void
  /** Default: the process. */
  readonly signalEmitter?: Pick<EventEmitter, 'on' | 'off'>
  readonly terminate?: (signal: NodeJS.Signals) => void
}

export type SignalHandler = {
  /** Returns 130 after SIGINT, 143 after SIGTERM, undefined when no signal has arrived. */
  readonly exitCode: () => number | undefined
  /** Removes the listeners. */
  readonly dispose: () => void
}

/**
 * Aborts on the first SIGINT or SIGTERM, and terminates the process on the second. Keeps the process alive until it is
 * disposed: a pending retry does not.
 */
export function abortOnSignals({
  abortController,
  clock,
  report,
  signalEmitter = process,
  terminate = (signal) => process.kill(process.pid, signal),
}: SignalOptions): SignalHandler {
  const keepAlive = setInterval(() => undefined, MAX_TIMER_MS)
  let first: { readonly signal: NodeJS.Signals; readonly receivedAt: number } | undefined

  function onSignal(signal: NodeJS.Signals): void {
    if (!first) {
      first = { signal, receivedAt: clock.monotonicNow() }
      report('Stopping after the requests in flight. Send the signal again to stop at once.')
      abortController.abort()
    } else if (clock.monotonicNow() - first.receivedAt > DUPLICATE_SIGNAL_MS) {
      dispose()
      terminate(signal)
    }
  }
  function dispose(): void {
    clearInterval(keepAlive)
    signalEmitter.off('SIGINT', onSignal)
    signalEmitter.off('SIGTERM', onSignal)
  }

  signalEmitter.on('SIGINT', onSignal)
  signalEmitter.on('SIGTERM', onSignal)
  return { exitCode: () => first && 128 + constants.signals[first.signal], dispose }
}
