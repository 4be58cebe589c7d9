import { type DocumentNode, getOperationAST, type OperationDefinitionNode } from 'graphql'
import { CLOCK_TOLERANCE_SECONDS } from '../auth/verify-token.ts'
import { ApiError, badRequest, createWithoutStack, missingToken } from '../errors/api-error.ts'
import type { AuthScheme } from '../errors/error-details.ts'
import { GRAPHQL_CONTENT_TYPE } from '../lib/graphql-content-type.ts'
import type { OperationInfo } from '../lib/http-messages.ts'
import type { Instrument } from '../lib/instrument.ts'
import type { Denial, Denied, Scopes } from '../scopes/index.ts'
import type { RequestHooks } from './combine-hooks.ts'
import type { Context } from './context.ts'
import type { RejectAnonymous, Rejection, RejectRepeated } from './execute.ts'
import { getSigningAlgorithms, toApolloError, toGraphQLErrors } from './format-error.ts'
import { describeOperation, selectsIntrospection } from './operation-info.ts'

// Connects the scope engine to Apollo Server. The whole operation is compared with the caller's scopes before any resolver
// runs, so that a rejected request has changed nothing. Anonymous requests are rejected even before their document is
// validated, which costs more. The guarded resolvers of `scopes.schema` are the second line.

type AuthorizationOptions = {
  readonly scopes: Scopes
  readonly getMetadataUrl: () => string
  readonly introspectionRequiresToken: boolean
  readonly instrument: Instrument
}

/** A part of the data is missing (GraphQL over HTTP, draft of 2026-08-06, "Status Codes"). */
const PARTIAL_STATUS = 294

/**
 * Returns the hooks that authorize every operation before any resolver runs, and the checks that reject requests without
 * Apollo Server: anonymous ones even before validation, and operations that were denied before. A validation rule would not do: Apollo Server caches the result of validation for all callers.
 */
