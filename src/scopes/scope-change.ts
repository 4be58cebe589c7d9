import { implies, isEquivalent } from './rule.ts'
import type { BoundedRule } from './type-access.ts'

/**
 * A coordinate whose access changed between two schemas.
 * `weaker`: some token has gained access. `stronger`: some token has lost access, and none has gained it.
 * `new`: the field or input did not exist before.
 * `inherited`: the field did not either, and it has no rule or `@public` of its own, so that only what is above it decides.
 * The rule or `@public` of a type that is new too counts as its fields' own.
 * `unknown`: the rules changed, and have too many alternatives to tell how.
 */
export type ScopeChange = {
  readonly kind: 'weaker' | 'stronger' | 'new' | 'inherited' | 'unknown'
  readonly coordinate: string
  readonly before: BoundedRule
  readonly after: BoundedRule
}

/** Compares what one coordinate required with what it requires. */
export function* diffRule(
  coordinate: string,
  before: BoundedRule,
  after: BoundedRule,
): Generator<ScopeChange> {
  if (!before || !after) yield { kind: 'unknown', coordinate, before, after }
  else if (!isEquivalent(before, after))
    yield { kind: implies(after, before) ? 'stronger' : 'weaker', coordinate, before, after }
}
