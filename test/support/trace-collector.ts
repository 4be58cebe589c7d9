import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

type Value = { readonly stringValue?: string; readonly intValue?: number | string }
type Attributes = readonly { readonly key: string; readonly value: Value }[]

/** A span as OTLP's JSON has it. */
export type SentSpan = {
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
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[]
  }[]
}

/** A receiver of OTLP over HTTP, as OpenTelemetry's Collector is one: it keeps what it is sent. */
export async function traceCollector() {
  const bodies: string[] = []
  const asked: { path: string; headers: IncomingHttpHeaders }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(body)
    asked.push({ path: request.url ?? '', headers: request.headers })
    response.setHeader('content-type', 'application/json').end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const batches = () =>
    bodies.map((body) => JSON.parse(body) as Batch).flatMap((batch) => batch.resourceSpans)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    /** All that came, as it came. */
    text: () => bodies.join('\n'),
    spans: () => batches().flatMap((batch) => batch.scopeSpans.flatMap((scope) => scope.spans)),
    resource: () => valuesOf(batches()[0]?.resource.attributes ?? []),
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

export const valuesOf = (attributes: Attributes): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]))
