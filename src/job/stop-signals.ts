import type { Clock } from '../clock.ts'

/** npm passes on a signal that the terminal has sent to everybody: within this time it is the same one. */
const SAME = 250

/**
 * The first SIGINT or SIGTERM stops in good order, the second ends the process as if nobody had listened.
 * @returns what stops listening
 */
export function stopOnSignals(
  stop: AbortController,
  clock: Clock,
  tell: (words: string) => void,
): () => void {
  let first: number | undefined
  function onSignal(signal: NodeJS.Signals): void {
    if (first === undefined) {
      first = clock.elapsed()
      tell('Stopping when what is under way has arrived. Once more ends at once.')
      stop.abort()
    } else if (clock.elapsed() - first > SAME) {
      quiet()
      process.kill(process.pid, signal)
    }
  }
  function quiet(): void {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return quiet
}
