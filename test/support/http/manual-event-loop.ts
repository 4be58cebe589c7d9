/** Creates an event loop whose time and turns a test controls. */
export function createManualEventLoop() {
  let nowMs = 0
  let pending: (() => void)[] = []
  return {
    now: () => nowMs,
    runAfterTurn: (callback: () => void) => void pending.push(callback),
    pendingCount: () => pending.length,
    advance(milliseconds: number) {
      nowMs += milliseconds
    },
    /** Runs the pending callbacks, each of which takes `msPerTask`. */
    runTurn(msPerTask = 0) {
      const callbacks = pending
      pending = []
      for (const callback of callbacks) {
        callback()
        nowMs += msPerTask
      }
    },
  }
}
