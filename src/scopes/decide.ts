import type { Denial } from '../refusal.ts'
import { holds, type Variables } from './conditions.ts'
import { providedCoordinates } from './inputs.ts'
import type { Ask, Plan, Section } from './plan.ts'
import type { Rule } from './rules.ts'

/** @property needed all scopes that the whole operation needs, held or not, without repeats */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly denials: readonly Denial[]; readonly needed: readonly string[] }

const ALLOWED: Decision = Object.freeze({ allowed: true })

/**
 * Compares what an operation asks for with the scopes that its caller holds. Pure.
 * @param variables as the request sent them, before coercion
 */
export function decide(plan: Plan, held: ReadonlySet<string>, variables: Variables): Decision {
  const asks = activeAsks(plan, variables)
  let allowed = true
  for (const ask of asks.values()) allowed &&= satisfies(ask.rule, held)
  return allowed ? ALLOWED : denied([...asks.values()], held)
}

/**
 * What the operation can ask for, whatever its `@skip` and `@include` say: what a client should have a token for.
 * Not in it: guarded inputs that its variables may bring. They are for whoever sends them to ask for.
 */
export function scopesToAskFor(plan: Plan): readonly string[] {
  const asks = new Map<string, Ask>()
  const seen = new Set<Section>()
  const collect = (section: Section) => {
    if (seen.has(section)) return
    seen.add(section)
    for (const [coordinate, ask] of section.asks) asks.set(coordinate, ask)
    for (const gate of section.gates) collect(gate.section)
  }
  collect(plan)
  return scopesFor([...asks.values()], new Set())
}

/** Whether one alternative of the rule is held whole. */
const satisfies = (rule: Rule, held: ReadonlySet<string>) =>
  rule.some((alternative) => alternative.every((scope) => held.has(scope)))

/** The rules that count for these variables, by coordinate. */
function activeAsks(plan: Plan, variables: Variables): ReadonlyMap<string, Ask> {
  if (plan.gates.length === 0 && plan.inputs.length === 0) return plan.asks
  const asks = new Map<string, Ask>()
  const seen = new Set<Section>()
  const add = (ask: Ask) => asks.has(ask.coordinate) || asks.set(ask.coordinate, ask)
  const collect = (section: Section) => {
    if (seen.has(section)) return
    seen.add(section)
    for (const ask of section.asks.values()) add(ask)
    for (const input of section.inputs)
      for (const coordinate of providedCoordinates(plan.rules, input, variables))
        add({ coordinate, rule: plan.rules.get(coordinate) ?? [], path: input.path })
    for (const gate of section.gates)
      if (gate.conditions.every((condition) => holds(condition, variables))) collect(gate.section)
  }
  collect(plan)
  return asks
}

function denied(asks: readonly Ask[], held: ReadonlySet<string>): Decision {
  const denials = asks
    .filter((ask) => !satisfies(ask.rule, held))
    .map(({ coordinate, path, rule }) => {
      const requiredScopes = nearest(rule, held)
      return { coordinate, path, requiredScopes, missingScopes: lacking(requiredScopes, held) }
    })
  return { allowed: false, denials, needed: scopesFor(asks, held) }
}

const lacking = (scopes: readonly string[], held: ReadonlySet<string>) =>
  scopes.filter((one) => !held.has(one))

/** The alternative that lacks the least; the first written among equals. */
function nearest(rule: Rule, held: ReadonlySet<string>): readonly string[] {
  const [first = [], ...others] = rule
  return others.reduce(
    (best, one) => (lacking(one, held).length < lacking(best, held).length ? one : best),
    first,
  )
}

/**
 * Scopes that let all asks pass. Rules without a choice come first, so that a choice falls on what is needed anyway;
 * with several rules that leave a choice the answer is sufficient but may not be the smallest.
 */
function scopesFor(asks: readonly Ask[], held: ReadonlySet<string>): readonly string[] {
  const needed = new Set<string>()
  const owned = new Set(held)
  for (const { rule } of asks.toSorted((a, b) => a.rule.length - b.rule.length)) {
    for (const scope of nearest(rule, owned)) {
      needed.add(scope)
      owned.add(scope)
    }
  }
  return [...needed]
}
