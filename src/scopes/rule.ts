/** An OR of ANDs: one alternative must be held whole. */
export type Rule = readonly (readonly string[])[]

/** What anybody passes, token or none. */
export const ALLOW_ALL: Rule = [[]]
/** What no scopes pass. */
export const DENY_ALL: Rule = []

/** Whether one alternative of the rule is held whole. */
export function isSatisfied(rule: Rule, grantedScopes: ReadonlySet<string>): boolean {
  for (const alternative of rule) if (alternative.every((scope) => grantedScopes.has(scope))) return true
  return false
}

/** What of these scopes is not held. */
export const missing = (scopes: readonly string[], grantedScopes: ReadonlySet<string>) =>
  scopes.filter((scope) => !grantedScopes.has(scope))

/** Whether everything in `part` is also in `whole`. */
const coveredBy = (part: readonly string[], whole: readonly string[]) =>
  part.every((scope) => whole.includes(scope))

/** Whether scopes that pass `strict` always pass `loose`. */
export const implies = (strict: Rule, loose: Rule) =>
  strict.every((alternative) => loose.some((needed) => coveredBy(needed, alternative)))

/** The rule that both rules together come to. */
export const and = (one: Rule, other: Rule): Rule =>
  simplifyRule(one.flatMap((a) => other.map((b) => [...new Set([...a, ...b])])))

/** The rule that is passed by whoever passes one of the two. */
export const or = (one: Rule, other: Rule): Rule => simplifyRule([...one, ...other])

/** The same rule without the alternatives that another one makes pointless, in one spelling for each meaning. */
export function simplifyRule(rule: Rule): Rule {
  const sorted = rule.map((alternative) => [...new Set(alternative)].sort())
  const kept = sorted.filter(
    (a, i) => !sorted.some((b, j) => i !== j && coveredBy(b, a) && (b.length < a.length || j < i)),
  )
  return kept.sort((a, b) => a.length - b.length || (a.join(' ') < b.join(' ') ? -1 : 1))
}
