import { type Answer, JSON_TYPE, type Route } from '../lib/http-messages.ts'

/** A part that the service leans on. */
export type Check = {
  readonly name: string
  /** Resolves to a reason when it is away; left out for what the service can do without. */
  readonly reason?: () => Promise<string | undefined>
  /** More that an operator wants to know of it. */
  readonly state?: () => Readonly<Record<string, unknown>>
}

type Readiness = {
  readonly ready: boolean
  readonly reasons: Readonly<Record<string, string>>
  readonly state: Readonly<Record<string, unknown>>
}

/** Asks every check, and names each whatever it says. */
export async function readiness(checks: readonly Check[]): Promise<Readiness> {
  const reasons: Record<string, string> = {}
  const state: Record<string, unknown> = {}
  const answers = await Promise.all(checks.map(async (check) => [check, await check.reason?.()] as const))
  for (const [check, reason] of answers) {
    if (reason !== undefined) reasons[check.name] = reason
    state[check.name] = { ...(check.reason && { up: reason === undefined }), ...check.state?.() }
  }
  return { ready: Object.keys(reasons).length === 0, reasons, state }
}

export type Watched = {
  readonly checks: readonly Check[]
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> }
  /** Whether the server has been told to stop. */
  readonly stopping: () => boolean
}

/** What whoever looks after the service asks: whether it is up, whether it can serve, and its numbers. */
export function healthRoutes({ checks, metrics, stopping }: Watched): Route[] {
  async function ready(): Promise<Answer> {
    const { ready: isReady, reasons, state } = await readiness(checks)
    if (isReady && !stopping()) return json(200, { status: 'ready', ...state })
    const why = stopping() ? { ...reasons, server: 'stopping' } : reasons
    return json(503, { status: 'not ready', reasons: why, ...state })
  }
  return [
    { method: 'GET', url: '/healthz', answer: async () => json(200, { status: 'up' }) },
    { method: 'GET', url: '/readyz', answer: ready },
    {
      method: 'GET',
      url: '/metrics',
      answer: async () => ({
        status: 200,
        headers: { 'content-type': metrics.contentType },
        body: await metrics.text(),
      }),
    },
  ]
}

const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'content-type': JSON_TYPE },
  body: JSON.stringify(value),
})
