/** A loop whose time and whose turns a test makes. */
export function createManualEventLoop() {
  let at = 0
  let asked: (() => void)[] = []
  return {
    now: () => at,
    runAfterTurn: (serve: () => void) => void asked.push(serve),
    /** How many wait for the end of the turn. */
    pendingCount: () => asked.length,
    advance(milliseconds: number) {
      at += milliseconds
    },
    /** Ends a turn: what was asked for until now is done, each taking so long. */
    runTurn(msPerTask = 0) {
      const now = asked
      asked = []
      for (const serve of now) {
        serve()
        at += msPerTask
      }
    },
  }
}
