import { addressName, type RateLimit } from '../lib/rate-limit.ts'
import type { Headers } from './request-context.ts'

/** Headers that are lists: what counts by address and what counts by client stand beside each other in them. */
const LISTS = ['ratelimit-policy', 'ratelimit'] as const

export type Counted = {
  /** What is left, for the answer. */
  readonly headers: Headers
  /** Seconds, where it was one too many. */
  readonly retryAfter: string | undefined
}

/** Counts one request more from an address, before its body is read. */
export async function countAddress(limit: RateLimit, address: string): Promise<Counted> {
  const { allowed, resetSeconds, headers } = await limit(addressName(address))
  return { headers, retryAfter: allowed ? undefined : String(resetSeconds) }
}

/** An answer's headers, with what its place says in the lists in front. */
export function withCounts(place: Headers, headers: Headers): Headers {
  const lists = LISTS.flatMap((name) => {
    const before = place[name]
    return before !== undefined && headers[name] !== undefined ? [[name, `${before}, ${headers[name]}`]] : []
  })
  return lists.length > 0 ? { ...headers, ...Object.fromEntries(lists) } : headers
}
