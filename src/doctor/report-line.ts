import { FINDINGS, type FindingId } from './findings.ts'
import type { Sanitizer } from './sanitizer.ts'

/** What came of one check. */
export type CheckStatus = 'ok' | 'failed' | 'warning' | 'skipped'

/** What a check says: that all is well, why it could not look, or the finding and the words to fill it in with. */
export type CheckOutcome =
  | { readonly status: 'ok' | 'skipped'; readonly found: string }
  | { readonly findingId: FindingId; readonly values: Readonly<Record<string, unknown>> }

/** One line of the report. `id` is permanent: a check's own where nothing is wrong, a finding's where something is. */
export type ReportLine = {
  readonly id: string
  readonly check: string
  readonly status: CheckStatus
  readonly found: string
  /** What to do. */
  readonly mend?: string
  /** Where in Okta's console. */
  readonly where?: string
}

export const ok = (found: string): CheckOutcome => ({ status: 'ok', found })
export const skipped = (found: string): CheckOutcome => ({ status: 'skipped', found })
export const problem = (
  findingId: FindingId,
  values: Readonly<Record<string, unknown>> = {},
): CheckOutcome => ({
  findingId,
  values,
})

/**
 * Puts an outcome in words. Everything that comes from elsewhere goes through `printable` here, and nowhere else.
 * @param sharedValues words that any finding may be filled in with
 */
export function createReportLine(
  { id, check }: { readonly id: string; readonly check: string },
  outcome: CheckOutcome,
  sanitize: Sanitizer,
  sharedValues: Readonly<Record<string, unknown>>,
): ReportLine {
  if ('status' in outcome)
    return Object.freeze({ id, check, status: outcome.status, found: sanitize(outcome.found) })
  const { found, mend, where, status = 'failed' } = FINDINGS[outcome.findingId]
  const values = { ...sharedValues, ...outcome.values }
  const filled = (text: string) =>
    text
      .replace(/\{(\w+)\}/g, (hole, name: string) =>
        Object.hasOwn(values, name) ? sanitize(values[name as keyof typeof values]) : hole,
      )
      // Words from elsewhere may be a sentence already.
      .replace(/\.\.$/, '.')
  return Object.freeze({
    id: outcome.findingId,
    check,
    status,
    found: filled(found),
    mend: filled(mend),
    ...(where !== undefined && { where: filled(where) }),
  })
}
