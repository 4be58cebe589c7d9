/** An OR of ANDs: one alternative must be held whole. */
export type Rule = readonly (readonly string[])[]

/** What anybody passes, token or none. */
export const ANYBODY: Rule = [[]]
/** What no scopes pass. */
export const NOBODY: Rule = []

/** Whether one alternative of the rule is held whole. */
export function satisfies(rule: Rule, held: ReadonlySet<string>): boolean {
  for (const alternative of rule) if (alternative.every((scope) => held.has(scope))) return true
  return false
}

/** What of these scopes is not held. */
export const lacking = (scopes: readonly string[], held: ReadonlySet<string>) =>
  scopes.filter((scope) => !held.has(scope))

/** Whether everything in `part` is also in `whole`. */
const coveredBy = (part: readonly string[], whole: readonly string[]) =>
  part.every((scope) => whole.includes(scope))

/** Whether scopes that pass `strict` always pass `loose`. */
export const implies = (strict: Rule, loose: Rule) =>
  strict.every((alternative) => loose.some((needed) => coveredBy(needed, alternative)))

/** The rule that both rules together come to. */
export const both = (one: Rule, other: Rule): Rule =>
  simplest(one.flatMap((a) => other.map((b) => [...new Set([...a, ...b])])))

/** The rule that is passed by whoever passes one of the two. */
export const either = (one: Rule, other: Rule): Rule => simplest([...one, ...other])

/** The same rule without the alternatives that another one makes pointless, in one spelling for each meaning. */
export function simplest(rule: Rule): Rule {
  const sorted = rule.map((alternative) => [...new Set(alternative)].sort())
  const kept = sorted.filter(
    (a, i) => !sorted.some((b, j) => i !== j && coveredBy(b, a) && (b.length < a.length || j < i)),
  )
  return kept.sort((a, b) => a.length - b.length || (a.join(' ') < b.join(' ') ? -1 : 1))
}
