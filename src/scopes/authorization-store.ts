import type { OperationDefinitionNode } from 'graphql'
import {
  combineAccess,
  createLenientChecks,
  type LenientAccess,
  type LenientChecks,
} from './lenient-checks.ts'
import { isObject } from './raw-variables.ts'
import type { Rules } from './rule.ts'

/** The authorization of one operation with one context. */
export type Authorization = {
  /** False if the last request was denied. */
  readonly isAllowed: boolean
  readonly expirations: readonly (() => boolean)[]
  /** Of a query that is handled leniently. */
  readonly lenient: LenientChecks | undefined
}

const NO_EXPIRATIONS: Authorization['expirations'] = []

/**
 * Stores authorizations by context and operation. Requests that use the same two share one: what restricts it stays in force,
 * also after a denial.
 */
export class AuthorizationStore {
  readonly #rules: Rules
  readonly #authorizations = new WeakMap<object, WeakMap<OperationDefinitionNode, Authorization>>()

  constructor(rules: Rules) {
    this.#rules = rules
  }

  find(context: unknown, operation: OperationDefinitionNode): Authorization | undefined {
    return isObject(context) ? this.#authorizations.get(context)?.get(operation) : undefined
  }

  /** @param earlier what `find` returns for the two */
  deny(context: object, operation: OperationDefinitionNode, earlier: Authorization | undefined): void {
    if (earlier) this.#authorizations.get(context)?.set(operation, { ...earlier, isAllowed: false })
  }

  /**
   * @param earlier what `find` returns for the two
   * @param isExpired tells that the token has expired, which ends a subscription
   * @param access set if this request or an earlier one is handled leniently
   */
  allow(
    context: object,
    operation: OperationDefinitionNode,
    earlier: Authorization | undefined,
    isExpired: (() => boolean) | undefined,
    access: LenientAccess | undefined,
  ): void {
    const ofContext =
      this.#authorizations.get(context) ?? new WeakMap<OperationDefinitionNode, Authorization>()
    this.#authorizations.set(context, ofContext)
    const expirations = earlier?.expirations ?? NO_EXPIRATIONS
    const lenient = earlier?.lenient
    ofContext.set(operation, {
      isAllowed: true,
      // Any of the tokens ends a subscription: it may be the one of an earlier request.
      expirations: !isExpired || expirations.includes(isExpired) ? expirations : [...expirations, isExpired],
      lenient:
        access && createLenientChecks(this.#rules, lenient ? combineAccess(lenient.access, access) : access),
    })
  }
}
