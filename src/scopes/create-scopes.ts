import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  type Source,
  validate,
  versionInfo,
} from 'graphql'
import { assertSameGraphQL } from './assert-same-graphql.ts'
import { assertStringNames } from './assert-string-names.ts'
import { AuthorizationStore } from './authorization-store.ts'
import {
  type Allowed,
  authorizePlan,
  computeRequiredScopes,
  type Decision,
  type Denied,
} from './authorize-plan.ts'
import { type Challenge, type ChallengeOptions, createChallenge } from './challenge.ts'
import { createGuards } from './create-guards.ts'
import { type Explanation, explainRequirements } from './explain-requirements.ts'
import { combineRules } from './field-rules.ts'
import { guardSchema } from './guard-schema.ts'
import type { LenientAccess } from './lenient-checks.ts'
import { readValidatedRules } from './lint.ts'
import { compilePlan, type Plan } from './plan.ts'
import { isObject, type RawVariables } from './raw-variables.ts'
import { type DeclaredScope, readDeclaredScopes } from './read-rules.ts'
import { ALLOW_ALL, ANONYMOUS, isSatisfied, listAlternatives, type Rule, type Rules } from './rule.ts'

/**
 * The handling of an operation that the scopes do not suffice for: `reject` denies it before anything is executed. `null`
 * executes a query, and answers each denied place in it with null and an error. Mutations, subscriptions, requests
 * without a token and queries that are denied by the rule of the query type itself are always rejected.
 */
export type DeniedHandling = 'reject' | 'null'

export type ScopesOptions = {
  /** Demands a rule or `@public` on every reachable field, or on its type. By default a rule covers what lies below it. */
  readonly strict?: boolean
  /** The handling for requests that do not set one. `reject` by default. */
  readonly denied?: DeniedHandling
}

/** An operation and its caller. */
export type AuthorizationRequest = {
  /** Validated against the schema. */
  readonly document: DocumentNode
  /** Required if the document has several operations. */
  readonly operationName?: string | null | undefined
  /** As the client sent them, before coercion. */
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
  /** The same object that is passed to the execution. One for each request: see `authorize`. */
  readonly contextValue: object
  /** The scopes of the verified access token; undefined for a request without a token. */
  readonly scopes: Iterable<string> | undefined
  /** Called at each event of a subscription, which ends when it returns true. */
  readonly isExpired?: () => boolean
  /** Overrides the option of `createScopes`. */
  readonly denied?: DeniedHandling | undefined
}

/** The rules of one schema, and their enforcement. */
export type Scopes = {
  /**
   * A copy of the schema whose guarded resolvers refuse operations that `authorize` did not allow. Guarded fields and lists
   * of non-null objects have a resolver, and interfaces and unions that include a type with a rule a `resolveType`, so that a
   * `fieldResolver` or `typeResolver` given to the execution is not used for them.
   */
  readonly schema: GraphQLSchema
  /**
   * Decides on an operation before it is executed. A query that is handled leniently is allowed, with its `denials`.
   * Of requests that share a context and an operation, none is executed while the last one is denied. The restrictions of
   * lenient handling stay in force.
   * @throws TypeError for scopes that are a string or a context that is not an object, GraphQLError if the operation is not
   *   in the document, or would be allowed and selects what the schema does not have
   */
  readonly authorize: (request: AuthorizationRequest) => Decision
  /** Describes the HTTP response to a denied request (RFC 6750 §3, RFC 9449 §7.1). */
  readonly challenge: (decision: Denied, options?: ChallengeOptions) => Challenge
  /**
   * Returns the scopes that a client requests for an operation, whatever `@skip` and `@include` leave out. Not included:
   * those of inputs that are sent in variables. Not checked: that the document is valid.
   * @throws GraphQLError if the operation is not in the document
   */
  readonly requiredScopes: (document: DocumentNode, operationName?: string) => readonly string[]
  /** The scopes that the schema declares with `@scope`. */
  readonly declaredScopes: readonly DeclaredScope[]
  /**
   * Lists the rules in the order of the schema.
   * @param options with `combined`, a field has everything that selecting it requires: its own rule, that of its type, and
   *   that of the type that it returns
   */
  readonly table: (options?: { readonly combined?: boolean }) => readonly TableRow[]
  /**
   * Describes the decision that `authorize` would make. The operation does not become authorized.
   * @throws GraphQLError if the query is invalid, or the operation is not in it
   */
  readonly explain: (request: {
    readonly query: string | Source
    readonly operationName?: string | undefined
    readonly variables?: Readonly<Record<string, unknown>>
    readonly scopes: Iterable<string> | undefined
    /** Overrides the option of `createScopes`. */
    readonly denied?: DeniedHandling
  }) => Explanation
}

