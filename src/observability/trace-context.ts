/** W3C Trace Context §3.2: version (not ff), trace id and parent id (not zeros), flags, and what a later version appends. */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/

/** Parses a `traceparent` header; `parentId` is the caller's span. Returns undefined for a missing or invalid one. */
export function parseTraceparent(header: string | readonly string[] | undefined) {
  const match = typeof header === 'string' ? TRACEPARENT.exec(header) : null
  if (!match) return undefined
  const [, version, traceId = '', parentId = '', flags = '', appended] = match
  if (version === '00' && appended !== undefined) return undefined
  return { traceId, parentId, flags: Number.parseInt(flags, 16) }
}
