import { MapperKind, mapSchema } from '@graphql-tools/utils'
import {
  type DocumentNode,
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql'
import { CLOCK_TOLERANCE_SECONDS } from '../auth/verify-token.ts'
import { ApiError, badRequest, insufficientScope, invalidToken, missingToken } from '../errors/api-error.ts'
import type { Instrument } from '../lib/instrument.ts'
import {
  authorizePlan,
  compilePlan,
  type DeclaredScope,
  type Plan,
  type Rules,
  readFieldRules,
} from '../scopes/index.ts'
import type { RequestHooks } from './combine-hooks.ts'
import type { Context } from './context.ts'
import { toApolloError, toGraphQLErrors } from './format-error.ts'
import { createDescribeOperation } from './operation-info.ts'

// The enforcement of @requiresScope, in two steps:
// 1. `authorizeOperation` compares the whole operation with the caller's scopes before any resolver runs, so that a
//    rejected request has changed nothing.
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

const NO_SCOPES: ReadonlySet<string> = new Set()

/**
 * Returns the hooks that authorize every operation before any resolver runs. A validation rule would not do: Apollo Server
 * caches the result of validation for all callers.
 */
export function authorizeOperation(options: AuthorizationOptions): RequestHooks<Context> {
  const { schema, rules, declaredScopes, getMetadataUrl, introspectionRequiresToken, instrument } = options
  const compile = instrument('plan', (document: DocumentNode, operation: OperationDefinitionNode) =>
    compilePlan(schema, rules, document, operation),
  )
  const authorize = instrument('decide', authorizePlan)
  const describeOperation = createDescribeOperation(schema)
  const scopeOrder = declaredScopes.map(({ name }) => name)
  const plans = new WeakMap<
    OperationDefinitionNode,
    { readonly document: DocumentNode; readonly plan: Plan }
  >()
  const rejections = new WeakMap<Context, ApiError>()
  const lastDenials = new WeakMap<Plan, Denied>()

  /** Returns the operation's plan, which lives as long as Apollo Server stores the document. */
  function getPlan(document: DocumentNode, operation: OperationDefinitionNode): Plan {
    const known = plans.get(operation)
    // The same operation node can be put into another document with other fragments, so the document is compared.
    if (known?.document === document) return known.plan
    const plan = compile(document, operation)
    plans.set(operation, { document, plan })
    return plan
  }

  /** Returns the error for a caller whose scopes do not suffice, or undefined. */
  function checkScopes(plan: Plan, { caller }: Context, variables: Record<string, unknown>) {
    if (!caller && plan.usesIntrospection && introspectionRequiresToken) return missingToken()
    const scopes = caller?.scopes ?? NO_SCOPES
    // A repeated denial must be cheap. Permissions are not cached.
    const last = lastDenials.get(plan)
    if (last?.scopes === scopes && last.jkt === caller?.jkt) return last.error
    const decision = authorize(plan, scopes, variables)
    if (decision.allowed) return undefined
    const requiredScopes = scopeOrder.filter((scope) => decision.requiredScopes.includes(scope))
    const scheme = caller?.jkt === undefined ? 'Bearer' : 'DPoP'
    const error = caller
      ? insufficientScope(decision.denials, requiredScopes, scopes, scheme)
      : missingToken(requiredScopes)
    if (!plan.dependsOnVariables) lastDenials.set(plan, { scopes, jkt: caller?.jkt, error })
    return error
  }

  return {
    didResolveOperation({ document, operation, contextValue, request }) {
      // Apollo Server rejects a request without an operation itself.
      if (!operation) return
      contextValue.addOperationInfo(describeOperation(document, operation))
      // Validation accepts an operation type that the schema does not have.
      const error = schema.getRootType(operation.operation)
        ? checkScopes(getPlan(document, operation), contextValue, request.variables ?? {})
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
}

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
