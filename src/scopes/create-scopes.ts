import {
  type DocumentNode,
  GraphQLError,
  type GraphQLResolveInfo,
  GraphQLSchema,
  getNamedType,
  getOperationAST,
  type OperationDefinitionNode,
  versionInfo,
} from 'graphql'
import {
  type Allowed,
  authorizePlan,
  computeRequiredScopes,
  type Decision,
  type Denied,
} from './authorize-plan.ts'
import { type Challenge, type ChallengeOptions, createChallenge } from './challenge.ts'
import { type Explanation, explainOperation } from './explain-operation.ts'
import { combineRules } from './field-rules.ts'
import { guardSchema } from './guard-schema.ts'
import {
  combineAccess,
  createLenientChecks,
  type LenientAccess,
  type LenientChecks,
} from './lenient-checks.ts'
import { isObject, isPromise, separateItems } from './lenient-results.ts'
import { readValidatedRules } from './lint.ts'
import { compilePlan, type Plan } from './plan.ts'
import type { RawVariables } from './raw-variables.ts'
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
   * Requests that share a context and an operation get the least access of all of them, the earlier ones included, and none
   * while the last one is denied.
   * @throws TypeError for scopes that are a string or a context that is not an object, GraphQLError if the operation is not
   *   in the document
   */
  readonly authorize: (request: AuthorizationRequest) => Decision
  /** Describes the HTTP response to a denied request (RFC 6750 §3, RFC 9449 §7.1). */
  readonly challenge: (decision: Denied, options?: ChallengeOptions) => Challenge
  /**
   * Returns the scopes that a client requests for an operation, whatever `@skip` and `@include` leave out. Not included:
   * those of inputs that are sent in variables.
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
   * Tells what `authorize` would decide, and why. The operation does not become authorized.
   * @throws GraphQLError if the query is invalid, or the operation is not in it
   */
  readonly explain: (request: {
    readonly query: string
    readonly operationName?: string | undefined
    readonly variables?: Readonly<Record<string, unknown>>
    readonly scopes: Iterable<string> | undefined
    /** Overrides the option of `createScopes`. */
    readonly denied?: DeniedHandling
  }) => Explanation
}

/** A schema coordinate and the scopes that it requires. A rule without scopes (`[[]]`) requires a token only. */
export type TableRow = { readonly coordinate: string; readonly scopes: Rule }

/** The result of `authorize` for one operation of a context: what all requests share that use both. */
type Authorization = {
  /** False if the last request was denied. */
  readonly isAllowed: boolean
  readonly expirations: readonly (() => boolean)[]
  /** Of a query that is handled leniently. */
  readonly lenient: LenientChecks | undefined
}

/**
 * Reads the rules of a schema, checks them, and returns their enforcement.
 * @throws ScopeSchemaError with every violation of the schema
 */
export function createScopes(schema: GraphQLSchema, { strict = false, denied }: ScopesOptions = {}): Scopes {
  assertSameGraphQL(schema)
  return enforceRules(schema, readValidatedRules(schema, { strict }), denied)
}

