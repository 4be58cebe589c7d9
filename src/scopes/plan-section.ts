import type { SelectionSetNode } from 'graphql'
import type { SelectionCondition } from './conditions.ts'
import type { GuardedVariable } from './guarded-inputs.ts'
import { joinPaths, type RequirementPath } from './requirement-path.ts'
import { type Rule, simplifyRule } from './rule.ts'

/** A rule that an operation runs into, with its coordinate and the first path that leads to it. */
export type Requirement = { readonly coordinate: string; readonly rule: Rule; readonly path: RequirementPath }

/**
 * A part of an operation that is included or excluded as a whole. Paths are relative to the section.
 * Sections nest where a selection depends on `@skip` or `@include`.
 */
export type PlanSection = {
  /** The distinct rules of the requirements, so that the cost of a decision does not grow with the number of fields. */
  readonly distinctRules: readonly Rule[]
  /** One requirement per coordinate, from which denials are built. */
  readonly requirements: readonly Requirement[]
  readonly guardedVariables: readonly GuardedVariable[]
  readonly conditionalSections: readonly ConditionalSection[]
}

/** A nested section, the conditions that include it, and the path where it begins. */
export type ConditionalSection = {
  readonly conditions: readonly SelectionCondition[]
  readonly basePath: RequirementPath
  readonly section: PlanSection
}

type ConditionalDraft = Omit<ConditionalSection, 'section'> & { readonly draft: SectionDraft }

/** A section while it is compiled. */
export type SectionDraft = {
  readonly requirements: Map<string, Requirement>
  readonly guardedVariables: Map<string, GuardedVariable>
  readonly conditionalDrafts: ConditionalDraft[]
  /** By object type, the selection sets that have been walked. */
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
 * Builds a section from its draft. Merges nested sections with the same conditions and drops those without a new
 * requirement, so that the result grows with the distinct conditional rules and not with the number of fields.
 */
export function buildSection(
  draft: SectionDraft,
  builtSections = new Map<SectionDraft, PlanSection>(),
): PlanSection {
  const built = builtSections.get(draft)
  if (built) return built
  const conditionalSections: ConditionalSection[] = []
  const mergedDrafts = new Map<string, ConditionalDraft>()
  for (const { conditions, basePath, draft: nestedDraft } of draft.conditionalDrafts) {
    const nested = buildSection(nestedDraft, builtSections)
    if (nested.conditionalSections.length > 0) {
      conditionalSections.push({ conditions, basePath, section: nested })
      continue
    }
    const key = JSON.stringify(conditions)
    const merged = mergedDrafts.get(key) ?? { conditions, basePath: undefined, draft: createSectionDraft() }
    mergedDrafts.set(key, merged)
    for (const requirement of nested.requirements)
      if (!draft.requirements.has(requirement.coordinate))
        addRequirement(merged.draft, { ...requirement, path: joinPaths(basePath, requirement.path) })
    for (const variable of nested.guardedVariables)
      addGuardedVariable(merged.draft, { ...variable, path: joinPaths(basePath, variable.path) })
  }
  for (const { conditions, basePath, draft: merged } of mergedDrafts.values())
    if (merged.requirements.size + merged.guardedVariables.size > 0)
      conditionalSections.push({ conditions, basePath, section: buildSection(merged) })
  const requirements = [...draft.requirements.values()]
  const section = {
    distinctRules: collectDistinctRules(requirements),
    requirements,
    guardedVariables: [...draft.guardedVariables.values()],
    conditionalSections,
  }
  builtSections.set(draft, section)
  return section
}

function collectDistinctRules(requirements: readonly Requirement[]): readonly Rule[] {
  const rules = new Set(requirements.map(({ rule }) => rule))
  return [...new Map([...rules].map((rule) => [JSON.stringify(simplifyRule(rule)), rule])).values()]
}
