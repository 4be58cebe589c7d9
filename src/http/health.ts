/** One thing that the service cannot do without. */
export type Check = {
  readonly name: string
  /** Resolves to a reason when it is away. */
  readonly reason: () => Promise<string | undefined>
  /** More that an operator wants to know of it. */
  readonly state?: () => Readonly<Record<string, unknown>>
}

type Readiness = {
  readonly ready: boolean
  readonly reasons: Readonly<Record<string, string>>
  readonly state: Readonly<Record<string, unknown>>
}

/** Asks every check. */
export async function readiness(checks: readonly Check[]): Promise<Readiness> {
  const reasons: Record<string, string> = {}
  const state: Record<string, unknown> = {}
  for (const check of checks) {
    const reason = await check.reason()
    if (reason !== undefined) reasons[check.name] = reason
    if (check.state) state[check.name] = check.state()
  }
  return { ready: Object.keys(reasons).length === 0, reasons, state }
}
