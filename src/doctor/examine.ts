import { type Check, notLookedAt, runChecks } from './check.ts'
import { ISSUER_CHECKS } from './issuer.ts'
import { JOB_CHECKS } from './job.ts'
import { type Line, lineOf, wrong } from './line.ts'
import { FIRST_CHECKS, LAST_CHECKS } from './machine.ts'
import { PEOPLE_CHECKS } from './people.ts'
import { printableWithout } from './printable.ts'
import { createQuestions, type Examined } from './questions.ts'
import { commonWords, type Setup, secretsOf } from './setup.ts'
import type { Tools } from './tools.ts'

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
