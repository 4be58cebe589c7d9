import type { KeyObject } from 'node:crypto'
import { invalidToken, serviceUnavailable } from '../errors/api-error.ts'
import type { Clock } from '../lib/clock.ts'
import { hasSameKeys, type PublicKeys, parseJwks } from './jwks.ts'

type Options = {
  /** Fetches a JWKS document. Rejects if it is unavailable. */
  readonly fetchJwks: () => Promise<unknown>
  readonly clock: Clock
  /** Returns a number from 0 to 1, so that many processes do not fetch at the same moment. */
  readonly random: () => number
  readonly refreshMs: number
  /** The time for which the last good keys stay valid in an outage of the issuer. */
  readonly outageMs: number
  /** Called after each fetch, with the error if it failed. */
  readonly onFetch: (error?: unknown) => void
}

/** The shortest interval between two fetches that tokens with an unknown `kid` cause. */
const UNKNOWN_KID_INTERVAL_MS = 30_000
const FIRST_BACKOFF_MS = 1_000
const MAX_BACKOFF_MS = 60_000

/**
 * The issuer's public keys: fetched at start and refreshed in the background, one fetch at a time. A document without a
 * usable key never replaces a good one, and the last good one stays valid for a limited time in an outage.
 */
export class KeySet {
  readonly #options: Options
  readonly #maxAgeMs: number
  #keys: PublicKeys = new Map()
  #generation = 0
  #fetchedAt = Number.NEGATIVE_INFINITY
  #attemptedAt = Number.NEGATIVE_INFINITY
  #failures = 0
  #inFlight: Promise<void> | undefined
  #isRunning = false
  #cancelRefresh = () => {}

  constructor(options: Options) {
    this.#options = options
    // An outage is noticed at the first failed fetch, up to one interval after the last good one.
    this.#maxAgeMs = options.outageMs + jitter(options.refreshMs, 0.1, 1)
  }

  /** A number that increases whenever the keys change. */
  get generation(): number {
    return this.#generation
  }

  get size(): number {
    return this.#keys.size
  }

  /** Infinite before the first successful fetch. */
  get ageSeconds(): number {
    return (this.#options.clock.monotonicNow() - this.#fetchedAt) / 1000
  }

  /** True while the keys are recent enough to verify tokens. */
  get isUsable(): boolean {
    return this.#options.clock.monotonicNow() - this.#fetchedAt < this.#maxAgeMs
  }

  /** Fetches the keys and refreshes them until `stop`. Resolves even if the fetch fails. */
  async start(): Promise<void> {
    this.#isRunning = true
    await this.#refresh()
  }

  stop(): void {
    this.#isRunning = false
    this.#cancelRefresh()
  }

  /**
   * Finds the key with this id. An unknown id causes a fetch, at most every 30 s counted from the last fetch of any kind.
   * After a failed fetch the request does not wait for the next one.
   * @throws ApiError `invalid_token` if the issuer has no such key, `SERVICE_UNAVAILABLE` if that is unknown
   */
  find = async (kid: string): Promise<KeyObject> => {
    const known = this.#getUsable(kid)
    if (known) return known
    const fetching = this.#inFlight ?? (this.#msUntilDue() <= 0 ? this.#refresh() : undefined)
    if (this.#failures === 0) await fetching
    const key = this.#getUsable(kid)
    if (key) return key
    if (this.isUsable && this.#failures === 0) throw invalidToken('unknown_kid')
    throw serviceUnavailable('The issuer’s key set', Math.max(1, Math.ceil(this.#msUntilDue() / 1000)))
  }

  #getUsable(kid: string): KeyObject | undefined {
    return this.isUsable ? this.#keys.get(kid) : undefined
  }

  /** Returns the time until a request may cause a fetch. */
  #msUntilDue(): number {
    const intervalMs = this.isUsable ? UNKNOWN_KID_INTERVAL_MS : this.#backoffMs()
    return this.#attemptedAt + intervalMs - this.#options.clock.monotonicNow()
  }

  #backoffMs(): number {
    return Math.min(FIRST_BACKOFF_MS * 2 ** Math.max(this.#failures - 1, 0), MAX_BACKOFF_MS)
  }

  #refresh(): Promise<void> {
    this.#inFlight ??= this.#fetch().finally(() => {
      this.#inFlight = undefined
      this.#scheduleRefresh()
    })
    return this.#inFlight
  }

  async #fetch(): Promise<void> {
    const { clock, fetchJwks, onFetch } = this.#options
    try {
      const keys = parseJwks(await fetchJwks())
      if (!hasSameKeys(keys, this.#keys)) this.#generation += 1
      this.#keys = keys
      this.#fetchedAt = clock.monotonicNow()
      this.#failures = 0
      onFetch()
    } catch (error) {
      this.#failures += 1
      onFetch(error)
    }
    // Counted from the end of the fetch, so that one that fails slowly is not repeated at once.
    this.#attemptedAt = clock.monotonicNow()
  }

  #scheduleRefresh(): void {
    this.#cancelRefresh()
    if (!this.#isRunning) return
    const { clock, random, refreshMs } = this.#options
    const delayMs =
      this.#failures > 0 ? jitter(this.#backoffMs(), 0.5, random()) : jitter(refreshMs, 0.1, random())
    this.#cancelRefresh = clock.schedule(delayMs, () => void this.#refresh())
  }
}

/** Scales an interval to between `1 - spread` (at `position` 0) and `1 + spread` (at 1) of its length. */
const jitter = (intervalMs: number, spread: number, position: number) =>
  intervalMs * (1 - spread + 2 * spread * position)
