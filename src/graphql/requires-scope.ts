import { MapperKind, mapSchema } from '@graphql-tools/utils'
import {
  type DocumentNode,
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql'
import { CLOCK_TOLERANCE_SECONDS } from '../auth/validate-claims.ts'
import { ApiError, badRequest, insufficientScope, invalidToken, missingToken } from '../errors/api-error.ts'
import { type Instrument, withoutInstrumentation } from '../lib/instrument.ts'
import {
  authorizePlan,
  compilePlan,
  type DeclaredScope,
  type Plan,
  type Rules,
  readFieldRules,
} from '../scopes/index.ts'
import type { RequestHooks } from './combine-plugins.ts'
import type { Context } from './context.ts'
import { toApolloError, toGraphQLErrors } from './format-error.ts'
import { createDescribeOperation } from './operation-info.ts'

type Gate = {
  readonly schema: GraphQLSchema
  readonly rules: Rules
  readonly declared: readonly DeclaredScope[]
  readonly metadataUrl: () => string
  /** Whether the schema's description is for callers with a token alone. */
  readonly introspectionNeedsToken: boolean
  /** Put around the two steps of a decision; nothing if left out. */
  readonly instrument?: Instrument | undefined
}

type Judged = Gate & { readonly order: readonly string[]; readonly decide: typeof authorizePlan }

/** Which operation each request's context was let in for: what the second lock asks. */
const admitted = new WeakMap<object, OperationDefinitionNode>()

/** Why a request was not let in. */
const refused = new WeakMap<object, ApiError>()

const NO_SCOPES: ReadonlySet<string> = new Set()
const NO_TOKEN = missingToken()

/**
 * Who was refused last, by plan: whoever asks again in vain costs less than who is served. Only where no variable has a
 * say, and never who was let in.
 */
const lastRefused = new WeakMap<
  Plan,
  { readonly held: ReadonlySet<string>; readonly bound: string | undefined; readonly refusal: ApiError }
>()

/**
 * The first lock: the whole operation is decided on once it is known and before any resolver runs.
 * Not among the validation rules: Apollo remembers that a document is valid, whoever sent it.
 */
export function authorizeOperation(options: Gate): RequestHooks<Context> {
  const { instrument = withoutInstrumentation } = options
  const compile = (document: DocumentNode, operation: OperationDefinitionNode) =>
    compilePlan(options.schema, options.rules, document, operation)
  const planOf = memoised(instrument('plan', compile))
  const aboutOperation = createDescribeOperation(options.schema)
  const judged = {
    ...options,
    order: options.declared.map(({ name }) => name),
    decide: instrument('decide', authorizePlan),
  }
  return {
    didResolveOperation({ document, operation, contextValue, request }) {
      // Without an operation Apollo Server refuses the request itself, and the second lock holds.
      if (!operation) return
      contextValue.addOperationInfo(aboutOperation(document, operation))
      // Validation lets through an operation of a kind that the schema does not have.
      const refusal = options.schema.getRootType(operation.operation)
        ? refusalOf(planOf(document, operation), contextValue, request.variables ?? {}, judged)
        : badRequest(`There are no ${operation.operation}s here.`)
      if (!refusal) return void admitted.set(contextValue, operation)
      const { denials } = refusal.details
      if (denials)
        contextValue.addOperationInfo({ deniedCoordinates: denials.map(({ coordinate }) => coordinate) })
      refused.set(contextValue, refusal)
      throw toApolloError(refusal, options.metadataUrl())
    },
    // Apollo answers with the one error that was thrown; the contract has one for each denied coordinate.
    willSendResponse({ response, contextValue }) {
      const refusal = refused.get(contextValue)
      if (!refusal || response.body.kind !== 'single') return
      response.body.singleResult = { errors: toGraphQLErrors(refusal) }
    },
  }
}

function refusalOf(
  plan: Plan,
  { caller }: Context,
  variables: Record<string, unknown>,
  { introspectionNeedsToken: introspectionRequiresToken, order, decide: decideOn }: Judged,
) {
  if (!caller && plan.usesIntrospection && introspectionRequiresToken) return NO_TOKEN
  const held = caller?.scopes ?? NO_SCOPES
  const before = lastRefused.get(plan)
  if (before?.held === held && before.bound === caller?.jkt) return before.refusal
  const decision = decideOn(plan, held, variables)
  if (decision.allowed) return undefined
  const refusal = caller
    ? insufficientScope(
        decision.denials,
        order.filter((scope) => decision.requiredScopes.includes(scope)),
        held,
        caller.jkt === undefined ? 'Bearer' : 'DPoP',
      )
    : NO_TOKEN
  if (plan.conditionalSections.length + plan.guardedVariables.length === 0)
    lastRefused.set(plan, { held, bound: caller?.jkt, refusal })
  return refusal
}

/** Plans live as long as Apollo keeps the document. */
function memoised(compile: (document: DocumentNode, operation: OperationDefinitionNode) => Plan) {
  const plans = new WeakMap<OperationDefinitionNode, Plan>()
  return function planOf(document: DocumentNode, operation: OperationDefinitionNode): Plan {
    const known = plans.get(operation)
    if (known) return known
    const plan = compile(document, operation)
    plans.set(operation, plan)
    return plan
  }
}

/**
 * The second lock: every field that can ask for something refuses to run for an operation that the first one did not
 * let in, as when a schema is executed directly or a plugin answers before the first lock is asked.
 */
export function guardResolvers(schema: GraphQLSchema, rules: Rules): GraphQLSchema {
  const streams = schema.getSubscriptionType()?.name
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD](field, name, typeName) {
      if (!mayAsk(schema, rules, typeName, name)) return undefined
      const resolve = behindLock(field.resolve ?? defaultFieldResolver, typeName === streams)
      return { ...field, resolve, ...(field.subscribe && { subscribe: behindLock(field.subscribe, true) }) }
    },
  })
}

/** Whether selecting the field can ask for scopes: by its type, itself, what it can return, or what it can be given. */
function mayAsk(schema: GraphQLSchema, rules: Rules, typeName: string, name: string): boolean {
  const type = schema.getType(typeName)
  if (!isObjectType(type)) return false
  const { coordinateRules, guardedArguments, returns } = readFieldRules(schema, rules, type, type, name)
  return (
    coordinateRules.length > 0 ||
    guardedArguments.size > 0 ||
    (returns?.possibleTypes.some((one) => rules.has(one.name)) ?? false)
  )
}

/** @param stream whether it runs again for each event: a token that has ended since ends the stream */
function behindLock(
  resolve: GraphQLFieldResolver<unknown, unknown>,
  stream: boolean,
): GraphQLFieldResolver<unknown, unknown> {
  return function lockedResolve(source, args, context, info) {
    if (typeof context !== 'object' || context === null || admitted.get(context) !== info.operation)
      throw new ApiError('This operation was not let in.', { code: 'FORBIDDEN', status: 403 })
    if (stream && hasEnded(context as Context)) throw invalidToken('expired')
    return resolve(source, args, context, info)
  }
}

const hasEnded = ({ caller, now }: Context) =>
  caller !== undefined && (caller.expiresAt + CLOCK_TOLERANCE_SECONDS) * 1000 <= now().getTime()
