import { BlockList, isIP, isIPv6 } from 'node:net'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Clock } from './clock.ts'

const WINDOW_SECONDS = 60
/** How long nobody asks a store that was away: each question to one that hangs would take all of its time. Milliseconds. */
const AWAY_MS = 1_000
/** Names that are counted each by themselves in one copy; the others share one count, so that memory ends somewhere. */
const MOST_NAMES = 100_000
const OTHERS = 'others'

type Options = {
  /** What is counted, as the headers have it. */
  readonly name: 'address' | 'client'
  readonly perMinute: number
  /** A client of `ioredis`, for copies that count together; undefined: this copy counts by itself. */
  readonly store: object | undefined
  /** Who counts for several processes of one copy, where there is no store; it may fail. */
  readonly elsewhere?: CountRequest | undefined
  readonly clock: Clock
}

/** How often somebody has asked. */
export type RateLimitUsage = Pick<RateLimiterRes, 'consumedPoints' | 'remainingPoints' | 'msBeforeNext'>

/** Counts one more request of somebody. */
export type CountRequest = (key: string) => Promise<RateLimitUsage>

/** What came of one more request. */
type RateLimitResult = {
  readonly isAllowed: boolean
  /** Seconds until there is room again. */
  readonly retryAfterSeconds: number
  /** draft-ietf-httpapi-ratelimit-headers-10 §3, §4: both are lists, to which others may be added. */
  readonly headers: { readonly 'ratelimit-policy': string; readonly ratelimit: string }
}

/** Counts one more request of somebody; it never throws. */
export type ConsumeRateLimit = (key: string) => Promise<RateLimitResult>

/** So many requests in a minute from the first. While the store is away, each process counts by itself. */
export function createRateLimit({
  name,
  perMinute: maxPerMinute,
  store: redisClient,
  elsewhere: sharedCounter,
  clock,
}: Options): ConsumeRateLimit {
  const own = createLocalCounter(name, maxPerMinute, clock)
  const shared = redisClient ? storeCount(name, maxPerMinute, redisClient) : sharedCounter
  const policy = `"${name}";q=${maxPerMinute};w=${WINDOW_SECONDS}`
  let awayUntil = Number.NEGATIVE_INFINITY

  async function count(who: string): Promise<RateLimitUsage> {
    if (!shared || clock.monotonicNow() < awayUntil) return own(who)
    try {
      return await shared(who)
    } catch {
      // The connection tells of its own faults.
      awayUntil = clock.monotonicNow() + AWAY_MS
      return own(who)
    }
  }

  return async function take(who) {
    const { consumedPoints, remainingPoints, msBeforeNext } = await count(who)
    const resetSeconds = Math.max(1, Math.ceil(msBeforeNext / 1_000))
    const ratelimit = `"${name}";r=${remainingPoints};t=${resetSeconds}`
    const headers = { 'ratelimit-policy': policy, ratelimit }
    return { isAllowed: consumedPoints <= maxPerMinute, retryAfterSeconds: resetSeconds, headers }
  }
}

const optionsOf = (name: string, points: number) => ({
  points,
  duration: WINDOW_SECONDS,
  keyPrefix: `rate:${name}`,
})

/** Counts in this process's memory, by itself; it does not fail. */
export const createLocalCounter = (name: string, perMinute: number, clock: Clock): CountRequest =>
  bounded(new RateLimiterMemory(optionsOf(name, perMinute)), clock)

function storeCount(name: string, perMinute: number, storeClient: object): CountRequest {
  const options = { ...optionsOf(name, perMinute), storeClient, rejectIfRedisNotReady: true }
  const shared = new RateLimiterRedis(options)
  return (who) => counted(shared.consume(who))
}

/** The library throws its count where there is no room. */
const counted = (consumed: Promise<RateLimiterRes>) =>
  consumed.catch((count: unknown) => {
    if (count instanceof RateLimiterRes) return count
    throw count
  })

/** Whoever comes new when there are too many names counts among the others: of names, an attacker has any number. */
function bounded(limiter: RateLimiterMemory, clock: Clock): (who: string) => Promise<RateLimiterRes> {
  let [young, old, since] = [0, 0, clock.monotonicNow()]
  function forget(): void {
    const age = clock.monotonicNow() - since
    if (age < WINDOW_SECONDS * 1_000) return
    old = age < 2 * WINDOW_SECONDS * 1_000 ? young : 0
    young = 0
    since = clock.monotonicNow()
  }
  return async function countOwn(who) {
    forget()
    const known = young + old < MOST_NAMES || (await limiter.get(who)) !== null
    const count = await counted(limiter.consume(known ? who : OTHERS))
    if (count.isFirstInDuration) young += 1
    return count
  }
}

const mapped = new BlockList()
mapped.addSubnet('::ffff:0:0', 96, 'ipv6')

/**
 * Under whose name an address is counted: a network of IPv6 is one customer's (RFC 6177 §2), who has 2^64 addresses in it.
 * @returns the address itself for IPv4, the first 64 bits for IPv6
 */
export function toAddressKey(address: string): string {
  if (!isIPv6(address)) return isIP(address) === 0 ? OTHERS : address
  if (mapped.check(address, 'ipv6')) return address.slice(address.lastIndexOf(':') + 1)
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::', 2)
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  return [...before, ...(tail === undefined ? [] : zeros), ...after].slice(0, 4).map(shortest).join(':')
}

const shortest = (group: string) => Number.parseInt(group, 16).toString(16)
