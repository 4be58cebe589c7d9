import { type DiagnosticCheck, runChecks, skippedBecauseOf } from './check.ts'
import { LOCAL_RESOURCE_CHECKS, PREREQUISITE_CHECKS } from './environment-checks.ts'
import { ISSUER_CHECKS } from './issuer-checks.ts'
import { JOB_CHECKS } from './job-checks.ts'
import { type CheckContext, createProbes } from './probes.ts'
import { createReportLine, problem, type ReportLine } from './report-line.ts'
import { createSanitizer } from './sanitizer.ts'
import type { ServerChecks } from './server-checks.ts'
import { collectSecrets, type Setup, sharedFindingValues } from './setup.ts'
import { USER_CLIENT_CHECKS } from './user-client-checks.ts'

/** Everything that is looked at, in order. */
export const SETUP_CHECKS: readonly DiagnosticCheck<CheckContext>[] = [
  ...PREREQUISITE_CHECKS,
  ...ISSUER_CHECKS,
  ...JOB_CHECKS,
  ...USER_CLIENT_CHECKS,
  ...LOCAL_RESOURCE_CHECKS,
]

/** Looks at a set-up, from its settings alone and over HTTP, as strangers do. It asks for a few tokens, and changes nothing. */
export const runSetupChecks = (setup: Setup, serverChecks: ServerChecks): Promise<readonly ReportLine[]> =>
  runChecks(
    SETUP_CHECKS,
    { setup, serverChecks, probes: createProbes(setup, serverChecks) },
    createSanitizer(collectSecrets(setup)),
    sharedFindingValues(setup),
  )

/** The settings themselves are wrong: nothing can be looked at with them. */
export function reportInvalidSettings(messages: readonly string[]): readonly ReportLine[] {
  const printable = createSanitizer([])
  const words = (check: DiagnosticCheck<CheckContext>) =>
    check.check === 'settings'
      ? messages.map((fault) => problem('D02a', { fault }))
      : [skippedBecauseOf('settings')]
  return SETUP_CHECKS.filter(({ check }) => check !== 'node').flatMap((check) =>
    words(check).map((outcome) => createReportLine(check, outcome, printable, {})),
  )
}
