import { type CheckOutcome, createReportLine, type ReportLine, skipped } from './report-line.ts'
import type { Sanitizer } from './sanitizer.ts'

/** One thing that is looked at. */
export type DiagnosticCheck<Seen> = {
  readonly id: string
  readonly check: string
  /** Checks that must have gone well, or this one could only repeat what they found. */
  readonly needs: readonly string[]
  readonly run: (seen: Seen) => CheckOutcome | Promise<CheckOutcome>
}

export const defineCheck = <Seen>(
  id: string,
  name: string,
  needs: readonly string[],
  run: DiagnosticCheck<Seen>['run'],
): DiagnosticCheck<Seen> => Object.freeze({ id, check: name, needs, run })

/** Runs checks in order. What an earlier fault hides is not guessed at: it is named as not looked at. */
export async function runChecks<Seen>(
  checks: readonly DiagnosticCheck<Seen>[],
  context: Seen,
  sanitize: Sanitizer,
  sharedValues: Readonly<Record<string, unknown>>,
): Promise<readonly ReportLine[]> {
  const lines: ReportLine[] = []
  /** Where each check that did not go well has it from. */
  const blamed = new Map<string, string>()
  for (const one of checks) {
    const because = one.needs.map((name) => blamed.get(name)).find((name) => name !== undefined)
    const outcome = because === undefined ? await one.run(context) : skippedBecauseOf(because)
    const line = createReportLine(one, outcome, sanitize, sharedValues)
    if (line.status === 'failed') blamed.set(one.check, one.check)
    if (line.status === 'skipped') blamed.set(one.check, because ?? one.check)
    lines.push(line)
  }
  return lines
}

export const skippedBecauseOf = (failedCheck: string): CheckOutcome =>
  skipped(`not looked at, because of "${failedCheck}" above`)