/** A schema coordinate and the scopes that it requires. A rule without scopes (`[[]]`) requires a token only. */
export type TableRow = { readonly coordinate: string; readonly scopes: Rule }

/** Lists rules as `Scopes.table` does. */
export const listRows = (rules: Rules): readonly TableRow[] =>
  [...rules].map(([coordinate, rule]) => ({ coordinate, scopes: listAlternatives(rule) }))

/**
 * Reads the rules of a schema, checks them, and returns their enforcement.
 * @throws ScopeSchemaError with every violation of the schema
 */
export function createScopes(schema: GraphQLSchema, options: ScopesOptions = {}): Scopes {
  assertSameGraphQL(schema, 'createScopes')
  const { strict = false, denied, ...unknown } = options
  assertHandling(denied)
  const [name] = Object.keys(unknown)
  // A misspelt one would weaken the check.
  if (name !== undefined)
    throw new TypeError(`createScopes() has no option "${name}": it has strict and denied.`)
  return enforceRules(schema, readValidatedRules(schema, { strict }), denied)
}

/** Returns the enforcement of rules. Not checked here: that the rules make sense. */
export function enforceRules(
  schema: GraphQLSchema,
  rules: Rules,
  defaultHandling: DeniedHandling = 'reject',
): Scopes {
  const declaredScopes = readDeclaredScopes(schema)
  const scopeOrder = declaredScopes.map(({ name }) => name)
  const authorizations = new AuthorizationStore(rules)
  const guardedSchema = guardSchema(schema, rules, createGuards(authorizations))
  /** By document and operation: the same operation node may be in another document with other fragments. */
  const plannedOperations = new WeakMap<DocumentNode, WeakMap<OperationDefinitionNode, PlannedOperation>>()
  const grantedScopes = new WeakMap<Denied, ReadonlySet<string>>()

  function planOperation(document: DocumentNode, operation: OperationDefinitionNode): PlannedOperation {
    const ofDocument =
      plannedOperations.get(document) ?? new WeakMap<OperationDefinitionNode, PlannedOperation>()
    const known = ofDocument.get(operation)
    if (known) return known
    assertStringNames(document)
    const planned = { plan: compilePlan(guardedSchema, rules, document, operation), lastDenial: undefined }
    plannedOperations.set(document, ofDocument.set(operation, planned))
    return planned
  }

  /** Decides on an operation. A repeated denial is cheap: the last one is remembered. Permissions are not cached. */
  function decide(
    planned: PlannedOperation,
    granted: ReadonlySet<string>,
    variables: RawVariables,
  ): Decision {
    const { plan, lastDenial } = planned
    if (lastDenial && hasSameScopes(lastDenial.granted, granted)) return lastDenial.denied
    const decision = authorizePlan(plan, granted, variables)
    if (decision.allowed && plan.unknown) throw new GraphQLError(`There is no ${plan.unknown}.`)
    if (decision.allowed) return decision
    const denied = { ...decision, needed: sortScopes(decision.needed, scopeOrder) }
    // A copy: the caller may change its set.
    const copy = granted === ANONYMOUS ? ANONYMOUS : new Set(granted)
    grantedScopes.set(denied, copy)
    if (!plan.dependsOnVariables) planned.lastDenial = { granted: copy, denied }
    return denied
  }

  /** Returns true for a denied query of a verified caller, unless the query type's own rule denies all of it. */
  const isLenient = (
    handling: DeniedHandling,
    decision: Decision,
    { operation }: OperationDefinitionNode,
    { plan }: PlannedOperation,
    granted: ReadonlySet<string>,
  ): decision is Denied =>
    handling === 'null' &&
    !decision.allowed &&
    operation === 'query' &&
    plan.unknown === undefined &&
    granted !== ANONYMOUS &&
    isSatisfied(rules.get(`${guardedSchema.getQueryType()}`) ?? ALLOW_ALL, granted)

  return {
    schema: guardedSchema,
    authorize(request) {
      const { document, contextValue, scopes, isExpired, denied: handling = defaultHandling } = request
      if (handling !== 'reject') assertHandling(handling)
      if (!isObject(contextValue)) throw new TypeError('contextValue must be an object.')
      // The name that graphql-js has for them. Ignored, they would provide no guarded inputs.
      if ('variableValues' in request)
        throw new TypeError('Pass the variables to authorize() as "variables".')
      const granted = toGrantedScopes(scopes)
      const operation = findOperation(document, request.operationName)
      const planned = planOperation(document, operation)
      const variables = request.variables ?? {}
      const decision = decide(planned, granted, variables)
      const earlier = authorizations.find(contextValue, operation)
      if (!decision.allowed && !isLenient(handling, decision, operation, planned, granted)) {
        authorizations.deny(contextValue, operation, earlier)
        return decision
      }
      const isStrict = decision.allowed && !earlier?.lenient
      const access: LenientAccess | undefined = isStrict
        ? undefined
        : {
            operation,
            // A copy: the caller may change its set.
            grantedScopes: new Set(granted),
            neededScopes: decision.allowed ? [] : decision.needed,
            variables,
          }
      authorizations.allow(contextValue, operation, earlier, isExpired, access)
      return decision.allowed ? decision : allowLeniently(decision)
    },
    challenge(decision, options) {
      const granted = grantedScopes.get(decision)
      if (!granted) throw new TypeError('challenge() takes a denied decision of the same createScopes().')
      return createChallenge(decision, granted, options)
    },
    requiredScopes: (document, operationName) =>
      sortScopes(
        computeRequiredScopes(planOperation(document, findOperation(document, operationName)).plan),
        scopeOrder,
      ),
    declaredScopes,
    table: ({ combined = false } = {}) => listRows(combined ? combineRules(schema, rules) : rules),
    explain({ query, operationName, variables = {}, scopes, denied: handling = defaultHandling }) {
      const granted = toGrantedScopes(scopes)
      const document = parse(query)
      const [validationError] = validate(guardedSchema, document)
      if (validationError) throw validationError
      const operation = findOperation(document, operationName)
      const planned = planOperation(document, operation)
      const decision = decide(planned, granted, variables)
      return {
        decision: isLenient(handling, decision, operation, planned, granted)
          ? allowLeniently(decision)
          : decision,
        requirements: explainRequirements(planned.plan, granted, variables),
      }
    },
  }
}

