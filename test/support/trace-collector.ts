import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
export const PARENT_SPAN_ID = '00f067aa0ba902b7'
export const TRACEPARENT = `00-${TRACE_ID}-${PARENT_SPAN_ID}-01`
export const SPAN_KIND_SERVER = 2
export const SPAN_KIND_CLIENT = 3
export const STATUS_CODE_ERROR = 2

type Value = { readonly stringValue?: string; readonly intValue?: number | string }
type Attributes = readonly { readonly key: string; readonly value: Value }[]

/** A span in OTLP's JSON encoding. */
export type OtlpSpan = {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly traceState?: string
  readonly attributes: Attributes
  readonly status: { readonly code?: number }
}

type Batch = {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Attributes }
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[]
  }[]
}

/** Starts a receiver of OTLP over HTTP that records every request. */
export async function startTraceCollector() {
  const bodies: string[] = []
  const requests: { path: string; headers: IncomingHttpHeaders }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(body)
    requests.push({ path: request.url ?? '', headers: request.headers })
    response.setHeader('content-type', 'application/json').end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const resourceSpans = () =>
    bodies.map((body) => JSON.parse(body) as Batch).flatMap((batch) => batch.resourceSpans)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    /** Returns all bodies as received. */
    rawText: () => bodies.join('\n'),
    spans: () => resourceSpans().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    resource: () => attributeValues(resourceSpans()[0]?.resource.attributes ?? []),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type TraceCollector = Awaited<ReturnType<typeof startTraceCollector>>

export const attributeValues = (attributes: Attributes): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]))

export const findSpans = (spans: readonly OtlpSpan[], name: string) =>
  spans.filter((span) => span.name === name)

export function findOnlySpan(spans: readonly OtlpSpan[], name: string): OtlpSpan {
  const [span, ...others] = findSpans(spans, name)
  if (!span) throw new Error(`No span is named ${name}; there are ${spans.length} others.`)
  if (others.length > 0) throw new Error(`${others.length + 1} spans are named ${name}.`)
  return span
}
