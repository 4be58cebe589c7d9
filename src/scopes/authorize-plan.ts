import { conditionHolds, type RawVariables } from './conditions.ts'
import { collectProvidedCoordinates } from './guarded-inputs.ts'
import { findMinimalScopes, rankAlternatives } from './minimal-scopes.ts'
import type { Plan } from './plan.ts'
import { joinPaths, type PlanSection, type Requirement } from './plan-section.ts'
import { pathToArray, type RequirementPath } from './requirement-path.ts'
import { DENY_ALL, isSatisfied, missing, type Rule } from './rule.ts'

/** One coordinate that the caller's scopes do not open. */
export type Denial = {
  readonly coordinate: string
  /** Response keys from the root, aliases as written. */
  readonly path: readonly string[]
  /** The alternative of the rule that lacks the least. */
  readonly requiredScopes: readonly string[]
  readonly missingScopes: readonly string[]
  /** The whole rule: alternatives, each a list of scopes that are needed together. */
  readonly rule: readonly (readonly string[])[]
}

/** @property needed the smallest set of scopes that lets the whole operation pass, held or not, by name */
export type Decision =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      readonly denials: readonly Denial[]
      readonly requiredScopes: readonly string[]
    }

const ALLOWED: Decision = Object.freeze({ allowed: true })

/**
 * Compares what an operation asks for with the scopes that its caller holds. Pure.
 * @param variables as the request sent them, before coercion
 */
export function authorizePlan(
  plan: Plan,
  grantedScopes: ReadonlySet<string>,
  variables: RawVariables,
): Decision {
  const fits = (rule: Rule) => isSatisfied(rule, grantedScopes)
  if (plan.conditionalSections.length + plan.guardedVariables.length === 0) {
    if (plan.distinctRules.every(fits)) return ALLOWED
  } else {
    const passes = (section: PlanSection) =>
      section.distinctRules.every(fits) &&
      providedAsks(plan, section, variables).every((ask) => fits(ask.rule))
    if (activeSections(plan, variables).every(({ section }) => passes(section))) return ALLOWED
  }
  return denied(collectRequirements(plan, variables), grantedScopes)
}

/**
 * What the operation can ask for, whatever its `@skip` and `@include` say: what a client should have a token for.
 * Not in it: guarded inputs that its variables may bring. They are for whoever sends them to ask for.
 */
export const computeRequiredScopes = (plan: Plan): readonly string[] =>
  findMinimalScopes(
    sections(plan, () => true).flatMap(({ section }) => section.distinctRules),
    new Set(),
  )

/** What this request asks for, one entry for each coordinate, whether the caller holds it or not. */
export function collectRequirements(plan: Plan, variables: RawVariables): readonly Requirement[] {
  const asks = new Map<string, Requirement>()
  for (const { section, at } of activeSections(plan, variables))
    for (const ask of [...section.requirements, ...providedAsks(plan, section, variables)])
      if (!asks.has(ask.coordinate)) asks.set(ask.coordinate, { ...ask, path: joinPaths(at, ask.path) })
  return [...asks.values()]
}

type Placed = { readonly section: PlanSection; readonly at: RequirementPath }

const activeSections = (plan: Plan, variables: RawVariables) =>
  sections(plan, (gate) => gate.conditions.every((condition) => conditionHolds(condition, variables)))

/** The sections whose gates are open, each once, where it is first met. */
function sections(plan: Plan, open: (gate: PlanSection['conditionalSections'][number]) => boolean): Placed[] {
  const found = new Map<PlanSection, Placed>()
  const collect = (section: PlanSection, at: RequirementPath) => {
    if (found.has(section)) return
    found.set(section, { section, at })
    for (const gate of section.conditionalSections)
      if (open(gate)) collect(gate.section, joinPaths(at, gate.basePath))
  }
  collect(plan, undefined)
  return [...found.values()]
}

const providedAsks = (plan: Plan, section: PlanSection, variables: RawVariables): readonly Requirement[] =>
  section.guardedVariables.flatMap((input) =>
    [...collectProvidedCoordinates(input, variables)].map((coordinate) => ({
      coordinate,
      rule: plan.schemaRules.get(coordinate) ?? DENY_ALL,
      path: input.path,
    })),
  )

function denied(asks: readonly Requirement[], held: ReadonlySet<string>): Decision {
  const needed = findMinimalScopes(
    asks.map((ask) => ask.rule),
    held,
  )
  const granted = new Set([...held, ...needed])
  const denials = asks
    .filter((ask) => !isSatisfied(ask.rule, held))
    .map(({ coordinate, path, rule }) => {
      // Of a rule's alternatives the error names the one that the challenge leads to.
      const near = rankAlternatives(rule, held)
      const requiredScopes = near.find((all) => missing(all, granted).length === 0) ?? near[0] ?? []
      const missingScopes = missing(requiredScopes, held)
      return { coordinate, path: pathToArray(path), requiredScopes, missingScopes, rule }
    })
  return { allowed: false, denials, requiredScopes: needed }
}
