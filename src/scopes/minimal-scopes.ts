import { isSatisfied, missing, type Rule, simplifyRule } from './rule.ts'

/** Steps that a search may take before it is content with the best so far. */
const STEPS = 2_000

/**
 * The set of scopes that a token needs, and no more, to satisfy all the rules: the fewest that are not yet held, then
 * the fewest at all, then the first in alphabetical order. The same answer in whatever order the rules come.
 * Finding the smallest set is NP-hard (it is "hitting set"); schemas with so many choices that 2,000 steps are not
 * enough get a set that suffices but may not be the smallest.
 */
export function findMinimalScopes(
  rules: readonly Rule[],
  grantedScopes: ReadonlySet<string>,
): readonly string[] {
  const canonical = new Map(
    rules.map(simplifyRule).map((rule) => [JSON.stringify(rule), rankAlternatives(rule, grantedScopes)]),
  )
  const ordered = [...canonical.entries()]
    .sort(([a, one], [b, other]) => one.length - other.length || (a < b ? -1 : 1))
    .map(([, rule]) => rule)
    .filter((rule) => rule.length > 0)
  let best: Candidate | undefined
  let steps = 0
  const search = (chosen: ReadonlySet<string>) => {
    const candidate = candidateOf(chosen, grantedScopes)
    if (steps++ > STEPS && best) return
    if (best && compare(candidate, best, false) > 0) return
    const open = ordered.find((rule) => !isSatisfied(rule, chosen))
    if (!open) {
      if (!best || compare(candidate, best, true) < 0) best = candidate
      return
    }
    for (const alternative of open) search(new Set([...chosen, ...alternative]))
  }
  search(new Set())
  return best?.scopes ?? []
}

/** A rule's alternatives, the nearest first: the fewest that are missing, then the fewest, then by name. */
export const rankAlternatives = (rule: Rule, grantedScopes: ReadonlySet<string>): Rule =>
  rule.toSorted((a, b) =>
    compare(candidateOf(new Set(a), grantedScopes), candidateOf(new Set(b), grantedScopes), true),
  )

type Candidate = { readonly scopes: readonly string[]; readonly missing: number }

function candidateOf(chosen: ReadonlySet<string>, held: ReadonlySet<string>): Candidate {
  const scopes = [...chosen].sort()
  return { scopes, missing: missing(scopes, held).length }
}

function compare(one: Candidate, other: Candidate, byName: boolean): number {
  const difference = one.missing - other.missing || one.scopes.length - other.scopes.length
  if (difference !== 0 || !byName) return difference
  const [a, b] = [one.scopes.join(' '), other.scopes.join(' ')]
  return a < b ? -1 : Number(a > b)
}
