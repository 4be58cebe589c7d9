import { type HttpResponse, JSON_CONTENT_TYPE, type Route } from '../lib/http-messages.ts'

/** A part that the service leans on. */
export type HealthCheck = {
  readonly name: string
  /** Resolves to a reason when it is away; left out for what the service can do without. */
  readonly findFailure?: () => Promise<string | undefined>
  /** More that an operator wants to know of it. */
  readonly getDetails?: () => Readonly<Record<string, unknown>>
}

type Readiness = {
  readonly isReady: boolean
  readonly reasons: Readonly<Record<string, string>>
  readonly state: Readonly<Record<string, unknown>>
}

/** Asks every check, and names each whatever it says. */
export async function checkReadiness(checks: readonly HealthCheck[]): Promise<Readiness> {
  const reasons: Record<string, string> = {}
  const state: Record<string, unknown> = {}
  const answers = await Promise.all(
    checks.map(async (check) => [check, await check.findFailure?.()] as const),
  )
  for (const [check, reason] of answers) {
    if (reason !== undefined) reasons[check.name] = reason
    state[check.name] = { ...(check.findFailure && { up: reason === undefined }), ...check.getDetails?.() }
  }
  return { isReady: Object.keys(reasons).length === 0, reasons, state }
}

export type HealthOptions = {
  readonly checks: readonly HealthCheck[]
  readonly metrics: { readonly contentType: string; readonly render: () => Promise<string> }
  /** Whether the server has been told to stop. */
  readonly isStopping: () => boolean
}

/** What whoever looks after the service asks: whether it is up, whether it can serve, and its numbers. */
export function createHealthRoutes({ checks, metrics, isStopping }: HealthOptions): Route[] {
  async function ready(): Promise<HttpResponse> {
    const { isReady, reasons, state } = await checkReadiness(checks)
    if (isReady && !isStopping()) return json(200, { status: 'ready', ...state })
    const why = isStopping() ? { ...reasons, server: 'stopping' } : reasons
    return json(503, { status: 'not ready', reasons: why, ...state })
  }
  return [
    { method: 'GET', url: '/healthz', handler: async () => json(200, { status: 'up' }) },
    { method: 'GET', url: '/readyz', handler: ready },
    {
      method: 'GET',
      url: '/metrics',
      handler: async () => ({
        status: 200,
        headers: { 'content-type': metrics.contentType },
        body: await metrics.render(),
      }),
    },
  ]
}

const json = (status: number, value: unknown): HttpResponse => ({
  status,
  headers: { 'content-type': JSON_CONTENT_TYPE },
  body: JSON.stringify(value),
})
