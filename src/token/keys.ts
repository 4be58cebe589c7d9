import { type CryptoKey, importJWK, type JWK } from 'jose'
import { invalidToken, unavailable } from '../refusal.ts'

export type Key = CryptoKey

/** Fetches a key set document; throws when it can't be had. */
export type FetchKeys = () => Promise<unknown>

type Options = {
  readonly fetchKeys: FetchKeys
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** From 0 to 1: spreads the refreshes of many copies. */
  readonly random: () => number
  readonly onFailure: (error: unknown) => void
}

const REFRESH_MS = 5 * 60_000
const UNKNOWN_KID_MS = 30_000
const STALE_MS = 3_600_000
const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]
const MAX_KEYS = 20
const MIN_RSA_BITS = 2048

/**
 * The issuer's public keys: fetched at start, refreshed behind the requests, one fetch at a time.
 * A set without a usable key never replaces a good one; in an outage the last good one serves for an hour.
 */
export class KeySet {
  readonly #options: Options
  #keys = new Map<string, Key>()
  #ids = ''
  #generation = 0
  #fetchedAt = Number.NEGATIVE_INFINITY
  #attemptedAt = Number.NEGATIVE_INFINITY
  #failures = 0
  #inFlight: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** Changes when the set of keys does. */
  get generation(): number {
    return this.#generation
  }

  /** Whether there are keys that are fresh enough to be used. */
  get usable(): boolean {
    return this.#keys.size > 0 && this.#options.now() - this.#fetchedAt < STALE_MS
  }

  /** Fetches now and keeps the set fresh until `stop`. Resolves even when the issuer is away. */
  async start(): Promise<void> {
    await this.#refresh()
    this.#schedule()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /**
   * The key with this id.
   * @throws Refusal `SERVICE_UNAVAILABLE` when no keys can be had, `invalid_token` when the issuer has no such key
   */
  find = async (kid: string): Promise<Key> => {
    if (!this.usable && this.#mayAttempt(this.#backoff())) await this.#refresh()
    if (this.usable && !this.#keys.has(kid) && this.#mayAttempt(UNKNOWN_KID_MS)) await this.#refresh()
    else await this.#inFlight
    if (!this.usable) throw unavailable('The issuer’s keys', Math.ceil(this.#backoff() / 1000))
    const key = this.#keys.get(kid)
    if (!key) throw invalidToken('it is signed with a key that the issuer does not publish')
    return key
  }

  #mayAttempt(interval: number): boolean {
    return this.#inFlight !== undefined || this.#options.now() - this.#attemptedAt >= interval
  }

  #backoff(): number {
    return BACKOFF_MS[Math.min(Math.max(this.#failures - 1, 0), BACKOFF_MS.length - 1)] ?? UNKNOWN_KID_MS
  }

  #refresh(): Promise<void> {
    this.#inFlight ??= this.#fetch().finally(() => {
      this.#inFlight = undefined
    })
    return this.#inFlight
  }

  async #fetch(): Promise<void> {
    this.#attemptedAt = this.#options.now()
    try {
      this.#replace(await usableKeys(await this.#options.fetchKeys()))
      this.#fetchedAt = this.#options.now()
      this.#failures = 0
    } catch (error) {
      this.#failures += 1
      this.#options.onFailure(error)
    }
  }

  #replace(keys: Map<string, Key>): void {
    const ids = JSON.stringify([...keys.keys()].sort())
    if (ids !== this.#ids) this.#generation += 1
    this.#ids = ids
    this.#keys = new Map([...keys].map(([id, key]) => [id.slice(id.indexOf(' ') + 1), key]))
  }

  #schedule(): void {
    const interval = this.#failures > 0 ? this.#backoff() : REFRESH_MS
    const spread = interval * (0.9 + 0.2 * this.#options.random())
    this.#timer = setTimeout(() => void this.start(), spread).unref()
  }
}

/** The RS256 keys of a JWKS (RFC 7517), by modulus and id; throws when there is none. */
async function usableKeys(document: unknown): Promise<Map<string, Key>> {
  const list = (document as { keys?: unknown } | null)?.keys
  if (!Array.isArray(list) || list.length > MAX_KEYS)
    throw new Error('the key set is not a list of 1 to 20 keys')
  const keys = new Map<string, Key>()
  for (const jwk of list as (JWK | null)[]) {
    if (jwk?.kty !== 'RSA' || !jwk.kid || (jwk.use ?? 'sig') !== 'sig' || (jwk.alg ?? 'RS256') !== 'RS256')
      continue
    if (Buffer.from(jwk.n ?? '', 'base64url').length * 8 < MIN_RSA_BITS) continue
    keys.set(
      `${jwk.n} ${jwk.kid}`,
      (await importJWK({ kty: 'RSA', n: jwk.n, e: jwk.e } as JWK, 'RS256')) as Key,
    )
  }
  if (keys.size === 0) throw new Error('the key set holds no usable RS256 key')
  return keys
}