/** Returns the enforcement of rules. Not checked here: that the rules make sense. */
export function enforceRules(
  schema: GraphQLSchema,
  rules: Rules,
  defaultDenied: DeniedHandling = 'reject',
): Scopes {
  if (defaultDenied === 'null') assertLenientSupport()
  const declaredScopes = readDeclaredScopes(schema)
  const scopeOrder = declaredScopes.map(({ name }) => name)
  const authorizations = new WeakMap<object, WeakMap<OperationDefinitionNode, Authorization>>()
  const plannedOperations = new WeakMap<DocumentNode, Map<string | undefined, PlannedOperation>>()
  const grantedScopes = new WeakMap<Denied, ReadonlySet<string>>()

  const getAuthorization = (context: unknown, operation: OperationDefinitionNode) =>
    isObject(context) ? authorizations.get(context)?.get(operation) : undefined

  // Denials are rejections, not exceptions: an exception in an item of a list abandons the promises of the other items.
  const guardedSchema = guardSchema(schema, rules, {
    guardResolver: (resolve, isSubscription) =>
      function guardedResolver(source, args, context, info) {
        const authorization = getAuthorization(context, info.operation)
        if (!authorization?.isAllowed) throw createError('FORBIDDEN', 'Operation not authorized.')
        const { expirations, lenient } = authorization
        if (isSubscription && expirations.some((isExpired) => isExpired()))
          throw createError('UNAUTHENTICATED', 'The access token has expired.')
        if (!lenient) return resolve(source, args, context, info)
        if (isCompiledByJit(info))
          throw createError('FORBIDDEN', 'Lenient handling does not work with graphql-jit.')
        const denial = lenient.checkField(info)
        return denial
          ? Promise.reject(denial)
          : separateItems(info.returnType, resolve(source, args, context, info))
      },
    guardItems: (resolve) =>
      function itemsResolver(source, args, context, info) {
        const result = resolve(source, args, context, info)
        return getAuthorization(context, info.operation)?.lenient
          ? separateItems(info.returnType, result)
          : result
      },
    guardTypeResolver: (resolveType) =>
      function guardedTypeResolver(value, context, info, abstractType) {
        // graphql-jit leaves out the last argument.
        const resolved = resolveType(value, context, info, abstractType ?? getNamedType(info.returnType))
        const lenient = getAuthorization(context, info.operation)?.lenient
        if (!lenient) return resolved
        // It would not handle a rejection here.
        if (isCompiledByJit(info)) return undefined
        const check = (typeName: string | undefined) => {
          const denial = typeName === undefined ? undefined : lenient.checkObject(typeName, info)
          return denial ? Promise.reject(denial) : typeName
        }
        return isPromise(resolved) ? resolved.then(check) : check(resolved)
      },
  })

  function planOperation(document: DocumentNode, operationName: string | null | undefined): PlannedOperation {
    const name = operationName ?? undefined
    const byName = plannedOperations.get(document) ?? new Map<string | undefined, PlannedOperation>()
    plannedOperations.set(document, byName)
    const known = byName.get(name)
    if (known) return known
    const operation = findOperation(document, name)
    const planned: PlannedOperation = {
      operation,
      plan: compilePlan(guardedSchema, rules, document, operation),
    }
    byName.set(name, planned)
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
    denied: DeniedHandling,
    decision: Decision,
    { operation }: OperationDefinitionNode,
    granted: ReadonlySet<string>,
  ): decision is Denied =>
    denied === 'null' &&
    !decision.allowed &&
    operation === 'query' &&
    granted !== ANONYMOUS &&
    isSatisfied(rules.get(`${guardedSchema.getQueryType()}`) ?? ALLOW_ALL, granted)

  /** Creates the checks of a request; those of an earlier one with the same context and operation stay in force. */
  const createChecks = (access: LenientAccess, earlier: LenientChecks | undefined) =>
    createLenientChecks(rules, earlier ? combineAccess(earlier.access, access) : access)

  return {
    schema: guardedSchema,
    authorize(request) {
      const { document, contextValue, scopes, isExpired, denied = defaultDenied } = request
      if (denied === 'null') assertLenientSupport()
      if (!isObject(contextValue)) throw new TypeError('contextValue must be an object.')
      const granted = toGrantedScopes(scopes)
      const planned = planOperation(document, request.operationName)
      const { operation } = planned
      const variables = request.variables ?? {}
      const decision = decide(planned, granted, variables)
      const ofContext =
        authorizations.get(contextValue) ?? new WeakMap<OperationDefinitionNode, Authorization>()
      authorizations.set(contextValue, ofContext)
      // Another request may use this context. What restricts it stays in force, also after a denial.
      const earlier = ofContext.get(operation)
      if (!decision.allowed && !isLenient(denied, decision, operation, granted)) {
        if (earlier) ofContext.set(operation, { ...earlier, isAllowed: false })
        return decision
      }
      const earlierExpirations = earlier?.expirations ?? NO_EXPIRATIONS
      // Any of the tokens ends a subscription: it may be the one of an earlier request.
      const expirations =
        !isExpired || earlierExpirations.includes(isExpired)
          ? earlierExpirations
          : [...earlierExpirations, isExpired]
      if (decision.allowed && !earlier?.lenient) {
        ofContext.set(operation, { isAllowed: true, expirations, lenient: undefined })
        return decision
      }
      const access: LenientAccess = {
        operation,
        // A copy: the caller may change its set.
        grantedScopes: new Set(granted),
        neededScopes: decision.allowed ? [] : decision.needed,
        variables,
      }
      const lenient = createChecks(access, earlier?.lenient)
      ofContext.set(operation, { isAllowed: true, expirations, lenient })
      return decision.allowed ? decision : allowLeniently(decision)
    },
    challenge(decision, options) {
      const granted = grantedScopes.get(decision)
      if (!granted) throw new TypeError('challenge() takes a denied decision of the same createScopes().')
      return createChallenge(decision, granted, options)
    },
    requiredScopes: (document, operationName) =>
      sortScopes(computeRequiredScopes(planOperation(document, operationName).plan), scopeOrder),
    declaredScopes,
    table: ({ combined = false } = {}) =>
      [...(combined ? combineRules(schema, rules) : rules)].map(([coordinate, rule]) => ({
        coordinate,
        scopes: listAlternatives(rule),
      })),
    explain({ query, operationName, variables = {}, scopes, denied = defaultDenied }) {
      const granted = toGrantedScopes(scopes)
      const explained = explainOperation(guardedSchema, rules, query, granted, variables, operationName)
      const { operation, decision, requirements } = explained
      const isAllowed = isLenient(denied, decision, operation, granted)
      return { decision: isAllowed ? allowLeniently(decision) : decision, requirements }
    },
  }
}

