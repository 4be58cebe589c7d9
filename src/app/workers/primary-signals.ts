import type { Crew } from './worker-pool.ts'

/** SIGUSR2 replaces the workers, one after the other; one that comes meanwhile is for once more. */
export function replaceOnSignal(crew: Crew, started: Promise<unknown>): void {
  let [asked, busy] = [false, false]
  process.on('SIGUSR2', async () => {
    asked = true
    if (busy) return
    busy = true
    await started
    while (asked) {
      asked = false
      await crew.replaceAll()
    }
    busy = false
  })
}

/** SIGHUP goes on to all workers, to each as soon as it can bear it. */
export function reopenOnSignal(crew: Crew): void {
  process.on('SIGHUP', () => {
    for (const hand of crew.hands)
      hand.serving.then(
        () => hand.kill('SIGHUP'),
        () => undefined,
      )
  })
}
