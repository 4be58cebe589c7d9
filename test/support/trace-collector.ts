import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

type Value = { readonly stringValue?: string; readonly intValue?: number | string }
type Attributes = readonly { readonly key: string; readonly value: Value }[]

/** A span as OTLP's JSON has it. */
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

/** A receiver of OTLP over HTTP, as OpenTelemetry's Collector is one: it keeps what it is sent. */
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
  const batches = () =>
    bodies.map((body) => JSON.parse(body) as Batch).flatMap((batch) => batch.resourceSpans)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: requests,
    /** All that came, as it came. */
    rawText: () => bodies.join('\n'),
    spans: () => batches().flatMap((batch) => batch.scopeSpans.flatMap((scope) => scope.spans)),
    resource: () => attributeValues(batches()[0]?.resource.attributes ?? []),
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

export const attributeValues = (attributes: Attributes): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]))