export function createAuthorization(options: AuthorizationOptions) {
  const { scopes, getMetadataUrl, introspectionRequiresToken, instrument } = options
  const { schema } = scopes
  const authorize = instrument('decide', scopes.authorize)
  /** By document and operation: the same operation node may be in another document with other fragments. */
  const describedOperations = new WeakMap<DocumentNode, WeakMap<OperationDefinitionNode, OperationInfo>>()
  const rejections = new WeakMap<Context, ApiError>()
  /** Requests whose denied fields are answered with null. */
  const partialRequests = new WeakSet<Context>()
  /** Operations of valid documents that some caller's scopes did not suffice for. */
  const deniedOperations = new WeakSet<OperationDefinitionNode>()
  const denialErrors = new WeakMap<Denied, Map<string, ApiError>>()

  /** Describes an operation once, for as long as its document is cached. */
  function describe(document: DocumentNode, operation: OperationDefinitionNode): OperationInfo {
    const ofDocument =
      describedOperations.get(document) ?? new WeakMap<OperationDefinitionNode, OperationInfo>()
    const known = ofDocument.get(operation)
    if (known) return known
    const info = describeOperation(schema, document, operation)
    describedOperations.set(document, ofDocument.set(operation, info))
    return info
  }

  /** Returns the error for a caller whose scopes do not suffice, or undefined. */
  function checkScopes(
    { document, operation, info }: DescribedOperation,
    contextValue: Context,
    variables: Record<string, unknown>,
  ): ApiError | undefined {
    const { caller, anonymousScheme, lenientHandling } = contextValue
    if (!caller && introspectionRequiresToken && selectsIntrospection(schema, info))
      return missingToken(anonymousScheme)
    const decision = authorize({
      document,
      operationName: operation.name?.value,
      variables,
      contextValue,
      scopes: caller?.scopes,
      denied: lenientHandling ? 'null' : 'reject',
      ...(operation.operation === 'subscription' && { isExpired: () => isExpired(contextValue) }),
    })
    if (caller && decision.denials) contextValue.addOperationInfo(describeDenials(decision.denials))
    if (decision.allowed && decision.denials) partialRequests.add(contextValue)
    return decision.allowed ? undefined : toError(decision, contextValue)
  }

  /** The engine remembers the last denial of an operation, and so its error is. */
  function toError(denied: Denied, { caller, anonymousScheme }: Context): ApiError {
    const scheme = caller ? (caller.jkt === undefined ? 'Bearer' : 'DPoP') : anonymousScheme
    const errors = denialErrors.get(denied) ?? new Map<string, ApiError>()
    denialErrors.set(denied, errors)
    const error = errors.get(scheme) ?? createDeniedError(denied, scheme)
    errors.set(scheme, error)
    return error
  }

  function createDeniedError(denied: Denied, scheme: AuthScheme): ApiError {
    const { status, headers, errors } = createWithoutStack(() =>
      scopes.challenge(denied, {
        scheme,
        algs: getSigningAlgorithms(scheme),
        resourceMetadata: getMetadataUrl(),
      }),
    )
    return new ApiError(errors.map(({ message }) => message).join(' '), {
      code: status === 401 ? 'UNAUTHENTICATED' : 'FORBIDDEN',
      headers,
      denials: errors.map((error) => error.toJSON()),
    })
  }

  /** Returns undefined for a request that Apollo Server rejects for another reason. */
  function findOperation(
    document: DocumentNode,
    operationName: unknown,
  ): OperationDefinitionNode | undefined {
    if (operationName != null && typeof operationName !== 'string') return undefined
    const operation = getOperationAST(document, operationName)
    return operation && schema.getRootType(operation.operation) ? operation : undefined
  }

  function reject(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: unknown,
    context: Context,
  ): Rejection | undefined {
    const info = describe(document, operation)
    const error = checkScopes({ document, operation, info }, context, Object(variables))
    if (!error) return undefined
    context.addOperationInfo({ ...info, errorCode: error.details.code })
    return { error: toApolloError(error, getMetadataUrl()), errors: toGraphQLErrors(error) }
  }

  const rejectAnonymous: RejectAnonymous<Context> = (method, params, document, context) => {
    if (context.caller) return undefined
    const operation = findOperation(document, params.operationName)
    if (!operation || (method === 'GET' && operation.operation !== 'query')) return undefined
    try {
      return reject(document, operation, params.variables, context)
    } catch {
      // A document that only validation rejects: a cycle of fragments, an unknown field.
      return undefined
    }
  }

  const rejectRepeated: RejectRepeated<Context> = ({ operationName, variables }, document, context) => {
    const operation = findOperation(document, operationName)
    const isRepeated = operation && deniedOperations.has(operation)
    return isRepeated ? reject(document, operation, variables, context) : undefined
  }

  const hooks: RequestHooks<Context> = {
    didResolveOperation({ document, operation, contextValue, request }) {
      // Apollo Server rejects a request without an operation itself.
      if (!operation) return
      const info = describe(document, operation)
      contextValue.addOperationInfo(info)
      // Validation accepts an operation type that the schema does not have.
      const error = schema.getRootType(operation.operation)
        ? checkScopes({ document, operation, info }, contextValue, request.variables ?? {})
        : badRequest(`The schema has no ${operation.operation} type.`)
      if (!error) return
      rejections.set(contextValue, error)
      deniedOperations.add(operation)
      throw toApolloError(error, getMetadataUrl())
    },
    // Apollo Server responds with the one error that was thrown; the contract has one for each denied coordinate.
    willSendResponse({ response, contextValue, operation }) {
      const error = rejections.get(contextValue)
      const { caller, lenientHandling } = contextValue
      if (!error && caller && lenientHandling === 'preferred' && operation?.operation === 'query')
        response.http.headers.set('preference-applied', 'handling=lenient')
      if (response.body.kind !== 'single') return
      if (error) response.body.singleResult = { errors: toGraphQLErrors(error) }
      const { data, errors } = response.body.singleResult
      const isPartial = partialRequests.has(contextValue) && data && errors
      if (isPartial && contextValue.contentType === GRAPHQL_CONTENT_TYPE)
        response.http.status = PARTIAL_STATUS
    },
  }
  return { hooks, rejectAnonymous, rejectRepeated }
}

/** An operation, and its summary for logs and metrics. */
type DescribedOperation = {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly info: OperationInfo
}

const describeDenials = (denials: readonly Denial[]): OperationInfo => ({
  deniedCoordinates: denials.map(({ coordinate }) => coordinate),
  missingScopes: [...new Set(denials.flatMap(({ missingScopes }) => missingScopes))],
})

const isExpired = ({ caller, getDate }: Context) =>
  caller !== undefined && (caller.expiresAt + CLOCK_TOLERANCE_SECONDS) * 1000 <= getDate().getTime()
