import { type Service, send, startService } from './service.ts'
import { type SentSpan, traceCollector } from './trace-collector.ts'

export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
export const PARENT = '00f067aa0ba902b7'
export const traceparent = `00-${TRACE}-${PARENT}-01`
export const SERVER = 2
export const CLIENT = 3
export const ERROR = 2

type Collector = Awaited<ReturnType<typeof traceCollector>>

/** What a service that traces sends while something is done; its stop brings it. */
export async function traced(
  act: (service: Service) => Promise<unknown>,
  settings: Record<string, string> = {},
): Promise<Collector> {
  const collector = await traceCollector()
  const service = await startService({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...settings })
  await act(service)
  await service.close()
  await collector.close()
  return collector
}

export const ask = (service: Service, query: string, token: string, headers: Record<string, string> = {}) =>
  send(`${service.api}/graphql`, {
    method: 'POST',
    body: JSON.stringify({
      query: 'query Find($id: ID!) { book(id: $id) { title } }',
      variables: { id: '4711' },
    }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    ...(query !== '' && { body: JSON.stringify({ query }) }),
  })

export const named = (spans: readonly SentSpan[], name: string) => spans.filter((span) => span.name === name)
export const only = (spans: readonly SentSpan[], name: string): SentSpan => {
  const [span, ...others] = named(spans, name)
  if (!span || others.length > 0) throw new Error(`${name}: ${others.length} more, of ${spans.length}`)
  return span
}
