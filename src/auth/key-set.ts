import type { KeyObject } from 'node:crypto'
import { invalidToken, serviceUnavailable } from '../errors/api-error.ts'
import type { Clock } from '../lib/clock.ts'
import { hasSameKeys, type PublicKeys, parseJwks } from './jwks.ts'

/** Fetches a key set document, or what another process knows of it; throws when it can't be had. */
export type FetchJwks = () => Promise<unknown>

/** A document that another process fetched for this one. */
export class HandedOn {
  readonly document: unknown
  /** Milliseconds since it came from the issuer. */
  readonly ageMs: number
  /** Why the issuer gave no newer one; undefined when it did. */
  readonly fault: string | undefined

  constructor(document: unknown, ageMs: number, fault: string | undefined) {
    this.document = document
    this.ageMs = ageMs
    this.fault = fault
  }
}

type Options = {
  readonly fetchKeys: FetchJwks
  readonly clock: Clock
  /** From 0 to 1: spreads the fetches of many copies. */
  readonly random: () => number
  /** Milliseconds between two fetches while all is well. */
  readonly refreshMs: number
  /** How long the last good keys serve once the issuer is away, milliseconds. */
  readonly outageMs: number
  /** Called after each fetch; with the fault, where it was of no use. */
  readonly onFetch: (fault?: unknown) => void
}

const UNKNOWN_KID_MS = 30_000
const BACKOFF_MS = { first: 1_000, most: 60_000 }

/**
 * The issuer's public keys: fetched at start, refreshed behind the requests, one fetch at a time.
 * A set without a usable key never replaces a good one; in an outage the last good one serves for a bounded time.
 */
export class KeySet {
  readonly #options: Options
  readonly #usableMs: number
  #keys: PublicKeys = new Map()
  #generation = 0
  #fetchedAt = Number.NEGATIVE_INFINITY
  #attemptedAt = Number.NEGATIVE_INFINITY
  #failures = 0
  #inFlight: Promise<void> | undefined
  #running = false
  #cancel = () => {}

  constructor(options: Options) {
    this.#options = options
    // An outage shows at the first fetch that fails, which is a whole interval after the last good one.
    this.#usableMs = options.outageMs + spread(options.refreshMs, 0.1, 1)
  }

  /** Changes when the set of keys does. */
  get generation(): number {
    return this.#generation
  }

  get size(): number {
    return this.#keys.size
  }

  /** Seconds since the keys were fetched; infinite before the first time. */
  get ageSeconds(): number {
    return (this.#options.clock.monotonicNow() - this.#fetchedAt) / 1000
  }

  /** Whether there are keys that are fresh enough to be used. */
  get isUsable(): boolean {
    return this.#options.clock.monotonicNow() - this.#fetchedAt < this.#usableMs
  }

  /** Fetches now and keeps the set fresh until `stop`. Resolves even when the issuer is away. */
  async start(): Promise<void> {
    this.#running = true
    await this.#refresh()
  }

  /** Fetches where a request may cause it, and waits for what is under way: who asks for others is bound by the same times. */
  async lookAgain(): Promise<void> {
    await this.#mayRefresh()
  }

  stop(): void {
    this.#running = false
    this.#cancel()
  }

  /**
   * The key with this id. One that is known is there at once; one that is not costs a fetch at most every 30 s, counted
   * from the last, good or not; after a failed one nobody waits for the next.
   * @throws Refusal `invalid_token` when the issuer has no such key, `SERVICE_UNAVAILABLE` when that cannot be told
   */
  find = async (kid: string): Promise<KeyObject> => {
    const known = this.#usableKey(kid)
    if (known) return known
    const fetching = this.#mayRefresh()
    if (this.#failures === 0) await fetching
    const key = this.#usableKey(kid)
    if (key) return key
    if (this.isUsable && this.#failures === 0) throw invalidToken('unknown_kid')
    throw serviceUnavailable('The issuer’s keys', Math.max(1, Math.ceil(this.#wait() / 1000)))
  }

  #usableKey(kid: string): KeyObject | undefined {
    return this.isUsable ? this.#keys.get(kid) : undefined
  }

  #mayRefresh(): Promise<void> | undefined {
    return this.#inFlight ?? (this.#wait() <= 0 ? this.#refresh() : undefined)
  }

  /** Milliseconds until a request may cause a fetch. */
  #wait(): number {
    const interval = this.isUsable ? UNKNOWN_KID_MS : this.#backoff()
    return this.#attemptedAt + interval - this.#options.clock.monotonicNow()
  }

  #backoff(): number {
    return Math.min(BACKOFF_MS.first * 2 ** Math.max(this.#failures - 1, 0), BACKOFF_MS.most)
  }

  #refresh(): Promise<void> {
    this.#inFlight ??= this.#fetch().finally(() => {
      this.#inFlight = undefined
      this.#schedule()
    })
    return this.#inFlight
  }

  async #fetch(): Promise<void> {
    const { clock, fetchKeys: fetchJwks, onFetch } = this.#options
    try {
      const fetched = await fetchJwks()
      if (fetched instanceof HandedOn) this.#takeOver(fetched)
      else this.#take(parseJwks(fetched), 0)
      this.#failures = 0
      onFetch()
    } catch (error) {
      this.#failures += 1
      onFetch(error)
    }
    // Counted from its end: what took long to fail is not tried again at once.
    this.#attemptedAt = clock.monotonicNow()
  }

  #take(keys: PublicKeys, ageMs: number): void {
    if (!hasSameKeys(keys, this.#keys)) this.#generation += 1
    this.#keys = keys
    this.#fetchedAt = this.#options.clock.monotonicNow() - ageMs
  }

  /** In an outage the last good keys come along with why there are no newer ones: they serve, and age. */
  #takeOver({ document, ageMs, fault }: HandedOn): void {
    if (document !== undefined) this.#take(parseJwks(document), ageMs)
    if (fault !== undefined) throw new Error(fault)
  }

  #schedule(): void {
    this.#cancel()
    if (!this.#running) return
    const { clock, random, refreshMs } = this.#options
    const interval =
      this.#failures > 0 ? spread(this.#backoff(), 0.5, random()) : spread(refreshMs, 0.1, random())
    this.#cancel = clock.schedule(interval, () => void this.#refresh())
  }
}

/** Between `1 - part` and `1 + part` of an interval, as a number from 0 to 1 says. */
const spread = (interval: number, part: number, where: number) => interval * (1 - part + 2 * part * where)
