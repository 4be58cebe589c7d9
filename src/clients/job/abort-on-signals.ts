import type { EventEmitter } from 'node:events'
import type { Clock } from '../../lib/clock.ts'

/** npm passes on a signal that the terminal has sent to everybody: within this time it is the same one. */
const SAME = 250
const LONGEST_TIMER = 2 ** 31 - 1

type Listening = {
  readonly stop: AbortController
  readonly clock: Clock
  readonly tell: (words: string) => void
  /** Where signals come from; the process, if not said. */
  readonly signals?: Pick<EventEmitter, 'on' | 'off'>
  readonly end?: (signal: NodeJS.Signals) => void
}

/**
 * The first SIGINT or SIGTERM stops in good order, the second ends the process as if nobody had listened. Until then the
 * process lives: waiting for a server that is away would not keep it alive by itself.
 * @returns what stops listening
 */
export function stopOnSignals({ stop, clock, tell, signals = process, end = endBy }: Listening): () => void {
  const alive = setInterval(() => undefined, LONGEST_TIMER)
  let first: number | undefined
  function onSignal(signal: NodeJS.Signals): void {
    if (first === undefined) {
      first = clock.elapsed()
      tell('Stopping when what is under way has arrived. Once more ends at once.')
      stop.abort()
    } else if (clock.elapsed() - first > SAME) {
      quiet()
      end(signal)
    }
  }
  function quiet(): void {
    clearInterval(alive)
    signals.off('SIGINT', onSignal)
    signals.off('SIGTERM', onSignal)
  }
  signals.on('SIGINT', onSignal)
  signals.on('SIGTERM', onSignal)
  return quiet
}

const endBy = (signal: NodeJS.Signals) => process.kill(process.pid, signal)
