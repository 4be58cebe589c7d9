import { FINDINGS, type FindingId } from './findings.ts'
import type { Sanitizer } from './sanitizer.ts'

export type CheckStatus = 'ok' | 'failed' | 'warning' | 'skipped'

/** The result of a check: a text, or a finding with the values for its placeholders. */
export type CheckOutcome =
  | { readonly status: 'ok' | 'skipped'; readonly found: string }
  | { readonly findingId: FindingId; readonly values: Readonly<Record<string, unknown>> }

/** One line of the report. `id` never changes: the check's id, or the finding's id where there is a problem. */
export type ReportLine = {
  readonly id: string
  /** The name of the check. */
  readonly check: string
  readonly status: CheckStatus
  readonly found: string
  /** The fix. */
  readonly mend?: string
  /** A menu path in Okta's Admin Console. */
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
 * Builds the report line of an outcome. Text from other servers is sanitized here and nowhere else.
 * @param sharedValues values for the placeholders of any finding
 */
export function createReportLine(
  { id, name }: { readonly id: string; readonly name: string },
  outcome: CheckOutcome,
  sanitize: Sanitizer,
  sharedValues: Readonly<Record<string, unknown>>,
): ReportLine {
  if ('status' in outcome)
    return Object.freeze({ id, check: name, status: outcome.status, found: sanitize(outcome.found) })
  const { found, mend, where, status = 'failed' } = FINDINGS[outcome.findingId]
  const values: Readonly<Record<string, unknown>> = { ...sharedValues, ...outcome.values }
  const fill = (template: string) =>
    template
      .replace(/\{(\w+)\}/g, (placeholder, key: string) =>
        Object.hasOwn(values, key) ? sanitize(values[key]) : placeholder,
      )
      // The value of the last placeholder may end in a full stop itself.
      .replace(/\.\.$/, '.')
  return Object.freeze({
    id: outcome.findingId,
    check: name,
    status,
    found: fill(found),
    mend: fill(mend),
    ...(where !== undefined && { where: fill(where) }),
  })
}
