import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible'
import type { Clock } from './clock.ts'
import { TwoGenerationMap } from './two-generation-map.ts'

const WINDOW_SECONDS = 60
/** The most keys that are counted separately in memory. */
const MAX_KEYS = 100_000
/** The key that shares one count among all keys beyond `MAX_KEYS`. */
const SHARED_KEY = 'others'

type Options = {
  /** The policy's name in the response headers. */
  readonly name: 'address' | 'client'
  readonly maxPerMinute: number
  /** An `ioredis` client, to count together with other processes; undefined: this process counts alone. */
  readonly redisClient: object | undefined
  readonly clock: Clock
}

type RateLimitResult = {
  readonly isAllowed: boolean
  readonly retryAfterSeconds: number
  /** draft-ietf-httpapi-ratelimit-headers-10 §3, §4. Both are lists that other policies can be appended to. */
  readonly headers: { readonly 'ratelimit-policy': string; readonly ratelimit: string }
}

/** Counts one request of a key against the limit. Never throws. */
export type ConsumeRateLimit = (key: string) => Promise<RateLimitResult>

/** Creates a fixed-window limit per minute and key. During an outage of Redis each process counts alone. */
export function createRateLimit({ name, maxPerMinute, redisClient, clock }: Options): ConsumeRateLimit {
  const options = { points: maxPerMinute, duration: WINDOW_SECONDS, keyPrefix: `rate:${name}` }
  const policy = `"${name}";q=${maxPerMinute};w=${WINDOW_SECONDS}`
  const memoryLimiter = new RateLimiterMemory(options)
  const knownKeys = new TwoGenerationMap<true>(WINDOW_SECONDS * 1_000, clock)
  const redisLimiter =
    redisClient && new RateLimiterRedis({ ...options, storeClient: redisClient, rejectIfRedisNotReady: true })

  async function count(key: string): Promise<RateLimiterRes> {
    if (!redisLimiter) return countInMemory(key)
    try {
      return await countWith(redisLimiter, key)
    } catch {
      // The connection reports its errors itself.
      return countInMemory(key)
    }
  }

  /** Bounds the memory: an attacker can invent any number of keys, so new ones share a count beyond `MAX_KEYS`. */
  async function countInMemory(key: string): Promise<RateLimiterRes> {
    const countedKey = knownKeys.size < MAX_KEYS || knownKeys.get(key) ? key : SHARED_KEY
    const usage = await countWith(memoryLimiter, countedKey)
    if (usage.isFirstInDuration) knownKeys.set(countedKey, true)
    return usage
  }

  return async function consume(key) {
    const { consumedPoints, remainingPoints, msBeforeNext } = await count(key)
    const resetSeconds = Math.max(1, Math.ceil(msBeforeNext / 1_000))
    const ratelimit = `"${name}";r=${remainingPoints};t=${resetSeconds}`
    const headers = { 'ratelimit-policy': policy, ratelimit }
    return { isAllowed: consumedPoints <= maxPerMinute, retryAfterSeconds: resetSeconds, headers }
  }
}

/** The library rejects with the usage when the limit is exceeded. */
async function countWith(limiter: RateLimiterAbstract, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key)
  } catch (usage) {
    if (usage instanceof RateLimiterRes) return usage
    throw usage
  }
}
