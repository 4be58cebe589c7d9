import { collectProvidedCoordinates } from './guarded-inputs.ts'
import { findMinimalScopes, rankAlternatives } from './minimal-scopes.ts'
import type { Plan } from './plan.ts'
import type { PlanVariant, Requirement } from './plan-variant.ts'
import type { RawVariables } from './raw-variables.ts'
import { pathToArray } from './requirement-path.ts'
import { ANONYMOUS, DENY_ALL, findMissingScopes, isSatisfied, listScopes, type Rule } from './rule.ts'

/** A coordinate that the caller's scopes do not give access to. */
export type Denial = {
  readonly coordinate: string
  /** The response keys from the root, aliases as written. */
  readonly path: readonly string[]
  /** The alternative of the rule that the decision's `needed` scopes satisfy. */
  readonly requiredScopes: readonly string[]
  readonly missingScopes: readonly string[]
  /** The whole rule: an OR of ANDs. */
  readonly rule: Rule
}

/** The result of authorizing an operation for a set of scopes. */
export type Decision = Allowed | Denied

export type Allowed = {
  readonly allowed: true
  /** Of a query that is handled leniently: what its execution answers with null. For logs. */
  readonly denials?: readonly Denial[]
}

export type Denied = {
  readonly allowed: false
  readonly denials: readonly Denial[]
  /** The smallest set of scopes that authorizes the whole operation, granted or not. */
  readonly needed: readonly string[]
}

const ALLOWED: Allowed = Object.freeze({ allowed: true })

/**
 * Decides whether the granted scopes satisfy a plan.
 * @param grantedScopes `ANONYMOUS` for a caller without a token
 * @param variables those of the request, before coercion
 */
export function authorizePlan(
  plan: Plan,
  grantedScopes: ReadonlySet<string>,
  variables: RawVariables,
): Decision {
  if (isVariantSatisfied(plan, plan, grantedScopes, variables)) return ALLOWED
  const variant = plan.getVariant(variables)
  if (variant !== plan && isVariantSatisfied(plan, variant, grantedScopes, variables)) return ALLOWED
  return deny(collectRequirements(plan, variables), grantedScopes)
}

function isVariantSatisfied(
  plan: Plan,
  variant: PlanVariant,
  grantedScopes: ReadonlySet<string>,
  variables: RawVariables,
): boolean {
  const satisfied = (rule: Rule) => isSatisfied(rule, grantedScopes)
  if (!variant.distinctRules.every(satisfied)) return false
  if (variant.guardedVariables.length === 0) return true
  return inputRequirements(plan, variant, variables).every(({ rule }) => satisfied(rule))
}

/**
 * Computes the scopes that a client needs for an operation, whatever the values of `@skip` and `@include`.
 * Not included: the rules of guarded inputs that are sent in variables.
 */
export const computeRequiredScopes = (plan: Plan): readonly string[] =>
  listScopes(findMinimalScopes(plan.distinctRules, ANONYMOUS))

/** Collects the requirements that apply to one request, one per coordinate, satisfied or not. */
export function collectRequirements(plan: Plan, variables: RawVariables): readonly Requirement[] {
  const variant = plan.getVariant(variables)
  const requirements = new Map(variant.requirements.map((one) => [one.coordinate, one]))
  for (const requirement of inputRequirements(plan, variant, variables))
    if (!requirements.has(requirement.coordinate)) requirements.set(requirement.coordinate, requirement)
  return [...requirements.values()]
}

/** Returns the requirements of the guarded inputs that a request provides in variables. */
const inputRequirements = (plan: Plan, variant: PlanVariant, variables: RawVariables) =>
  variant.guardedVariables.flatMap((guardedVariable) =>
    [...collectProvidedCoordinates(guardedVariable, variables)].map((coordinate) => ({
      coordinate,
      rule: plan.schemaRules.get(coordinate) ?? DENY_ALL,
      path: guardedVariable.path,
    })),
  )

function deny(requirements: readonly Requirement[], grantedScopes: ReadonlySet<string>): Denied {
  const rules = requirements.map(({ rule }) => rule)
  const requiredScopes = findMinimalScopes(rules, grantedScopes)
  const describeRule = createDescribeRule(grantedScopes, requiredScopes)
  const denials = requirements
    .filter(({ rule }) => !isSatisfied(rule, grantedScopes))
    .map(({ coordinate, path, rule }) => ({ coordinate, path: pathToArray(path), ...describeRule(rule) }))
  return { allowed: false, denials, needed: listScopes(requiredScopes) }
}

type UnsatisfiedRule = Pick<Denial, 'requiredScopes' | 'missingScopes' | 'rule'>

/**
 * Creates the description of unsatisfied rules, once for each rule.
 * @param requiredScopes those of the whole operation
 */
export function createDescribeRule(
  grantedScopes: ReadonlySet<string>,
  requiredScopes: readonly string[],
): (rule: Rule) => UnsatisfiedRule {
  // Not `ANONYMOUS`, even without scopes: a caller that follows the challenge has a token.
  const scopesAfterStepUp = new Set([...grantedScopes, ...requiredScopes])
  const described = new Map<Rule, UnsatisfiedRule>()
  return function describeUnsatisfied(rule) {
    const known = described.get(rule)
    if (known) return known
    const alternative = chooseAlternative(rule, grantedScopes, scopesAfterStepUp)
    const description = {
      requiredScopes: listScopes(alternative),
      missingScopes: listScopes(findMissingScopes(alternative, grantedScopes)),
      rule,
    }
    described.set(rule, description)
    return description
  }
}

/** Returns the alternative that a step-up with the challenge's scopes satisfies. */
function chooseAlternative(
  rule: Rule,
  grantedScopes: ReadonlySet<string>,
  scopesAfterStepUp: ReadonlySet<string>,
): readonly string[] {
  const ranked = rankAlternatives(rule, grantedScopes)
  return ranked.find((scopes) => findMissingScopes(scopes, scopesAfterStepUp).length === 0) ?? ranked[0] ?? []
}
