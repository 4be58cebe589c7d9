import { type ConsumeRateLimit, toAddressKey } from '../lib/rate-limit.ts'
import type { HeaderFields } from './request-context.ts'

/** Headers that are lists: what counts by address and what counts by client stand beside each other in them. */
const LISTS = ['ratelimit-policy', 'ratelimit'] as const

export type AddressRateLimitResult = {
  /** What is left, for the answer. */
  readonly headers: HeaderFields
  /** Seconds, where it was one too many. */
  readonly retryAfterSeconds: string | undefined
}

/** Counts one request more from an address, before its body is read. */
export async function consumeAddressRateLimit(
  limit: ConsumeRateLimit,
  address: string,
): Promise<AddressRateLimitResult> {
  const { isAllowed, retryAfterSeconds, headers } = await limit(toAddressKey(address))
  return { headers, retryAfterSeconds: isAllowed ? undefined : String(retryAfterSeconds) }
}

/** An answer's headers, with what its place says in the lists in front. */
export function mergeRateLimitHeaders(defaultHeaders: HeaderFields, headers: HeaderFields): HeaderFields {
  const lists = LISTS.flatMap((name) => {
    const before = defaultHeaders[name]
    return before !== undefined && headers[name] !== undefined ? [[name, `${before}, ${headers[name]}`]] : []
  })
  return lists.length > 0 ? { ...headers, ...Object.fromEntries(lists) } : headers
}
