import { FINDINGS, type FindingId } from './findings.ts'
import { collectSecrets, createSanitizer } from './sanitizer.ts'
import { authorizationServerName, type Setup } from './setup.ts'

type Values = Readonly<Record<string, unknown>>

/** The result of a check: a text, or a finding with the values for its placeholders. */
export type CheckOutcome =
  | { readonly status: 'ok' | 'skipped'; readonly found: string }
  | { readonly findingId: FindingId; readonly values: Values }

export const ok = (found: string): CheckOutcome => ({ status: 'ok', found })
export const skipped = (found: string): CheckOutcome => ({ status: 'skipped', found })
export const problem = (findingId: FindingId, values: Values = {}): CheckOutcome => ({ findingId, values })

/** A single check. `Context` is what it works on: the set-up, or a token. */
export type DiagnosticCheck<Context> = {
  readonly id: string
  readonly name: string
  /** Names of checks whose failure makes the result of this one meaningless. */
  readonly needs: readonly string[]
  readonly run: (context: Context) => CheckOutcome | Promise<CheckOutcome>
}

/** One line of the report. `id` never changes: the check's id, or the finding's id where there is a problem. */
export type ReportLine = {
  readonly id: string
  readonly check: string
  readonly status: 'ok' | 'failed' | 'warning' | 'skipped'
  readonly found: string
  /** The fix. */
  readonly mend?: string
  /** A menu path in Okta's Admin Console. */
  readonly where?: string
}

/** Runs checks in order. Skips those that depend on a failed one, with the original failure as the reason. */
export async function runChecks<Context extends Setup>(
  checks: readonly DiagnosticCheck<Context>[],
  context: Context,
  moreSecrets: readonly string[] = [],
): Promise<readonly ReportLine[]> {
  const { issuer, audience, apiScopes, scopeClaims } = context
  const server = authorizationServerName(issuer)
  const sharedValues = {
    ...{ issuer, audience, server },
    apiScopes: apiScopes.join(' '),
    scopeClaims: scopeClaims.join(' or '),
  }
  const report = createReporter([...collectSecrets(context), ...moreSecrets], sharedValues)
  const lines: ReportLine[] = []
  /** For each failed or skipped check, the outcome of those that need it. */
  const outcomes = new Map<string, CheckOutcome>()
  for (const check of checks) {
    const outcome = check.needs.map((name) => outcomes.get(name)).find((found) => found !== undefined)
    const line = report(check, outcome ?? (await check.run(context)))
    if (line.status === 'failed') outcomes.set(check.name, skippedBecauseOf(check.name))
    if (line.status === 'skipped') outcomes.set(check.name, skipped(line.found))
    lines.push(line)
  }
  return lines
}

export const skippedBecauseOf = (failedCheck: string): CheckOutcome => skipped(`"${failedCheck}" failed`)

/** Returns a function that builds a report line. Text from other servers is sanitized here and nowhere else. */
export function createReporter(secrets: readonly string[], sharedValues: Values) {
  const sanitize = createSanitizer(secrets)
  return function report({ id, name }: { id: string; name: string }, outcome: CheckOutcome): ReportLine {
    if ('status' in outcome)
      return { id, check: name, status: outcome.status, found: sanitize(outcome.found) }
    const { found, mend, where, status = 'failed' } = FINDINGS[outcome.findingId]
    const values: Values = { ...sharedValues, ...outcome.values }
    const fill = (template: string) =>
      template
        .replace(/\{(\w+)\}/g, (_, key: string) => sanitize(values[key]))
        // The value of the last placeholder may end in a full stop itself.
        .replace(/\.\.$/, '.')
    const texts = { found: fill(found), mend: fill(mend), ...(where && { where: fill(where) }) }
    return { id: outcome.findingId, check: name, status, ...texts }
  }
}
