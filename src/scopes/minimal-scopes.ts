import { findMissingScopes, isSatisfied, type Rule, simplifyRule } from './rule.ts'

const MAX_STEPS = 2_000

/**
 * Finds the smallest set of scopes that satisfies all rules: the fewest that are not granted yet, then the fewest at
 * all, then the first in alphabetical order. The order of the rules does not matter.
 * The problem is NP-hard (hitting set): if the search takes more than 2,000 steps, the set satisfies all rules but may
 * not be the smallest.
 */
export function findMinimalScopes(rules: readonly Rule[], grantedScopes: ReadonlySet<string>) {
  const rankedRules = new Map(
    rules.map(simplifyRule).map((rule) => [JSON.stringify(rule), rankAlternatives(rule, grantedScopes)]),
  )
  const orderedRules = [...rankedRules.entries()]
    .sort(([a, one], [b, other]) => one.length - other.length || (a < b ? -1 : 1))
    .map(([, rule]) => rule)
    .filter((rule) => rule.length > 0)
  let best: Candidate | undefined
  let steps = 0
  const search = (chosen: ReadonlySet<string>) => {
    const candidate = createCandidate(chosen, grantedScopes)
    if (steps++ > MAX_STEPS && best) return
    if (best && compareCost(candidate, best) > 0) return
    const unsatisfied = orderedRules.find((rule) => !isSatisfied(rule, chosen))
    if (!unsatisfied) {
      if (!best || compareCandidates(candidate, best) < 0) best = candidate
      return
    }
    for (const alternative of unsatisfied) search(new Set([...chosen, ...alternative]))
  }
  search(new Set())
  return best?.scopes ?? []
}

/** Sorts the alternatives of a rule: the fewest missing scopes first, then the fewest scopes, then by name. */
export const rankAlternatives = (rule: Rule, grantedScopes: ReadonlySet<string>): Rule =>
  rule.toSorted((a, b) =>
    compareCandidates(createCandidate(new Set(a), grantedScopes), createCandidate(new Set(b), grantedScopes)),
  )

type Candidate = { readonly scopes: readonly string[]; readonly missingCount: number }

function createCandidate(chosen: ReadonlySet<string>, grantedScopes: ReadonlySet<string>): Candidate {
  const scopes = [...chosen].sort()
  return { scopes, missingCount: findMissingScopes(scopes, grantedScopes).length }
}

const compareCost = (one: Candidate, other: Candidate): number =>
  one.missingCount - other.missingCount || one.scopes.length - other.scopes.length

function compareCandidates(one: Candidate, other: Candidate): number {
  const difference = compareCost(one, other)
  if (difference !== 0) return difference
  const [a, b] = [one.scopes.join(' '), other.scopes.join(' ')]
  return a < b ? -1 : Number(a > b)
}
