import type { IncomingHttpHeaders } from 'node:http'
import { type Context, createTraceState, isSpanContextValid, ROOT_CONTEXT, trace } from '@opentelemetry/api'

/** W3C Trace Context §3.2: version, trace, parent, flags; a version later than 00 may have more. */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/

/** What the request belongs to, by its `traceparent`; nothing, if there is none or it is not right. */
export function parseParentContext({ traceparent, tracestate }: IncomingHttpHeaders): Context {
  const [, version, traceId = '', spanId = '', flags = '', more] =
    (typeof traceparent === 'string' && TRACEPARENT.exec(traceparent)) || []
  if (version === undefined || (version === '00' && more !== undefined)) return ROOT_CONTEXT
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
  if (!isSpanContextValid(parent)) return ROOT_CONTEXT
  const traceState = typeof tracestate === 'string' ? { traceState: createTraceState(tracestate) } : {}
  return trace.setSpanContext(ROOT_CONTEXT, { ...parent, ...traceState })
}
