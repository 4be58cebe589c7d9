/** The scopes that a schema coordinate requires, as an OR of ANDs: a caller needs every scope of one alternative. */
export type Rule = readonly (readonly string[])[]

/** Rules by schema coordinate: `Book`, `Query.book`, `Query.book(id:)`, `AddBookInput.id`. */
export type Rules = ReadonlyMap<string, Rule>

/** The rule that every caller satisfies, with a token or without. */
export const ALLOW_ALL: Rule = [[]]
/** The rule that no caller satisfies. */
export const DENY_ALL: Rule = []

/**
 * Stands in a rule for what every verified caller has (`@authenticated`). It is not a valid scope token (RFC 6749 §3.3), so
 * that no rule can require it as a scope.
 */
const AUTHENTICATED = 'an access token'
export const AUTHENTICATED_RULE: Rule = [[AUTHENTICATED]]
/** The granted scopes of an anonymous caller. Any other set, an empty one too, is that of a verified caller. */
export const ANONYMOUS: ReadonlySet<string> = new Set()

const isGranted = (scope: string, grantedScopes: ReadonlySet<string>) =>
  grantedScopes.has(scope) || (scope === AUTHENTICATED && grantedScopes !== ANONYMOUS)

/** Returns true if every scope of at least one alternative is granted. */
export function isSatisfied(rule: Rule, grantedScopes: ReadonlySet<string>): boolean {
  for (const alternative of rule)
    if (alternative.every((scope) => isGranted(scope, grantedScopes))) return true
  return false
}

export const findMissingScopes = (scopes: readonly string[], grantedScopes: ReadonlySet<string>) =>
  scopes.filter((scope) => !isGranted(scope, grantedScopes))

/** Returns those that a client can request: all but `AUTHENTICATED`. */
export const listScopes = (scopes: Iterable<string>): string[] =>
  [...scopes].filter((scope) => scope !== AUTHENTICATED)

/** Returns a rule for clients: one that requires a token only is `[[]]`. */
export const listAlternatives = (rule: Rule): Rule => rule.map(listScopes)

/** Any scope implies `AUTHENTICATED`. */
const isSubset = (part: readonly string[], whole: readonly string[]) =>
  part.every((scope) => whole.includes(scope) || (scope === AUTHENTICATED && whole.length > 0))

/** Returns true if all scopes that satisfy `strict` also satisfy `loose`. */
export const implies = (strict: Rule, loose: Rule) =>
  strict.every((alternative) => loose.some((required) => isSubset(required, alternative)))

/** Returns true if the same scopes satisfy both rules. */
export const isEquivalent = (one: Rule, other: Rule) => implies(one, other) && implies(other, one)

/** Combines two rules into one that requires both. */
export const and = (one: Rule, other: Rule): Rule =>
  simplifyRule(one.flatMap((a) => other.map((b) => [...new Set([...a, ...b])])))

/** Combines two rules into one that is satisfied if either of them is. */
export const or = (one: Rule, other: Rule): Rule => simplifyRule([...one, ...other])

/** Removes redundant alternatives and sorts the others, so that equivalent rules become equal. */
export function simplifyRule(rule: Rule): Rule {
  const sorted = rule.map((alternative) => {
    const scopes = listScopes(new Set(alternative)).sort()
    return scopes.length > 0 || alternative.length === 0 ? scopes : [AUTHENTICATED]
  })
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

/** Describes the scopes of a row of `Scopes.table()` in words: `a and b, or c`. */
export const describeScopes = (scopes: Rule): string =>
  describeRule(scopes.map((alternative) => (alternative.length > 0 ? alternative : [AUTHENTICATED])))
