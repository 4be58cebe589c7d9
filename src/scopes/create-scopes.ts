import {
  type DocumentNode,
  GraphQLError,
  GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql'
import { authorizePlan, computeRequiredScopes, type Decision, type Denied } from './authorize-plan.ts'
import { type Challenge, type ChallengeOptions, createChallenge } from './challenge.ts'
import { guardSchema } from './guard-schema.ts'
import { readValidatedRules } from './lint.ts'
import { compilePlan, type Plan } from './plan.ts'
import { readDeclaredScopes } from './read-rules.ts'
import { ANONYMOUS, listScopes } from './rule.ts'

export type ScopesOptions = {
  /** Demands a rule or `@public` on every reachable field, or on its type. By default a rule covers what lies below it. */
  readonly strict?: boolean
}

/** An operation and its caller. */
export type AuthorizationRequest = {
  /** Validated against the schema. */
  readonly document: DocumentNode
  /** Required if the document has several operations. */
  readonly operationName?: string | null | undefined
  /** As the client sent them, before coercion. */
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined
  /** The same object that is passed to the execution. */
  readonly contextValue: object
  /** Those of the verified access token; undefined for a request without a token. */
  readonly scopes: Iterable<string> | undefined
  /** Called at each event of a subscription, which ends when it returns true. */
  readonly isExpired?: () => boolean
}

/** The rules of one schema, and their enforcement. */
export type Scopes = {
  /** A copy of the schema whose guarded resolvers refuse operations that `authorize` did not allow. */
  readonly schema: GraphQLSchema
  /**
   * Decides on an operation before it is executed.
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
  /** Lists the rules in the order of the schema. A rule without scopes (`[[]]`) requires a token only. */
  readonly table: () => readonly {
    readonly coordinate: string
    readonly scopes: readonly (readonly string[])[]
  }[]
}

/** What `authorize` allowed for one operation of a context. */
type Authorization = { readonly isExpired: (() => boolean) | undefined }

/**
 * Reads the rules of a schema, checks them, and returns their enforcement.
 * @throws ScopeSchemaError with every violation of the schema
 */
export function createScopes(schema: GraphQLSchema, { strict = false }: ScopesOptions = {}): Scopes {
  assertSameGraphQL(schema)
  const rules = readValidatedRules(schema, { strict })
  const scopeOrder = readDeclaredScopes(schema).map(({ name }) => name)
  const authorizations = new WeakMap<object, Map<OperationDefinitionNode, Authorization>>()
  const plannedOperations = new WeakMap<DocumentNode, Map<string | undefined, PlannedOperation>>()
  const grantedScopes = new WeakMap<Denied, ReadonlySet<string>>()

  const guardedSchema = guardSchema(schema, rules, (resolve, isSubscription) => {
    return function guardedResolver(source, args, context, info) {
      const authorization = isObject(context) && authorizations.get(context)?.get(info.operation)
      if (!authorization) throw createForbiddenError('Operation not authorized.')
      if (isSubscription && authorization.isExpired?.())
        throw createForbiddenError('The access token has expired.')
      return resolve(source, args, context, info)
    }
  })

  function plan(document: DocumentNode, operationName: string | null | undefined): PlannedOperation {
    const name = operationName ?? undefined
    const byName = plannedOperations.get(document) ?? new Map<string | undefined, PlannedOperation>()
    plannedOperations.set(document, byName)
    const known = byName.get(name)
    if (known) return known
    const operation = findOperation(document, name)
    const planned = { operation, plan: compilePlan(guardedSchema, rules, document, operation) }
    byName.set(name, planned)
    return planned
  }

  return {
    schema: guardedSchema,
    authorize({ document, operationName, variables, contextValue, scopes, isExpired }) {
      if (!isObject(contextValue)) throw new TypeError('contextValue must be an object.')
      const granted = toGrantedScopes(scopes)
      const planned = plan(document, operationName)
      const { operation } = planned
      const decision = authorizePlan(planned.plan, granted, variables ?? {})
      const ofContext = authorizations.get(contextValue) ?? new Map<OperationDefinitionNode, Authorization>()
      authorizations.set(contextValue, ofContext)
      if (decision.allowed) {
        ofContext.set(operation, { isExpired })
        return decision
      }
      // Another request may have used this context with more scopes.
      ofContext.delete(operation)
      const denied = { ...decision, needed: sortScopes(decision.needed, scopeOrder) }
      grantedScopes.set(denied, granted)
      return denied
    },
    challenge(decision, options) {
      const granted = grantedScopes.get(decision)
      if (!granted) throw new TypeError('challenge() takes a denied decision of the same createScopes().')
      return createChallenge(decision, granted, options)
    },
    requiredScopes: (document, operationName) =>
      sortScopes(computeRequiredScopes(plan(document, operationName).plan), scopeOrder),
    table: () =>
      [...rules].map(([coordinate, rule]) => ({
        coordinate,
        scopes: rule.map((alternative) => listScopes(alternative)),
      })),
  }
}

type PlannedOperation = { readonly operation: OperationDefinitionNode; readonly plan: Plan }

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** graphql-js compares types by their classes, so that two copies of it do not recognize each other's. */
function assertSameGraphQL(schema: GraphQLSchema): void {
  if (schema instanceof GraphQLSchema) return
  throw new TypeError(
    Object.prototype.toString.call(schema) === '[object GraphQLSchema]'
      ? 'The schema was created by another copy of the package graphql. Run "npm ls graphql", and install one version only.'
      : 'createScopes() takes a GraphQLSchema.',
  )
}

function toGrantedScopes(scopes: Iterable<string> | undefined): ReadonlySet<string> {
  if (scopes === undefined) return ANONYMOUS
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

const createForbiddenError = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } })

/** Sorts scopes in the order of their declarations. */
const sortScopes = (scopes: readonly string[], order: readonly string[]) =>
  scopes.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
