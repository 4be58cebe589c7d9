import type { DeniedHandling } from '../scopes/index.ts'
import type { Context } from './context.ts'
import type { ExecuteHttp } from './execute.ts'

/**
 * Adds lenient handling to the HTTP side of GraphQL: by the client's preference, otherwise by the setting.
 * No `Vary: Prefer` (RFC 7240 §2): it is for responses that a cache may store, and all of GraphQL's have `no-store`.
 */
export function withLenientHandling(
  executeHttp: ExecuteHttp<Context>,
  deniedFields: DeniedHandling,
): ExecuteHttp<Context> {
  return function executeLeniently(request, context) {
    const preferred = parseHandling(request.headers.prefer)
    if (preferred === 'strict' || (!preferred && deniedFields === 'reject'))
      return executeHttp(request, context)
    const lenientHandling = preferred ? 'preferred' : 'configured'
    return executeHttp(request, { ...context, lenientHandling })
  }
}

const HANDLINGS = ['lenient', 'strict'] as const
/** A quoted string, which may lack its end; a separator; or other text. Each starts with another character. */
const PREFER_PART = /"(?:[^"\\]|\\.)*"?|[,;]|[^",;]+/g

/** Parses the preference `handling` (RFC 7240 §4.4). Only the first one counts (§2); one with another value is ignored. */
export function parseHandling(header: string | readonly string[] | undefined) {
  if (header === undefined) return undefined
  let preference = ''
  let isParameter = false
  for (const part of [...(header.toString().match(PREFER_PART) ?? []), ',']) {
    if (part === ';') isParameter = true
    else if (part !== ',') preference += isParameter ? '' : part
    else {
      const [name = '', value = ''] = preference
        .toLowerCase()
        .split('=', 2)
        .map((text) => text.trim())
      if (name === 'handling') return HANDLINGS.find((one) => value === one || value === `"${one}"`)
      preference = ''
      isParameter = false
    }
  }
  return undefined
}
