import { MapperKind, mapSchema } from '@graphql-tools/utils'
import {
  type DocumentNode,
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getOperationAST,
  isAbstractType,
  isObjectType,
  type OperationDefinitionNode,
  parse,
} from 'graphql'
import { CLOCK_TOLERANCE_SECONDS } from '../auth/verify-token.ts'
import { ApiError, badRequest, insufficientScope, invalidToken, missingToken } from '../errors/api-error.ts'
import type { OperationInfo } from '../lib/http-messages.ts'
import type { Instrument } from '../lib/instrument.ts'
import {
  ANONYMOUS,
  authorizePlan,
  compilePlan,
  type DeclaredScope,
  type Plan,
  type Rules,
  readFieldRules,
} from '../scopes/index.ts'
import type { RequestHooks } from './combine-hooks.ts'
import type { Context } from './context.ts'
import { measureMemory } from './document-store.ts'
import type { RejectAnonymous } from './execute.ts'
import { toApolloError, toGraphQLErrors } from './format-error.ts'
import { describeOperation } from './operation-info.ts'
import { createTextCache } from './text-cache.ts'

// The enforcement of @requiresScope, in two steps:
// 1. `createAuthorization` compares the whole operation with the caller's scopes before any resolver runs, so that a
//    rejected request has changed nothing.
//    Anonymous requests are rejected by the same plan before the document is validated, which costs more.
// 2. `guardResolvers` makes every guarded resolver reject operations that step 1 has not authorized, for code paths that
//    never reach it.

type AuthorizationOptions = {
  readonly schema: GraphQLSchema
  readonly rules: Rules
  readonly declaredScopes: readonly DeclaredScope[]
  readonly getMetadataUrl: () => string
  readonly introspectionRequiresToken: boolean
  readonly instrument: Instrument
}

/** The operation that was authorized for each context. */
const authorizedOperations = new WeakMap<object, OperationDefinitionNode>()

/** Total size of the documents of anonymous requests whose plans are remembered, in characters. */
const MAX_ANONYMOUS_SIZE = 4_000_000

/**
 * Returns the hooks that authorize every operation before any resolver runs, and the check that rejects anonymous requests
 * even before validation. A validation rule would not do: Apollo Server caches the result of validation for all callers.
 */
export function createAuthorization(options: AuthorizationOptions) {
  const { schema, rules, declaredScopes, getMetadataUrl, introspectionRequiresToken, instrument } = options
  const compile = instrument('plan', (document: DocumentNode, operation: OperationDefinitionNode) =>
    compilePlan(schema, rules, document, operation),
  )
  const authorize = instrument('decide', authorizePlan)
  const scopeOrder = declaredScopes.map(({ name }) => name)
  const plannedOperations = new WeakMap<OperationDefinitionNode, PlannedOperation>()
  const rejections = new WeakMap<Context, ApiError>()
  const lastDenials = new WeakMap<Plan, Denied>()
  const anonymousOperations = createTextCache<PlannedOperation>(MAX_ANONYMOUS_SIZE, {
    countCharacters: ({ document }, key) => measureMemory(document, key),
  })

  const planOperation = (document: DocumentNode, operation: OperationDefinitionNode): PlannedOperation => ({
    document,
    plan: compile(document, operation),
    info: describeOperation(schema, document, operation),
  })

  /** Plans an operation once, for as long as Apollo Server stores the document. */
  function getPlannedOperation(document: DocumentNode, operation: OperationDefinitionNode): PlannedOperation {
    const known = plannedOperations.get(operation)
    // The same operation node can be put into another document with other fragments, so the document is compared.
    if (known?.document === document) return known
    const planned = planOperation(document, operation)
    plannedOperations.set(operation, planned)
    return planned
  }

  /** Returns the error for a caller whose scopes do not suffice, or undefined. */
  function checkScopes(plan: Plan, context: Context, variables: Record<string, unknown>) {
    const { caller, anonymousScheme } = context
    if (!caller && plan.usesIntrospection && introspectionRequiresToken)
      return missingToken([], anonymousScheme)
    const scopes = caller?.scopes ?? ANONYMOUS
    // A repeated denial must be cheap. Permissions are not cached.
    const last = lastDenials.get(plan)
    if (last?.scopes === scopes && last.jkt === caller?.jkt) return last.error
    const decision = authorize(plan, scopes, variables)
    if (decision.allowed) return undefined
    const requiredScopes = scopeOrder.filter((scope) => decision.needed.includes(scope))
    const scheme = caller?.jkt === undefined ? 'Bearer' : 'DPoP'
    const error = caller
      ? insufficientScope(decision.denials, requiredScopes, scopes, scheme)
      : missingToken(requiredScopes, anonymousScheme)
    if (!plan.dependsOnVariables) lastDenials.set(plan, { scopes, jkt: caller?.jkt, error })
    return error
  }

  const rejectAnonymous: RejectAnonymous<Context> = (method, { operationName, variables }, text, context) => {
    if (context.caller || typeof text !== 'string') return undefined
    if (operationName != null && typeof operationName !== 'string') return undefined
    const key = `${method} ${operationName}\n${text}`
    let operation = anonymousOperations.get(key)
    if (!operation) {
      operation = planUnvalidated(method, operationName, text)
      if (!operation) return undefined
      anonymousOperations.set(key, operation)
    }
    const error = checkScopes(operation.plan, context, Object(variables))
    if (!error) return undefined
    context.addOperationInfo({ ...operation.info, errorCode: error.details.code })
    return toApolloError(error, getMetadataUrl())
  }

  /** Returns undefined for a request that Apollo Server rejects for another reason. */
  function planUnvalidated(method: string, operationName: string | null | undefined, text: string) {
    try {
      const document = parse(text, { noLocation: true })
      const operation = getOperationAST(document, operationName)
      if (!operation || !schema.getRootType(operation.operation)) return undefined
      if (method === 'GET' && operation.operation !== 'query') return undefined
      return planOperation(document, operation)
    } catch {
      // A syntax error, or a document that only validation rejects, such as one whose fragments form a cycle.
      return undefined
    }
  }

  const hooks: RequestHooks<Context> = {
    didResolveOperation({ document, operation, contextValue, request }) {
      // Apollo Server rejects a request without an operation itself.
      if (!operation) return
      const { plan, info } = getPlannedOperation(document, operation)
      contextValue.addOperationInfo(info)
      // Validation accepts an operation type that the schema does not have.
      const error = schema.getRootType(operation.operation)
        ? checkScopes(plan, contextValue, request.variables ?? {})
        : badRequest(`The schema has no ${operation.operation} type.`)
      if (!error) {
        authorizedOperations.set(contextValue, operation)
        return
      }
      const { denials } = error.details
      if (denials)
        contextValue.addOperationInfo({
          deniedCoordinates: denials.map(({ coordinate }) => coordinate),
          missingScopes: [...new Set(denials.flatMap(({ missingScopes }) => missingScopes))],
        })
      rejections.set(contextValue, error)
      throw toApolloError(error, getMetadataUrl())
    },
    // Apollo Server responds with the one error that was thrown; the contract has one for each denied coordinate.
    willSendResponse({ response, contextValue }) {
      const error = rejections.get(contextValue)
      if (!error || response.body.kind !== 'single') return
      response.body.singleResult = { errors: toGraphQLErrors(error) }
    },
  }
  return { hooks, rejectAnonymous }
}

