/** The scopes that a schema coordinate requires, as an OR of ANDs: a caller needs every scope of one alternative. */
export type Rule = readonly (readonly string[])[]

/** Rules by schema coordinate: `Book`, `Query.book`, `Query.book(id:)`, `AddBookInput.id`. */
export type Rules = ReadonlyMap<string, Rule>

/** The rule that every caller satisfies, with a token or without. */
export const ALLOW_ALL: Rule = [[]]
/** The rule that no caller satisfies. */
export const DENY_ALL: Rule = []

/** Returns true if every scope of at least one alternative is granted. */
export function isSatisfied(rule: Rule, grantedScopes: ReadonlySet<string>): boolean {
  for (const alternative of rule) if (alternative.every((scope) => grantedScopes.has(scope))) return true
  return false
}

export const findMissingScopes = (scopes: readonly string[], grantedScopes: ReadonlySet<string>) =>
  scopes.filter((scope) => !grantedScopes.has(scope))

const isSubset = (part: readonly string[], whole: readonly string[]) =>
  part.every((scope) => whole.includes(scope))

/** Returns true if all scopes that satisfy `strict` also satisfy `loose`. */
export const implies = (strict: Rule, loose: Rule) =>
  strict.every((alternative) => loose.some((required) => isSubset(required, alternative)))

/** Combines two rules into one that requires both. */
export const and = (one: Rule, other: Rule): Rule =>
  simplifyRule(one.flatMap((a) => other.map((b) => [...new Set([...a, ...b])])))

/** Combines two rules into one that is satisfied if either of them is. */
export const or = (one: Rule, other: Rule): Rule => simplifyRule([...one, ...other])

/** Removes redundant alternatives and sorts the others, so that equivalent rules become equal. */
export function simplifyRule(rule: Rule): Rule {
  const sorted = rule.map((alternative) => [...new Set(alternative)].sort())
  const minimal = sorted.filter(
    (a, i) => !sorted.some((b, j) => i !== j && isSubset(b, a) && (b.length < a.length || j < i)),
  )
  return minimal.sort((a, b) => a.length - b.length || (a.join(' ') < b.join(' ') ? -1 : 1))
}

/** Describes a rule in words: `a and b, or c`. */
export const describeRule = (rule: Rule): string =>
  rule.length === 0
    ? '(never allowed)'
    : rule.map((alternative) => alternative.join(' and ') || 'no scope').join(', or ')

/** Describes every rule in words, in the order of the schema. */
export const describeRules = (rules: Rules) =>
  [...rules].map(([coordinate, rule]) => ({ coordinate, scopes: describeRule(rule) }))
