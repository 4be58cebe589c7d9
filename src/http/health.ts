/** One thing that the service cannot do without; resolves to a reason when it is away. */
export type Check = { readonly name: string; readonly reason: () => Promise<string | undefined> }

/** Asks every check. */
export async function readiness(
  checks: readonly Check[],
): Promise<{ ready: boolean; reasons: Record<string, string> }> {
  const reasons: Record<string, string> = {}
  for (const check of checks) {
    const reason = await check.reason()
    if (reason !== undefined) reasons[check.name] = reason
  }
  return { ready: Object.keys(reasons).length === 0, reasons }
}
