import type { TraceSettings, Tracing } from './tracing.ts'

/**
 * Starts tracing. What it is made with is loaded where it is used: without an address for traces there is nothing of it.
 * @param logError told once when traces cannot be sent, until they can again
 * @returns undefined when there are to be no traces
 */
export async function startTracing(
  settings: TraceSettings,
  version: string,
  logError: (fault: unknown) => void,
): Promise<Tracing | undefined> {
  if (settings.url === undefined) return undefined
  const { createTracing } = await import('./spans.ts')
  return createTracing({ ...settings, url: settings.url }, version, logError)
}
