import { type CheckOutcome, createReportLine, type ReportLine, skipped } from './report-line.ts'
import type { Sanitizer } from './sanitizer.ts'

/** A single check. `Context` is what it works on: the set-up, or a token. */
export type DiagnosticCheck<Context> = {
  readonly id: string
  readonly name: string
  /** Names of checks whose failure makes the result of this one meaningless. */
  readonly needs: readonly string[]
  readonly run: (context: Context) => CheckOutcome | Promise<CheckOutcome>
}

/** Runs checks in order. Skips those that depend on a failed one, and names the original failure as the reason. */
export async function runChecks<Context>(
  checks: readonly DiagnosticCheck<Context>[],
  context: Context,
  sanitize: Sanitizer,
  sharedValues: Readonly<Record<string, unknown>>,
): Promise<readonly ReportLine[]> {
  const lines: ReportLine[] = []
  /** For each failed or skipped check, the check that caused it. */
  const causes = new Map<string, string>()
  for (const check of checks) {
    const cause = check.needs.map((name) => causes.get(name)).find((name) => name !== undefined)
    const outcome = cause === undefined ? await check.run(context) : skippedBecauseOf(cause)
    const line = createReportLine(check, outcome, sanitize, sharedValues)
    if (line.status === 'failed' || line.status === 'skipped') causes.set(check.name, cause ?? check.name)
    lines.push(line)
  }
  return lines
}

export const skippedBecauseOf = (failedCheck: string): CheckOutcome =>
  skipped(`not checked because of "${failedCheck}" above`)
