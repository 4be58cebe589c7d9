import { conditionHolds, type RawVariables } from './conditions.ts'
import { collectProvidedCoordinates } from './guarded-inputs.ts'
import { findMinimalScopes, rankAlternatives } from './minimal-scopes.ts'
import type { Plan } from './plan.ts'
import type { ConditionalSection, PlanSection, Requirement } from './plan-section.ts'
import { joinPaths, pathToArray, type RequirementPath } from './requirement-path.ts'
import { DENY_ALL, findMissingScopes, isSatisfied, type Rule } from './rule.ts'

/** A coordinate that the caller's scopes do not give access to. */
export type Denial = {
  readonly coordinate: string
  /** The response keys from the root, aliases as written. */
  readonly path: readonly string[]
  /** The alternative of the rule that the decision's `requiredScopes` satisfy. */
  readonly requiredScopes: readonly string[]
  readonly missingScopes: readonly string[]
  /** The whole rule: an OR of ANDs. */
  readonly rule: Rule
}

/** The result of authorizing a plan for a set of scopes. */
export type Decision =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      readonly denials: readonly Denial[]
      /** The smallest set of scopes that authorizes the whole operation, granted or not, in alphabetical order. */
      readonly requiredScopes: readonly string[]
    }

const ALLOWED: Decision = Object.freeze({ allowed: true })

/** Decides whether the granted scopes satisfy a plan. `variables` are those of the request, before coercion. */
export function authorizePlan(plan: Plan, grantedScopes: ReadonlySet<string>, variables: RawVariables) {
  const satisfied = (rule: Rule) => isSatisfied(rule, grantedScopes)
  if (plan.conditionalSections.length + plan.guardedVariables.length === 0) {
    if (plan.distinctRules.every(satisfied)) return ALLOWED
  } else {
    const passes = (section: PlanSection) =>
      section.distinctRules.every(satisfied) &&
      inputRequirements(plan, section, variables).every(({ rule }) => satisfied(rule))
    if (includedSections(plan, variables).every(({ section }) => passes(section))) return ALLOWED
  }
  return deny(collectRequirements(plan, variables), grantedScopes)
}

/**
 * Computes the scopes that a client needs for an operation, whatever the values of `@skip` and `@include`.
 * Not included: the rules of guarded inputs that are sent in variables.
 */
export const computeRequiredScopes = (plan: Plan): readonly string[] =>
  findMinimalScopes(
    collectSections(plan, () => true).flatMap(({ section }) => section.distinctRules),
    new Set(),
  )

/** Collects the requirements that apply to one request, one per coordinate, satisfied or not. */
export function collectRequirements(plan: Plan, variables: RawVariables): readonly Requirement[] {
  const requirements = new Map<string, Requirement>()
  for (const { section, basePath } of includedSections(plan, variables))
    for (const requirement of [...section.requirements, ...inputRequirements(plan, section, variables)])
      if (!requirements.has(requirement.coordinate))
        requirements.set(requirement.coordinate, {
          ...requirement,
          path: joinPaths(basePath, requirement.path),
        })
  return [...requirements.values()]
}

type LocatedSection = { readonly section: PlanSection; readonly basePath: RequirementPath }

const includedSections = (plan: Plan, variables: RawVariables) =>
  collectSections(plan, ({ conditions }) =>
    conditions.every((condition) => conditionHolds(condition, variables)),
  )

/** Collects the sections that are included, each once, at the first path that leads to it. */
function collectSections(plan: Plan, isIncluded: (conditional: ConditionalSection) => boolean) {
  const collected = new Map<PlanSection, LocatedSection>()
  const collect = (section: PlanSection, basePath: RequirementPath) => {
    if (collected.has(section)) return
    collected.set(section, { section, basePath })
    for (const conditional of section.conditionalSections)
      if (isIncluded(conditional)) collect(conditional.section, joinPaths(basePath, conditional.basePath))
  }
  collect(plan, undefined)
  return [...collected.values()]
}

/** Returns the requirements of the guarded inputs that a request provides in variables. */
const inputRequirements = (plan: Plan, section: PlanSection, variables: RawVariables) =>
  section.guardedVariables.flatMap((guardedVariable) =>
    [...collectProvidedCoordinates(guardedVariable, variables)].map((coordinate) => ({
      coordinate,
      rule: plan.schemaRules.get(coordinate) ?? DENY_ALL,
      path: guardedVariable.path,
    })),
  )

function deny(requirements: readonly Requirement[], grantedScopes: ReadonlySet<string>): Decision {
  const rules = requirements.map(({ rule }) => rule)
  const requiredScopes = findMinimalScopes(rules, grantedScopes)
  const scopesAfterStepUp = new Set([...grantedScopes, ...requiredScopes])
  const denials = requirements
    .filter(({ rule }) => !isSatisfied(rule, grantedScopes))
    .map(({ coordinate, path, rule }): Denial => {
      // The denial names the alternative that a step-up with the challenge's scopes satisfies.
      const ranked = rankAlternatives(rule, grantedScopes)
      const alternative =
        ranked.find((scopes) => findMissingScopes(scopes, scopesAfterStepUp).length === 0) ?? ranked[0] ?? []
      return {
        coordinate,
        path: pathToArray(path),
        requiredScopes: alternative,
        missingScopes: findMissingScopes(alternative, grantedScopes),
        rule,
      }
    })
  return { allowed: false, denials, requiredScopes }
}
