import type { Rules } from './rules.ts'

/** One line of the table of what each coordinate asks for. */
export type Row = { readonly coordinate: string; readonly scopes: string }

/** The rules in words, in the schema's order: `a and b, or c`. */
export const describeRules = (rules: Rules): readonly Row[] =>
  [...rules].map(([coordinate, rule]) => ({
    coordinate,
    scopes: rule.map((alternative) => alternative.join(' and ')).join(', or '),
  }))
