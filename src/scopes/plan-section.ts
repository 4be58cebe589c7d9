import type { SelectionSetNode } from 'graphql'
import type { SelectionCondition } from './conditions.ts'
import type { GuardedVariable } from './guarded-inputs.ts'
import { pathToArray, type RequirementPath } from './requirement-path.ts'
import { type Rule, simplifyRule } from './rule.ts'

/** One coordinate's rule, and the first place that meets it. Paths are within the section. */
export type Requirement = { readonly coordinate: string; readonly rule: Rule; readonly path: RequirementPath }

/**
 * A part of an operation that runs as a whole or not at all: what it asks for outright, which variables may
 * bring guarded inputs, and the parts below it that hang on a `@skip` or `@include`.
 */
export type PlanSection = {
  /** The distinct rules of all asks: what a decision looks at, however many fields there are. */
  readonly distinctRules: readonly Rule[]
  /** One for each coordinate: what a refusal tells of. */
  readonly requirements: readonly Requirement[]
  readonly guardedVariables: readonly GuardedVariable[]
  readonly conditionalSections: readonly ConditionalSection[]
}
/** @property at where the section's paths begin */
type ConditionalSection = {
  readonly conditions: readonly SelectionCondition[]
  readonly basePath: RequirementPath
  readonly section: PlanSection
}

/** A section that is being compiled. */
export type SectionDraft = {
  readonly requirements: Map<string, Requirement>
  readonly guardedVariables: Map<string, GuardedVariable>
  readonly conditionalDrafts: {
    readonly conditions: readonly SelectionCondition[]
    readonly basePath: RequirementPath
    readonly draft: SectionDraft
  }[]
  /** By object type, the selection sets that were walked for it. */
  readonly visitedSelectionSets: Map<string, Set<SelectionSetNode>>
}

export const createSectionDraft = (): SectionDraft => ({
  requirements: new Map(),
  guardedVariables: new Map(),
  conditionalDrafts: [],
  visitedSelectionSets: new Map(),
})

export function addRequirement(draft: SectionDraft, requirement: Requirement) {
  if (!draft.requirements.has(requirement.coordinate))
    draft.requirements.set(requirement.coordinate, requirement)
}

export function addGuardedVariable(draft: SectionDraft, guardedVariable: GuardedVariable) {
  const key = `${guardedVariable.variable} ${guardedVariable.coordinate ?? guardedVariable.shape?.type}`
  if (!draft.guardedVariables.has(key)) draft.guardedVariables.set(key, guardedVariable)
}

/**
 * Turns drafts into sections. Gates on the same conditions become one, and gates that ask for nothing new go:
 * what is left grows with the distinct conditional rules, not with the fields.
 */
export function buildSection(
  draft: SectionDraft,
  builtSections = new Map<SectionDraft, PlanSection>(),
): PlanSection {
  const known = builtSections.get(draft)
  if (known) return known
  const conditionalSections: ConditionalSection[] = []
  const merged = new Map<string, { conditions: readonly SelectionCondition[]; draft: SectionDraft }>()
  for (const gate of draft.conditionalDrafts) {
    const inner = buildSection(gate.draft, builtSections)
    if (inner.conditionalSections.length > 0) {
      conditionalSections.push({ conditions: gate.conditions, basePath: gate.basePath, section: inner })
      continue
    }
    const key = JSON.stringify(gate.conditions)
    const into = merged.get(key) ?? { conditions: gate.conditions, draft: createSectionDraft() }
    merged.set(key, into)
    for (const ask of inner.requirements)
      if (!draft.requirements.has(ask.coordinate))
        addRequirement(into.draft, { ...ask, path: joinPaths(gate.basePath, ask.path) })
    for (const input of inner.guardedVariables)
      addGuardedVariable(into.draft, { ...input, path: joinPaths(gate.basePath, input.path) })
  }
  for (const { conditions, draft: into } of merged.values())
    if (into.requirements.size + into.guardedVariables.size > 0)
      conditionalSections.push({ conditions, basePath: undefined, section: buildSection(into) })
  const requirements = [...draft.requirements.values()]
  const section = {
    distinctRules: distinct(requirements),
    requirements,
    guardedVariables: [...draft.guardedVariables.values()],
    conditionalSections,
  }
  builtSections.set(draft, section)
  return section
}

/** A path in a section, seen from outside. */
export const joinPaths = (basePath: RequirementPath, path: RequirementPath): RequirementPath =>
  pathToArray(path).reduce<RequirementPath>((above, key) => ({ prev: above, key }), basePath)

function distinct(asks: readonly Requirement[]): readonly Rule[] {
  const byObject = new Set(asks.map((ask) => ask.rule))
  return [...new Map([...byObject].map((rule) => [JSON.stringify(simplifyRule(rule)), rule])).values()]
}
