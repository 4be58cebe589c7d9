import { holds, type Variables } from './conditions.ts'
import { providedCoordinates } from './guarded-inputs.ts'
import { preferred, smallestSet } from './minimal-scopes.ts'
import type { Plan } from './plan.ts'
import { type Ask, joined, type Section } from './plan-section.ts'
import { keysOf, type Path } from './requirement-path.ts'
import { lacking, NOBODY, type Rule, satisfies } from './rule.ts'

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
  | { readonly allowed: false; readonly denials: readonly Denial[]; readonly needed: readonly string[] }

const ALLOWED: Decision = Object.freeze({ allowed: true })

/**
 * Compares what an operation asks for with the scopes that its caller holds. Pure.
 * @param variables as the request sent them, before coercion
 */
export function decide(plan: Plan, held: ReadonlySet<string>, variables: Variables): Decision {
  const fits = (rule: Rule) => satisfies(rule, held)
  if (plan.gates.length + plan.inputs.length === 0) {
    if (plan.rules.every(fits)) return ALLOWED
  } else {
    const passes = (section: Section) =>
      section.rules.every(fits) && providedAsks(plan, section, variables).every((ask) => fits(ask.rule))
    if (activeSections(plan, variables).every(({ section }) => passes(section))) return ALLOWED
  }
  return denied(activeAsks(plan, variables), held)
}

/**
 * What the operation can ask for, whatever its `@skip` and `@include` say: what a client should have a token for.
 * Not in it: guarded inputs that its variables may bring. They are for whoever sends them to ask for.
 */
export const scopesToAskFor = (plan: Plan): readonly string[] =>
  smallestSet(
    sections(plan, () => true).flatMap(({ section }) => section.rules),
    new Set(),
  )

/** What this request asks for, one entry for each coordinate, whether the caller holds it or not. */
export function activeAsks(plan: Plan, variables: Variables): readonly Ask[] {
  const asks = new Map<string, Ask>()
  for (const { section, at } of activeSections(plan, variables))
    for (const ask of [...section.asks, ...providedAsks(plan, section, variables)])
      if (!asks.has(ask.coordinate)) asks.set(ask.coordinate, { ...ask, path: joined(at, ask.path) })
  return [...asks.values()]
}

type Placed = { readonly section: Section; readonly at: Path }

const activeSections = (plan: Plan, variables: Variables) =>
  sections(plan, (gate) => gate.conditions.every((condition) => holds(condition, variables)))

/** The sections whose gates are open, each once, where it is first met. */
function sections(plan: Plan, open: (gate: Section['gates'][number]) => boolean): Placed[] {
  const found = new Map<Section, Placed>()
  const collect = (section: Section, at: Path) => {
    if (found.has(section)) return
    found.set(section, { section, at })
    for (const gate of section.gates) if (open(gate)) collect(gate.section, joined(at, gate.at))
  }
  collect(plan, undefined)
  return [...found.values()]
}

const providedAsks = (plan: Plan, section: Section, variables: Variables): readonly Ask[] =>
  section.inputs.flatMap((input) =>
    [...providedCoordinates(input, variables)].map((coordinate) => ({
      coordinate,
      rule: plan.schemaRules.get(coordinate) ?? NOBODY,
      path: input.path,
    })),
  )

function denied(asks: readonly Ask[], held: ReadonlySet<string>): Decision {
  const needed = smallestSet(
    asks.map((ask) => ask.rule),
    held,
  )
  const granted = new Set([...held, ...needed])
  const denials = asks
    .filter((ask) => !satisfies(ask.rule, held))
    .map(({ coordinate, path, rule }) => {
      // Of a rule's alternatives the error names the one that the challenge leads to.
      const near = preferred(rule, held)
      const requiredScopes = near.find((all) => lacking(all, granted).length === 0) ?? near[0] ?? []
      const missingScopes = lacking(requiredScopes, held)
      return { coordinate, path: keysOf(path), requiredScopes, missingScopes, rule }
    })
  return { allowed: false, denials, needed }
}
