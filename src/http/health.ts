import { createJsonResponse, type HttpResponse, type Route } from '../lib/http-messages.ts'

/** A dependency of the service. */
export type HealthCheck = {
  readonly name: string
  /** Resolves to the reason why the dependency is unavailable. Left out for optional dependencies. */
  readonly findFailure?: () => Promise<string | undefined>
  /** More details for the operator. */
  readonly getDetails?: () => Readonly<Record<string, unknown>>
}

/** Runs every check and returns the state of each dependency by name. */
export async function checkReadiness(checks: readonly HealthCheck[]) {
  const reasons: Record<string, string> = {}
  const state: Record<string, unknown> = {}
  const results = await Promise.all(
    checks.map(async (check) => ({ check, failure: await check.findFailure?.() })),
  )
  for (const { check, failure } of results) {
    if (failure !== undefined) reasons[check.name] = failure
    state[check.name] = { ...(check.findFailure && { up: failure === undefined }), ...check.getDetails?.() }
  }
  return { isReady: Object.keys(reasons).length === 0, reasons, state }
}

export type HealthOptions = {
  readonly checks: readonly HealthCheck[]
  readonly metrics: { readonly contentType: string; readonly render: () => Promise<string> }
  readonly isStopping: () => boolean
}

/** Returns the routes for operators: liveness, readiness and Prometheus metrics. */
export function createHealthRoutes({ checks, metrics, isStopping }: HealthOptions): Route[] {
  async function readyz(): Promise<HttpResponse> {
    const { isReady, reasons, state } = await checkReadiness(checks)
    if (isReady && !isStopping()) return createJsonResponse(200, { status: 'ready', ...state })
    const allReasons = isStopping() ? { ...reasons, server: 'stopping' } : reasons
    return createJsonResponse(503, { status: 'not ready', reasons: allReasons, ...state })
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
