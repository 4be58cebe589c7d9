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

/** The authorizations with one context. Most contexts have one operation, which needs no map. */
type ContextEntry = {
  readonly operation: OperationDefinitionNode
  authorization: Authorization
  /** The authorizations of further operations. */
  others: WeakMap<OperationDefinitionNode, Authorization> | undefined
}

/**
 * Stores authorizations by context and operation. Requests that use the same two share one: what restricts it stays in force,
 * also after a denial.
 */
export class AuthorizationStore {
  readonly #rules: Rules
  readonly #entries = new WeakMap<object, ContextEntry>()

  constructor(rules: Rules) {
    this.#rules = rules
  }

  find(context: unknown, operation: OperationDefinitionNode): Authorization | undefined {
    const entry = isObject(context) ? this.#entries.get(context) : undefined
    return entry?.operation === operation ? entry.authorization : entry?.others?.get(operation)
  }

  /** @param earlier what `find` returns for the two */
  deny(context: object, operation: OperationDefinitionNode, earlier: Authorization | undefined): void {
    if (earlier) this.#set(context, operation, { ...earlier, isAllowed: false })
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
    const expirations = earlier?.expirations ?? NO_EXPIRATIONS
    const lenient = earlier?.lenient
    this.#set(context, operation, {
      isAllowed: true,
      // Any of the tokens ends a subscription: it may be the one of an earlier request.
      expirations: !isExpired || expirations.includes(isExpired) ? expirations : [...expirations, isExpired],
      lenient:
        access && createLenientChecks(this.#rules, lenient ? combineAccess(lenient.access, access) : access),
    })
  }

  #set(context: object, operation: OperationDefinitionNode, authorization: Authorization): void {
    const entry = this.#entries.get(context)
    if (!entry) this.#entries.set(context, { operation, authorization, others: undefined })
    else if (entry.operation === operation) entry.authorization = authorization
    else {
      entry.others ??= new WeakMap()
      entry.others.set(operation, authorization)
    }
  }
}
