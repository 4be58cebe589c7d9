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
  const chosen = new Set(orderedRules.filter((rule) => rule.length === 1).flat(2))
  const choices = orderedRules.filter((rule) => rule.length > 1)
  let missingCount = findMissingScopes([...chosen], grantedScopes).length
  let best: Candidate | undefined
  let steps = 0
  const search = (start: number) => {
    if (steps++ > MAX_STEPS && best) return
    if (best && compareCost(missingCount, chosen.size, best) > 0) return
    // The rules before `start` are satisfied, and stay so while scopes are added.
    let index = start
    while (index < choices.length && isSatisfied(choices[index] ?? [], chosen)) index++
    if (index === choices.length) {
      const candidate = createCandidate(chosen, grantedScopes)
      if (!best || compareCandidates(candidate, best) < 0) best = candidate
    }
    for (const alternative of choices[index] ?? []) {
      const added = findMissingScopes(alternative, chosen)
      const addedMissing = findMissingScopes(added, grantedScopes).length
      for (const scope of added) chosen.add(scope)
      missingCount += addedMissing
      search(index + 1)
      for (const scope of added) chosen.delete(scope)
      missingCount -= addedMissing
    }
  }
  search(0)
  return best?.scopes ?? []
}

/** Sorts the alternatives of a rule: the fewest missing scopes first, then the fewest scopes, then by name. */
export function rankAlternatives(rule: Rule, grantedScopes: ReadonlySet<string>): Rule {
  if (rule.length < 2) return rule
  return rule
    .map((alternative) => ({ alternative, candidate: createCandidate(new Set(alternative), grantedScopes) }))
    .sort((a, b) => compareCandidates(a.candidate, b.candidate))
    .map(({ alternative }) => alternative)
}

type Candidate = { readonly scopes: readonly string[]; readonly missingCount: number }

function createCandidate(chosen: ReadonlySet<string>, grantedScopes: ReadonlySet<string>): Candidate {
  const scopes = [...chosen].sort()
  return { scopes, missingCount: findMissingScopes(scopes, grantedScopes).length }
}

const compareCost = (missingCount: number, length: number, other: Candidate): number =>
  missingCount - other.missingCount || length - other.scopes.length

function compareCandidates(one: Candidate, other: Candidate): number {
  const difference = compareCost(one.missingCount, one.scopes.length, other)
  if (difference !== 0) return difference
  const [a, b] = [one.scopes.join(' '), other.scopes.join(' ')]
  return a < b ? -1 : Number(a > b)
}
