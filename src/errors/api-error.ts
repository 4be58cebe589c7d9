import type { Denial } from '../scopes/index.ts'
import { CREDENTIAL_ERROR_DESCRIPTIONS, type CredentialErrorReason } from './credential-errors.ts'
import type { ApiErrorDetails, AuthScheme, Challenge, InputIssue } from './error-details.ts'

export type { AuthScheme as Scheme, Challenge, InputIssue as InputFault }

/** It has no stack: to say no must not cost more than to say yes, and a refusal is no fault whose origin is looked for. */
export class ApiError extends Error {
  readonly details: ApiErrorDetails

  constructor(message: string, details: ApiErrorDetails) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = stackTraceLimit
    this.name = 'ApiError'
    this.details = Object.freeze(details)
  }
}

/** Makes another kind of error of a refusal: that has no stack either. */
export function createWithoutStack<Made extends Error>(make: () => Made): Made {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** RFC 6750 §3.1: a request without authentication gets a challenge without an error code. */
export const missingToken = () =>
  new ApiError('This needs an access token: send "Authorization: Bearer <token>".', {
    code: 'UNAUTHENTICATED',
    status: 401,
    challenge: { scheme: 'Bearer' },
  })

/** RFC 6750 §3.1 invalid_token: expired, malformed, or invalid for other reasons; RFC 9449 §7.1 under DPoP. */
export const invalidToken = (reason: CredentialErrorReason, scheme: AuthScheme = 'Bearer') =>
  new ApiError(`The access token was refused: ${CREDENTIAL_ERROR_DESCRIPTIONS[reason]}.`, {
    code: 'UNAUTHENTICATED',
    status: 401,
    challenge: { scheme, error: 'invalid_token', error_description: CREDENTIAL_ERROR_DESCRIPTIONS[reason] },
    reason,
  })

/** RFC 6750 §3.1 invalid_request: more than one token, or one in a way that is not supported. */
export const invalidRequest = (reason: CredentialErrorReason, scheme: AuthScheme = 'Bearer') =>
  new ApiError(`The request was refused: ${CREDENTIAL_ERROR_DESCRIPTIONS[reason]}.`, {
    code: 'BAD_REQUEST',
    status: 400,
    challenge: { scheme, error: 'invalid_request', error_description: CREDENTIAL_ERROR_DESCRIPTIONS[reason] },
    reason,
  })

/** RFC 9449 §7.1 invalid_dpop_proof. */
export const invalidDpopProof = (reason: CredentialErrorReason) =>
  new ApiError(`The DPoP proof was refused: ${CREDENTIAL_ERROR_DESCRIPTIONS[reason]}.`, {
    code: 'UNAUTHENTICATED',
    status: 401,
    challenge: {
      scheme: 'DPoP',
      error: 'invalid_dpop_proof',
      error_description: CREDENTIAL_ERROR_DESCRIPTIONS[reason],
    },
    reason,
  })

/** RFC 9449 §9 use_dpop_nonce: the same request with this nonce in its proof is let in. */
export const useDpopNonce = (nonce: string) =>
  new ApiError('The DPoP proof needs the nonce that comes with this answer.', {
    code: 'UNAUTHENTICATED',
    status: 401,
    challenge: {
      scheme: 'DPoP',
      error: 'use_dpop_nonce',
      error_description: CREDENTIAL_ERROR_DESCRIPTIONS.nonce,
    },
    reason: 'nonce',
    dpopNonce: nonce,
  })

/**
 * RFC 6750 §3.1 insufficient_scope.
 * @param requiredScopes all scopes that the whole operation needs, held or not
 * @param grantedScopes what the token grants
 * @param scheme how the caller presented its token
 */
export const insufficientScope = (
  denials: readonly Denial[],
  requiredScopes: readonly string[],
  grantedScopes: ReadonlySet<string>,
  scheme: AuthScheme = 'Bearer',
) =>
  new ApiError(`This needs ${requiredScopes.join(' ')}.`, {
    code: 'FORBIDDEN',
    status: 403,
    challenge: {
      scheme,
      error: 'insufficient_scope',
      error_description: 'the access token lacks a scope that this operation needs',
      scope: requiredScopes.join(' '),
    },
    denials,
    grantedScopes,
  })

/** A part that this service cannot do without is away; it is not the caller's fault (RFC 9110 §15.6.4). */
export const serviceUnavailable = (dependency: string, retryAfterSeconds: number) =>
  new ApiError(`${dependency} cannot be reached just now. Try again in ${retryAfterSeconds} s.`, {
    code: 'SERVICE_UNAVAILABLE',
    status: 503,
    retryAfterSeconds,
  })

export const badUserInput = (issues: readonly [InputIssue, ...InputIssue[]]) =>
  new ApiError(issues.map((fault) => `${fault.argument}: ${fault.message}`).join(' '), {
    code: 'BAD_USER_INPUT',
    status: 400,
    inputIssues: issues,
  })

/** @param issues one or more */
export const alreadyExists = (issues: readonly InputIssue[]) =>
  new ApiError(told(issues), { code: 'ALREADY_EXISTS', status: 409, inputIssues: issues })

/** A key of another request (draft-ietf-httpapi-idempotency-key-header §2.7); with faults, keys of single inputs are. */
export const idempotencyMismatch = (issues: readonly InputIssue[] = []) =>
  new ApiError('This Idempotency-Key was used for something else. Use a new key for each request.', {
    code: 'IDEMPOTENCY_MISMATCH',
    status: 422,
    ...(issues.length > 0 && { inputIssues: issues }),
  })

/** The same request is under way (ibid.). */
export const idempotencyInFlight = () =>
  new ApiError('The first request with this Idempotency-Key is still under way. Try again in 1 s.', {
    code: 'IDEMPOTENCY_IN_FLIGHT',
    status: 409,
    retryAfterSeconds: 1,
  })

/** The first of them, and how many more. */
const told = ([first, ...others]: readonly InputIssue[]) =>
  `${first?.message}${others.length > 0 ? ` More are taken: ${others.length}.` : ''}`

export const notFound = (message: string) => new ApiError(message, { code: 'NOT_FOUND', status: 404 })

export const badRequest = (message: string, status = 400) =>
  new ApiError(message, { code: 'BAD_REQUEST', status })

/** More than this service takes on at once (RFC 9110 §15.5.14) or, where waiting helps, in a minute (RFC 6585 §4). */
export const limitExceeded = (message: string, retryAfterSeconds?: number) =>
  new ApiError(message, {
    code: 'LIMIT_EXCEEDED',
    ...(retryAfterSeconds === undefined ? { status: 413 } : { status: 429, retryAfterSeconds }),
  })

/** A document that is not among those that may run here. */
export const untrustedDocument = () =>
  new ApiError('Only documents that were registered beforehand run here.', {
    code: 'UNTRUSTED_DOCUMENT',
    status: 400,
  })

/** A document's name that nobody here knows; in the words that clients of Apollo's look for. */
export const persistedQueryNotFound = () =>
  new ApiError('PersistedQueryNotFound', { code: 'PERSISTED_QUERY_NOT_FOUND', status: 400 })