/** An operation with its plan, and its summary for logs and metrics. */
type PlannedOperation = { readonly document: DocumentNode; readonly plan: Plan; readonly info: OperationInfo }

/** The latest denial of a plan, for callers with the same scopes and key binding. */
type Denied = {
  readonly scopes: ReadonlySet<string>
  readonly jkt: string | undefined
  readonly error: ApiError
}

type Resolver = GraphQLFieldResolver<unknown, unknown>

/** Wraps the resolver and `subscribe` of every field that may require scopes. */
export function guardResolvers(schema: GraphQLSchema, rules: Rules): GraphQLSchema {
  const subscriptionType = schema.getSubscriptionType()?.name
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD](field, name, typeName) {
      if (!mayRequireScopes(schema, rules, typeName, name)) return undefined
      const isSubscription = typeName === subscriptionType
      return {
        ...field,
        resolve: guard(field.resolve ?? defaultFieldResolver, isSubscription),
        ...(field.subscribe && { subscribe: guard(field.subscribe, true) }),
      }
    },
  })
}

/** Tests whether selecting a field may require scopes: for its type, itself, a type that it returns, or an argument. */
function mayRequireScopes(schema: GraphQLSchema, rules: Rules, typeName: string, name: string): boolean {
  const type = schema.getType(typeName)
  if (!isObjectType(type)) return false
  const { coordinateRules, guardedArguments, returns } = readFieldRules(rules, type, type, name)
  const possibleTypes = isAbstractType(returns?.type) ? schema.getPossibleTypes(returns.type) : []
  return (
    coordinateRules.length > 0 ||
    guardedArguments.size > 0 ||
    possibleTypes.some((one) => rules.has(one.name))
  )
}

/** @param isSubscription whether it runs again for each event, so that an expired token must end the stream */
function guard(resolve: Resolver, isSubscription: boolean): Resolver {
  return function guardedResolver(source, args, context, info) {
    const isAuthorized =
      typeof context === 'object' && context !== null && authorizedOperations.get(context) === info.operation
    if (!isAuthorized) throw new ApiError('Operation not authorized.', { code: 'FORBIDDEN' })
    if (isSubscription && isExpired(context as Context)) throw invalidToken('expired')
    return resolve(source, args, context, info)
  }
}

const isExpired = ({ caller, getDate }: Context) =>
  caller !== undefined && (caller.expiresAt + CLOCK_TOLERANCE_SECONDS) * 1000 <= getDate().getTime()
