import { collectRequirements, type Decision } from './authorize-plan.ts'
import type { Plan } from './plan.ts'
import type { RawVariables } from './raw-variables.ts'
import { pathToArray } from './requirement-path.ts'
import { isSatisfied, listAlternatives, type Rule } from './rule.ts'

/** A decision on an operation, and every rule that it runs into. */
export type Explanation = {
  readonly decision: Decision
  readonly requirements: readonly {
    readonly coordinate: string
    readonly path: readonly string[]
    /** The rule, as in `Scopes.table()`. */
    readonly scopes: Rule
    readonly isSatisfied: boolean
  }[]
}

export const explainRequirements = (
  plan: Plan,
  granted: ReadonlySet<string>,
  variables: RawVariables,
): Explanation['requirements'] =>
  collectRequirements(plan, variables).map(({ coordinate, path, rule }) => ({
    coordinate,
    path: pathToArray(path),
    scopes: listAlternatives(rule),
    isSatisfied: isSatisfied(rule, granted),
  }))