type PlannedOperation = {
  readonly operation: OperationDefinitionNode
  readonly plan: Plan
  /** Only of a plan that does not depend on variables. */
  lastDenial?: { readonly granted: ReadonlySet<string>; readonly denied: Denied }
}

/** A query that is handled leniently is allowed; its fields are decided on when they are executed. */
const allowLeniently = ({ denials }: Denied): Allowed => ({ allowed: true, denials })

const hasSameScopes = (one: ReadonlySet<string>, other: ReadonlySet<string>) =>
  one === other ||
  (one !== ANONYMOUS &&
    other !== ANONYMOUS &&
    one.size === other.size &&
    [...one].every((scope) => other.has(scope)))

const NO_EXPIRATIONS: Authorization['expirations'] = []

/** Returns true if graphql-jit executes the operation: its paths have no names of types. */
const isCompiledByJit = ({ path }: GraphQLResolveInfo): boolean => path.typename === undefined

/** graphql-js compares types by their classes, so that two copies of it do not recognize each other's. */
function assertSameGraphQL(schema: GraphQLSchema): void {
  if (schema instanceof GraphQLSchema) return
  throw new TypeError(
    Object.prototype.toString.call(schema) === '[object GraphQLSchema]'
      ? 'The schema was created by another copy of the package graphql. Run "npm ls graphql", and install one version only.'
      : 'createScopes() takes a GraphQLSchema.',
  )
}

/** graphql-js before 16.7 abandons the promises of the fields beside one that throws, and denials are promises. */
function assertLenientSupport(): void {
  if (versionInfo.major > 16 || versionInfo.minor >= 7) return
  throw new TypeError('Lenient handling needs graphql 16.7 or newer. Install it, or set denied to "reject".')
}

function toGrantedScopes(scopes: Iterable<string> | undefined): ReadonlySet<string> {
  // A caller in JavaScript may pass null.
  if (scopes === undefined || scopes === null) return ANONYMOUS
  if (typeof scopes === 'string')
    throw new TypeError('scopes must be a list or a Set of scopes, not a string. Split it at the spaces.')
  return scopes instanceof Set ? scopes : new Set(scopes)
}

function findOperation(document: DocumentNode, operationName: string | undefined): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName)
  if (operation) return operation
  throw new GraphQLError(
    operationName === undefined
      ? 'The document must have one operation, or operationName must name one.'
      : `The document has no operation named "${operationName}".`,
  )
}

const createError = (code: string, message: string) => new GraphQLError(message, { extensions: { code } })

/** Sorts scopes in the order of their declarations. */
const sortScopes = (scopes: readonly string[], order: readonly string[]) =>
  scopes.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
