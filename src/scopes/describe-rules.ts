import type { Rules } from './read-rules.ts'
import type { Rule } from './rule.ts'

/** One line of the table of what each coordinate asks for. */
export type RuleDescription = { readonly coordinate: string; readonly scopes: string }

/** A rule in words: `a and b, or c`. */
export const describeRule = (rule: Rule): string =>
  rule.length === 0
    ? 'nobody'
    : rule.map((alternative) => alternative.join(' and ') || 'anybody').join(', or ')

/** The rules in words, in the schema's order. */
export const describeRules = (rules: Rules): readonly RuleDescription[] =>
  [...rules].map(([coordinate, rule]) => ({ coordinate, scopes: describeRule(rule) }))
