import type { SelectionSetNode } from 'graphql'
import type { Condition } from './conditions.ts'
import type { InputAsk } from './guarded-inputs.ts'
import { keysOf, type Path } from './requirement-path.ts'
import { type Rule, simplest } from './rule.ts'

/** One coordinate's rule, and the first place that meets it. Paths are within the section. */
export type Ask = { readonly coordinate: string; readonly rule: Rule; readonly path: Path }

/**
 * A part of an operation that runs as a whole or not at all: what it asks for outright, which variables may
 * bring guarded inputs, and the parts below it that hang on a `@skip` or `@include`.
 */
export type Section = {
  /** The distinct rules of all asks: what a decision looks at, however many fields there are. */
  readonly rules: readonly Rule[]
  /** One for each coordinate: what a refusal tells of. */
  readonly asks: readonly Ask[]
  readonly inputs: readonly InputAsk[]
  readonly gates: readonly Gate[]
}
/** @property at where the section's paths begin */
type Gate = {
  readonly conditions: readonly Condition[]
  readonly at: Path
  readonly section: Section
}

/** A section that is being compiled. */
export type Draft = {
  readonly asks: Map<string, Ask>
  readonly inputs: Map<string, InputAsk>
  readonly gates: { readonly conditions: readonly Condition[]; readonly at: Path; readonly draft: Draft }[]
  /** By object type, the selection sets that were walked for it. */
  readonly seen: Map<string, Set<SelectionSetNode>>
}

export const newDraft = (): Draft => ({ asks: new Map(), inputs: new Map(), gates: [], seen: new Map() })

export function addAsk(draft: Draft, ask: Ask) {
  if (!draft.asks.has(ask.coordinate)) draft.asks.set(ask.coordinate, ask)
}

export function addInput(draft: Draft, input: InputAsk) {
  const key = `${input.variable} ${input.coordinate ?? input.shape?.type}`
  if (!draft.inputs.has(key)) draft.inputs.set(key, input)
}

/**
 * Turns drafts into sections. Gates on the same conditions become one, and gates that ask for nothing new go:
 * what is left grows with the distinct conditional rules, not with the fields.
 */
export function finish(draft: Draft, done = new Map<Draft, Section>()): Section {
  const known = done.get(draft)
  if (known) return known
  const gates: Gate[] = []
  const merged = new Map<string, { conditions: readonly Condition[]; draft: Draft }>()
  for (const gate of draft.gates) {
    const inner = finish(gate.draft, done)
    if (inner.gates.length > 0) {
      gates.push({ conditions: gate.conditions, at: gate.at, section: inner })
      continue
    }
    const key = JSON.stringify(gate.conditions)
    const into = merged.get(key) ?? { conditions: gate.conditions, draft: newDraft() }
    merged.set(key, into)
    for (const ask of inner.asks)
      if (!draft.asks.has(ask.coordinate)) addAsk(into.draft, { ...ask, path: joined(gate.at, ask.path) })
    for (const input of inner.inputs) addInput(into.draft, { ...input, path: joined(gate.at, input.path) })
  }
  for (const { conditions, draft: into } of merged.values())
    if (into.asks.size + into.inputs.size > 0)
      gates.push({ conditions, at: undefined, section: finish(into) })
  const asks = [...draft.asks.values()]
  const section = { rules: distinct(asks), asks, inputs: [...draft.inputs.values()], gates }
  done.set(draft, section)
  return section
}

/** A path in a section, seen from outside. */
export const joined = (at: Path, path: Path): Path =>
  keysOf(path).reduce<Path>((above, key) => ({ above, key }), at)

function distinct(asks: readonly Ask[]): readonly Rule[] {
  const byObject = new Set(asks.map((ask) => ask.rule))
  return [...new Map([...byObject].map((rule) => [JSON.stringify(simplest(rule)), rule])).values()]
}
