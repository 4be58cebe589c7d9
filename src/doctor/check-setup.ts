import { LOCAL_RESOURCE_CHECKS, PREREQUISITE_CHECKS } from './environment-checks.ts'
import { ISSUER_CHECKS } from './issuer-checks.ts'
import { JOB_CHECKS } from './job-checks.ts'
import { type CheckContext, createProbes } from './probes.ts'
import {
  createReportLine,
  type DiagnosticCheck,
  problem,
  type ReportLine,
  runChecks,
  skippedBecauseOf,
} from './run-checks.ts'
import { createSanitizer } from './sanitizer.ts'
import type { Setup } from './setup.ts'
import { USER_CLIENT_CHECKS } from './user-client-checks.ts'

/** Every check of a set-up, in the order of the report. */
export const SETUP_CHECKS: readonly DiagnosticCheck<CheckContext>[] = [
  ...PREREQUISITE_CHECKS,
  ...ISSUER_CHECKS,
  ...JOB_CHECKS,
  ...USER_CLIENT_CHECKS,
  ...LOCAL_RESOURCE_CHECKS,
]

/** Checks a set-up from its settings and over HTTP, with no access to Okta's Admin API. Requests a few tokens; changes nothing. */
export const runSetupChecks = (setup: Setup): Promise<readonly ReportLine[]> =>
  runChecks(SETUP_CHECKS, { ...setup, ...createProbes(setup) })

/** Reports invalid settings, one line per message, and every other check as skipped. */
export function reportInvalidSettings(messages: readonly string[]): readonly ReportLine[] {
  const sanitize = createSanitizer([])
  return SETUP_CHECKS.filter(({ name }) => name !== 'node').flatMap((check) => {
    const outcomes =
      check.name === 'settings'
        ? messages.map((message) => problem('D02a', { message }))
        : [skippedBecauseOf('settings')]
    return outcomes.map((outcome) => createReportLine(check, outcome, sanitize, {}))
  })
}
