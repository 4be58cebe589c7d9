import type { Tracing } from './spans.ts'
import type { TraceSettings } from './tracer-provider.ts'

/**
 * Starts tracing. Returns undefined when no endpoint is set; OpenTelemetry is then not loaded.
 * @param logError called once when traces cannot be exported, and again only after an export has succeeded
 */
export async function startTracing(
  settings: TraceSettings,
  version: string,
  logError: (error: unknown) => void,
): Promise<Tracing | undefined> {
  const { url } = settings
  if (url === undefined) return undefined
  const { createTracing } = await import('./spans.ts')
  return createTracing({ ...settings, url }, version, logError)
}
