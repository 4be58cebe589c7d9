import { createJsonResponse, type HttpResponse, type Route } from '../lib/http-messages.ts'

type Readiness = {
  readonly isReady: boolean
  /** The reason for each unavailable dependency that is required. */
  readonly reasons: Readonly<Record<string, string>>
  /** The state of each dependency, for the operator. */
  readonly dependencies: Readonly<Record<string, unknown>>
}

export type HealthOptions = {
  readonly checkReadiness: () => Promise<Readiness>
  readonly metrics: { readonly contentType: string; readonly render: () => Promise<string> }
  readonly isStopping: () => boolean
}

/** Returns the routes for operators: liveness, readiness and Prometheus metrics. */
export function createHealthRoutes({ checkReadiness, metrics, isStopping }: HealthOptions): Route[] {
  async function readyz(): Promise<HttpResponse> {
    const { isReady, reasons, dependencies } = await checkReadiness()
    if (isReady && !isStopping()) return createJsonResponse(200, { status: 'ready', ...dependencies })
    const allReasons = isStopping() ? { ...reasons, server: 'stopping' } : reasons
    return createJsonResponse(503, { status: 'not ready', reasons: allReasons, ...dependencies })
  }
  const renderMetrics = async (): Promise<HttpResponse> => ({
    status: 200,
    headers: { 'content-type': metrics.contentType },
    body: await metrics.render(),
  })
  return [
    { method: 'GET', url: '/healthz', handler: async () => createJsonResponse(200, { status: 'up' }) },
    { method: 'GET', url: '/readyz', handler: readyz },
    { method: 'GET', url: '/metrics', handler: renderMetrics },
  ]
}
