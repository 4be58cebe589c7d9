import type { EventEmitter } from 'node:events'
import type { Clock } from '../../lib/clock.ts'

/** npm passes on a signal that the terminal has sent to everybody: within this time it is the same one. */
const SAME = 250
const LONGEST_TIMER = 2 ** 31 - 1

type Listening = {
  readonly abortController: AbortController
  readonly clock: Clock
  readonly report: (words: string) => void
  /** Where signals come from; the process, if not said. */
  readonly signalEmitter?: Pick<EventEmitter, 'on' | 'off'>
  readonly terminate?: (signal: NodeJS.Signals) => void
}

/**
 * The first SIGINT or SIGTERM stops in good order, the second ends the process as if nobody had listened. Until then the
 * process lives: waiting for a server that is away would not keep it alive by itself.
 * @returns what stops listening
 */
export function abortOnSignals({
  abortController,
  clock,
  report,
  signalEmitter = process,
  terminate = endBy,
}: Listening): () => void {
  const alive = setInterval(() => undefined, LONGEST_TIMER)
  let first: number | undefined
  function onSignal(signal: NodeJS.Signals): void {
    if (first === undefined) {
      first = clock.monotonicNow()
      report('Stopping when what is under way has arrived. Once more ends at once.')
      abortController.abort()
    } else if (clock.monotonicNow() - first > SAME) {
      quiet()
      terminate(signal)
    }
  }
  function quiet(): void {
    clearInterval(alive)
    signalEmitter.off('SIGINT', onSignal)
    signalEmitter.off('SIGTERM', onSignal)
  }
  signalEmitter.on('SIGINT', onSignal)
  signalEmitter.on('SIGTERM', onSignal)
  return quiet
}

const endBy = (signal: NodeJS.Signals) => process.kill(process.pid, signal)
