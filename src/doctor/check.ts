import { type Line, lineOf, type Outcome, skipped } from './report-line.ts'
import type { Printable } from './sanitizer.ts'

/** One thing that is looked at. */
export type Check<Seen> = {
  readonly id: string
  readonly check: string
  /** Checks that must have gone well, or this one could only repeat what they found. */
  readonly needs: readonly string[]
  readonly look: (seen: Seen) => Outcome | Promise<Outcome>
}

export const check = <Seen>(
  id: string,
  name: string,
  needs: readonly string[],
  look: Check<Seen>['look'],
): Check<Seen> => Object.freeze({ id, check: name, needs, look })

/** Runs checks in order. What an earlier fault hides is not guessed at: it is named as not looked at. */
export async function runChecks<Seen>(
  checks: readonly Check<Seen>[],
  seen: Seen,
  printable: Printable,
  common: Readonly<Record<string, unknown>>,
): Promise<readonly Line[]> {
  const lines: Line[] = []
  /** Where each check that did not go well has it from. */
  const blamed = new Map<string, string>()
  for (const one of checks) {
    const because = one.needs.map((name) => blamed.get(name)).find((name) => name !== undefined)
    const outcome = because === undefined ? await one.look(seen) : notLookedAt(because)
    const line = lineOf(one, outcome, printable, common)
    if (line.status === 'failed') blamed.set(one.check, one.check)
    if (line.status === 'skipped') blamed.set(one.check, because ?? one.check)
    lines.push(line)
  }
  return lines
}

export const notLookedAt = (because: string): Outcome =>
  skipped(`not looked at, because of "${because}" above`)
