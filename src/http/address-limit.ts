import type { FastifyInstance, FastifyReply } from 'fastify'
import { HEALTH_PATHS } from '../exchange.ts'
import { addressName, type RateLimit } from '../rate-limit.ts'
import { overLimit } from './limits.ts'

/** Headers that are lists: what counts by address and what counts by client stand beside each other in them. */
const LISTS = ['ratelimit-policy', 'ratelimit'] as const

/** Refuses who asks too often from one address, before the body is read; every answer says what is left. */
export function addAddressLimit(app: FastifyInstance, limit: RateLimit): void {
  app.addHook('onRequest', async (request, reply) => {
    if (HEALTH_PATHS.has(request.routeOptions.url)) return
    const { allowed, resetSeconds, headers } = await limit(addressName(request.ip))
    reply.headers(headers)
    if (allowed) return
    reply.header('retry-after', String(resetSeconds))
    throw overLimit('RATE_LIMITED')
  })
}

/** An answer's headers, with what the reply already has in the lists in front. */
export function withCounts(
  reply: FastifyReply,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const lists = LISTS.flatMap((name) => {
    const before = reply.getHeader(name)
    return before !== undefined && headers[name] !== undefined ? [[name, `${before}, ${headers[name]}`]] : []
  })
  return lists.length > 0 ? { ...headers, ...Object.fromEntries(lists) } : headers
}
