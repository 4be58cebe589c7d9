import { type Service, sendRequest, startService } from './service.ts'
import { startTraceCollector, type TraceCollector } from './trace-collector.ts'

/** Starts a traced service, runs `act`, and returns the collector once the service has exported everything. */
export async function collectTraces(
  act: (service: Service) => Promise<unknown>,
  settings: Record<string, string> = {},
): Promise<TraceCollector> {
  const collector = await startTraceCollector()
  const service = await startService({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...settings })
  await act(service)
  await service.close()
  await collector.close()
  return collector
}

type TracedQuery = {
  /** Defaults to a query with a variable. */
  readonly query?: string
  readonly token?: string
  readonly headers?: Record<string, string>
}

export const sendTracedQuery = (service: Service, { query, token = '', headers = {} }: TracedQuery) =>
  sendRequest(`${service.apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify(
      query === undefined
        ? { query: 'query Find($id: ID!) { book(id: $id) { title } }', variables: { id: '4711' } }
        : { query },
    ),
  })