/**
 * The plan of an operation. It does not refer to the operation, its key in a WeakMap: V8 frees a short-lived key later if
 * the value refers to it.
 */
type PlannedOperation = {
  readonly plan: Plan
  /** Only of a plan that does not depend on variables. */
  lastDenial: { readonly granted: ReadonlySet<string>; readonly denied: Denied } | undefined
}

/** A query that is handled leniently is allowed; its fields are decided on when they are executed. */
const allowLeniently = ({ denials }: Denied): Allowed => ({ allowed: true, denials })

const hasSameScopes = (one: ReadonlySet<string>, other: ReadonlySet<string>) =>
  one === other ||
  (one !== ANONYMOUS &&
    other !== ANONYMOUS &&
    one.size === other.size &&
    [...one].every((scope) => other.has(scope)))

function assertHandling(handling: DeniedHandling | undefined): void {
  if (handling === undefined || handling === 'reject') return
  if (handling !== 'null') throw new TypeError('denied must be "reject" or "null".')
  // Before, graphql-js abandons the promises of the fields beside one that throws, and denials are promises.
  if (versionInfo.major > 16 || versionInfo.minor >= 7) return
  throw new TypeError('Lenient handling needs graphql 16.7 or newer. Install it, or set denied to "reject".')
}

function toGrantedScopes(scopes: Iterable<string> | undefined): ReadonlySet<string> {
  // A caller in JavaScript may pass null.
  if (scopes === undefined || scopes === null) return ANONYMOUS
  if (typeof scopes === 'string')
    throw new TypeError('scopes must be a list or a Set of scopes, not a string. Split it at the spaces.')
  if (typeof scopes[Symbol.iterator] !== 'function')
    throw new TypeError('scopes must be a list or a Set of scopes. Await a promise before.')
  return scopes instanceof Set ? scopes : new Set(scopes)
}

function findOperation(
  document: DocumentNode,
  operationName: string | null | undefined,
): OperationDefinitionNode {
  // A caller in JavaScript may pass a string.
  if (document?.kind !== Kind.DOCUMENT)
    throw new TypeError('document must be a parsed document, a DocumentNode.')
  const operation = getOperationAST(document, operationName)
  if (operation) return operation
  throw new GraphQLError(
    operationName == null
      ? 'The document must have one operation, or the name of one must be given.'
      : `The document has no operation named "${operationName}".`,
  )
}

/** Sorts scopes in the order of their declarations. */
const sortScopes = (scopes: readonly string[], order: readonly string[]) =>
  scopes.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
