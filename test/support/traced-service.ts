import { type Service, sendRequest, startService } from './service.ts'
import { type OtlpSpan, startTraceCollector } from './trace-collector.ts'

export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
export const PARENT_SPAN_ID = '00f067aa0ba902b7'
export const TRACEPARENT = `00-${TRACE_ID}-${PARENT_SPAN_ID}-01`
export const SPAN_KIND_SERVER = 2
export const SPAN_KIND_CLIENT = 3
export const STATUS_CODE_ERROR = 2

type Collector = Awaited<ReturnType<typeof startTraceCollector>>

/** What a service that traces sends while something is done; its stop brings it. */
export async function collectTraces(
  run: (service: Service) => Promise<unknown>,
  settings: Record<string, string> = {},
): Promise<Collector> {
  const collector = await startTraceCollector()
  const service = await startService({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...settings })
  await run(service)
  await service.close()
  await collector.close()
  return collector
}

export const sendTracedQuery = (
  service: Service,
  query: string,
  token: string,
  headers: Record<string, string> = {},
) =>
  sendRequest(`${service.apiUrl}/graphql`, {
    method: 'POST',
    body: JSON.stringify({
      query: 'query Find($id: ID!) { book(id: $id) { title } }',
      variables: { id: '4711' },
    }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    ...(query !== '' && { body: JSON.stringify({ query }) }),
  })

export const findSpans = (spans: readonly OtlpSpan[], name: string) =>
  spans.filter((span) => span.name === name)
export const findOnlySpan = (spans: readonly OtlpSpan[], name: string): OtlpSpan => {
  const [span, ...others] = findSpans(spans, name)
  if (!span || others.length > 0) throw new Error(`${name}: ${others.length} more, of ${spans.length}`)
  return span
}
