import { type Check, notLookedAt, runChecks } from './check.ts'
import { FIRST_CHECKS, LAST_CHECKS } from './environment-checks.ts'
import { ISSUER_CHECKS } from './issuer-checks.ts'
import { JOB_CHECKS } from './job-checks.ts'
import { createQuestions, type Examined } from './probes.ts'
import { type Line, lineOf, wrong } from './report-line.ts'
import { printableWithout } from './sanitizer.ts'
import type { Tools } from './server-checks.ts'
import { commonWords, type Setup, secretsOf } from './setup.ts'
import { PEOPLE_CHECKS } from './user-client-checks.ts'

/** Everything that is looked at, in order. */
export const CHECKS: readonly Check<Examined>[] = [
  ...FIRST_CHECKS,
  ...ISSUER_CHECKS,
  ...JOB_CHECKS,
  ...PEOPLE_CHECKS,
  ...LAST_CHECKS,
]

/** Looks at a set-up, from its settings alone and over HTTP, as strangers do. It asks for a few tokens, and changes nothing. */
export const examine = (setup: Setup, tools: Tools): Promise<readonly Line[]> =>
  runChecks(
    CHECKS,
    { setup, tools, questions: createQuestions(setup, tools) },
    printableWithout(secretsOf(setup)),
    commonWords(setup),
  )

/** The settings themselves are wrong: nothing can be looked at with them. */
export function settingsFaults(faults: readonly string[]): readonly Line[] {
  const printable = printableWithout([])
  const words = (check: Check<Examined>) =>
    check.check === 'settings' ? faults.map((fault) => wrong('D02a', { fault })) : [notLookedAt('settings')]
  return CHECKS.filter(({ check }) => check !== 'node').flatMap((check) =>
    words(check).map((outcome) => lineOf(check, outcome, printable, {})),
  )
}
