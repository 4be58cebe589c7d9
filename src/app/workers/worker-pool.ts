import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../observability/logger.ts'
import type { Ended, Hand } from './worker-handle.ts'
import type { Stop } from './worker-process.ts'

type Options = {
  readonly size: number
  readonly fork: () => Hand
  readonly clock: Clock
  readonly log: Logger
  /** How long a worker may take to end in good order, milliseconds; then it is killed. */
  readonly endMs: number
  /** Called when nobody serves and nobody can be started. */
  readonly giveUp: () => void
}

/** A worker that lives for less has not lived: what ends it is likely to end the next one, too. Milliseconds. */
const QUICK_MS = 5_000
const BACKOFF_MS = { first: 100, most: 30_000 }
/** So many that hardly lived, one after another: where nobody serves, nobody will. */
const MOST_QUICK = 5
/** How often a worker is asked whether it lives, and how often in a row it may be silent. */
const PULSE_MS = 5_000
const MOST_SILENT = 6

/** The workers: as many as there should be, whatever becomes of each. */
export class Crew {
  readonly #options: Options
  readonly #hands = new Set<Hand>()
  /** Whose place somebody is about to take. */
  readonly #leaving = new WeakSet<Hand>()
  #quick = 0
  #stopping = false
  #cancel: (() => void) | undefined

  constructor(options: Options) {
    this.#options = options
  }

  get stopping(): boolean {
    return this.#stopping
  }

  /** Those that are there, or begin to be. */
  get hands(): readonly Hand[] {
    return [...this.#hands]
  }

  /** How many serve. */
  get serving(): number {
    return this.hands.filter(({ state }) => state === 'serving').length
  }

  /**
   * Starts one, which finds out for all whether a start can be, makes the tables and opens the port; then the others.
   * @returns where they serve, once all of them do or have been replaced once
   * @throws Ended when the first one does not start: it has said why
   */
  async start(): Promise<string> {
    const first = this.#add()
    const url = await first.serving
    this.#watch(first)
    // One that never gets there keeps nobody from looking after the others.
    this.#feelPulse()
    this.#fill()
    await Promise.allSettled(this.hands.map(({ serving }) => serving))
    return url
  }

  /** Each worker in turn: a new one first, and once that serves the old one ends. */
  async replaceAll(): Promise<void> {
    const { log } = this.#options
    for (const old of this.hands.filter(({ state }) => state === 'serving')) {
      const replaced = await this.replace(old)
      if (this.#stopping) return
      if (!replaced) return log.error('the restart ends here: a new worker did not start')
    }
    log.info('each worker has been replaced')
  }

  /** @returns false when no other could be started, and it goes on */
  async replace(old: Hand): Promise<boolean> {
    // It ended by itself meanwhile, and has been replaced; or somebody else is about it.
    if (this.#stopping || !this.#hands.has(old) || this.#leaving.has(old)) return true
    this.#leaving.add(old)
    const next = this.#add()
    this.#watch(next)
    try {
      await next.serving
    } catch {
      this.#leaving.delete(old)
      return false
    }
    if (!this.#stopping && (await this.#end(old, { politely: true })) === 'killed')
      this.#options.log.error({ worker: old.id }, 'a worker did not end in time and was killed')
    return true
  }

  /** All say "not ready" from now on, and serve as before; nobody is replaced any more. */
  announce(): void {
    this.#stopping = true
    this.#cancel?.()
    for (const { line } of this.#hands) line.tell('announce')
  }

  /** Ends all. @throws Error when one had to be killed */
  async stop(politely: boolean): Promise<void> {
    this.#stopping = true
    this.#cancel?.()
    const ends = await Promise.all(this.hands.map((hand) => this.#end(hand, { politely })))
    if (ends.includes('killed')) throw new Error('a worker did not end in time and was killed')
  }

  /** At the end of this process: who was told to stop and did not is not waited for any more. */
  abandon(): void {
    if (!this.#stopping) return
    for (const hand of this.#hands) hand.kill('SIGKILL')
  }

  #add(): Hand {
    const hand = this.#options.fork()
    this.#hands.add(hand)
    hand.ended.then(() => this.#hands.delete(hand))
    return hand
  }

  #watch(hand: Hand): void {
    hand.ended.then((end) => {
      if (hand.state !== 'ending') this.#lost(hand, end)
    })
  }

  #lost(hand: Hand, { code, signal }: Ended): void {
    if (this.#stopping) return
    const { clock, log } = this.#options
    log.error({ worker: hand.id, code, signal }, 'a worker ended')
    this.#quick = clock.monotonicNow() - hand.bornAt < QUICK_MS ? this.#quick + 1 : 0
    if (this.#quick >= MOST_QUICK && this.hands.every(({ state }) => state === 'ending'))
      this.#options.giveUp()
    else if (this.#quick === 0) this.#fill()
    else this.#cancel ??= clock.schedule(this.#backoff(), () => this.#fill())
  }

  #backoff(): number {
    return Math.min(BACKOFF_MS.first * 2 ** (this.#quick - 1), BACKOFF_MS.most)
  }

  #fill(): void {
    this.#cancel = undefined
    if (this.#stopping) return
    const there = this.hands.filter(({ state }) => state !== 'ending').length
    for (let count = there; count < this.#options.size; count += 1) this.#watch(this.#add())
  }

  async #end(hand: Hand, how: Stop): Promise<'ended' | 'killed'> {
    const { clock, endMs } = this.#options
    // One that has just been started can be asked for nothing; it has nothing to finish.
    if (hand.state === 'starting') hand.kill('SIGTERM')
    else hand.line.tell('stop', how)
    hand.state = 'ending'
    let outcome: 'ended' | 'killed' = 'ended'
    const cancel = clock.schedule(endMs, () => {
      outcome = 'killed'
      hand.kill('SIGKILL')
    })
    await hand.ended
    cancel()
    return outcome
  }

  /** One whose loop stands still has connections of its own that nobody answers. */
  #feelPulse(): void {
    const { clock, log } = this.#options
    clock.schedule(PULSE_MS, () => {
      for (const hand of this.hands.filter(({ state }) => state === 'serving')) {
        hand.silent += 1
        hand.line.ask('pulse').catch(() => undefined)
        if (hand.silent <= MOST_SILENT) continue
        log.error({ worker: hand.id }, 'a worker does not answer, and is killed')
        hand.kill('SIGKILL')
      }
      if (!this.#stopping) this.#feelPulse()
    })
  }
}
