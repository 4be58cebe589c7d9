import { FINDINGS, type FindingId } from './findings.ts'
import type { Printable } from './sanitizer.ts'

/** What came of one check. */
export type Status = 'ok' | 'failed' | 'warning' | 'skipped'

/** What a check says: that all is well, why it could not look, or the finding and the words to fill it in with. */
export type Outcome =
  | { readonly status: 'ok' | 'skipped'; readonly found: string }
  | { readonly finding: FindingId; readonly values: Readonly<Record<string, unknown>> }

/** One line of the report. `id` is permanent: a check's own where nothing is wrong, a finding's where something is. */
export type Line = {
  readonly id: string
  readonly check: string
  readonly status: Status
  readonly found: string
  /** What to do. */
  readonly mend?: string
  /** Where in Okta's console. */
  readonly where?: string
}

export const ok = (found: string): Outcome => ({ status: 'ok', found })
export const skipped = (found: string): Outcome => ({ status: 'skipped', found })
export const wrong = (finding: FindingId, values: Readonly<Record<string, unknown>> = {}): Outcome => ({
  finding,
  values,
})

/**
 * Puts an outcome in words. Everything that comes from elsewhere goes through `printable` here, and nowhere else.
 * @param common words that any finding may be filled in with
 */
export function lineOf(
  { id, check }: { readonly id: string; readonly check: string },
  outcome: Outcome,
  printable: Printable,
  common: Readonly<Record<string, unknown>>,
): Line {
  if ('status' in outcome)
    return Object.freeze({ id, check, status: outcome.status, found: printable(outcome.found) })
  const { found, mend, where, status = 'failed' } = FINDINGS[outcome.finding]
  const values = { ...common, ...outcome.values }
  const filled = (text: string) =>
    text
      .replace(/\{(\w+)\}/g, (hole, name: string) =>
        Object.hasOwn(values, name) ? printable(values[name as keyof typeof values]) : hole,
      )
      // Words from elsewhere may be a sentence already.
      .replace(/\.\.$/, '.')
  return Object.freeze({
    id: outcome.finding,
    check,
    status,
    found: filled(found),
    mend: filled(mend),
    ...(where !== undefined && { where: filled(where) }),
  })
}
