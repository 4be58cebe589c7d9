import { CREDENTIAL_ERROR_DESCRIPTIONS, type CredentialErrorReason } from './credential-errors.ts'
import {
  API_ERROR_STATUSES,
  type ApiErrorDetails,
  type AuthScheme,
  type InputIssue,
} from './error-details.ts'

/** An expected client error. It has no stack trace: rejecting a request must not cost more than serving it. */
export class ApiError extends Error {
  readonly details: ApiErrorDetails

  /** @param details the status is left out if it is the one of the code */
  constructor(message: string, details: Omit<ApiErrorDetails, 'status'> & { readonly status?: number }) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = stackTraceLimit
    this.name = 'ApiError'
    this.details = Object.freeze({ status: API_ERROR_STATUSES[details.code], ...details })
  }
}

/** Creates errors of other classes without stack traces. */
export function createWithoutStack<T>(create: () => T): T {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return create()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** RFC 6750 §3.1: the challenge for a request without credentials has no error code. */
export const missingToken = (scheme: AuthScheme = 'Bearer') =>
  new ApiError(`This request requires an access token. Send it as "Authorization: ${scheme} <token>".`, {
    code: 'UNAUTHENTICATED',
    challenge: { scheme },
  })

/** RFC 6750 §3.1 invalid_token: malformed, expired or otherwise invalid. RFC 9449 §7.1 for the DPoP scheme. */
export const invalidToken = (reason: CredentialErrorReason, scheme: AuthScheme = 'Bearer') =>
  new ApiError(`The access token is invalid: ${CREDENTIAL_ERROR_DESCRIPTIONS[reason]}.`, {
    code: 'UNAUTHENTICATED',
    ...describeRejection(scheme, 'invalid_token', reason),
  })

/** RFC 6750 §3.1 invalid_request: more than one token, or a token sent in an unsupported way. */
export const invalidRequest = (reason: CredentialErrorReason, scheme: AuthScheme = 'Bearer') =>
  new ApiError(`The credentials are invalid: ${CREDENTIAL_ERROR_DESCRIPTIONS[reason]}.`, {
    code: 'BAD_REQUEST',
    ...describeRejection(scheme, 'invalid_request', reason),
  })

/** RFC 9449 §7.1 invalid_dpop_proof. */
export const invalidDpopProof = (reason: CredentialErrorReason) =>
  new ApiError(`The DPoP proof is invalid: ${CREDENTIAL_ERROR_DESCRIPTIONS[reason]}.`, {
    code: 'UNAUTHENTICATED',
    ...describeRejection('DPoP', 'invalid_dpop_proof', reason),
  })

/** RFC 9449 §9 use_dpop_nonce: the client retries with a proof that contains this nonce. */
export const dpopNonceRequired = (dpopNonce: string) =>
  new ApiError('The DPoP proof must contain the nonce of this response. Retry with it.', {
    code: 'UNAUTHENTICATED',
    ...describeRejection('DPoP', 'use_dpop_nonce', 'nonce'),
    dpopNonce,
  })

/** A client that sent more proofs than the replay store holds for one (RFC 6585 §4). */
export const tooManyDpopProofs = (retryAfterSeconds: number) =>
  new ApiError(`Too many DPoP proofs from this client. Try again in ${retryAfterSeconds} s.`, {
    code: 'LIMIT_EXCEEDED',
    status: 429,
    retryAfterSeconds,
    reason: 'proof_limit',
  })

const describeRejection = (scheme: AuthScheme, error: string, reason: CredentialErrorReason) => ({
  challenge: { scheme, error, error_description: CREDENTIAL_ERROR_DESCRIPTIONS[reason] },
  reason,
})

/** An outage of a dependency, such as the database or the issuer (RFC 9110 §15.6.4). */
export const serviceUnavailable = (dependency: string, retryAfterSeconds: number) =>
  new ApiError(`${dependency} is unavailable. Try again in ${retryAfterSeconds} s.`, {
    code: 'SERVICE_UNAVAILABLE',
    retryAfterSeconds,
  })

/** A fault of the service that no retry overcomes. The client learns nothing about it. */
export const internalError = () => new ApiError('Internal server error.', { code: 'INTERNAL_SERVER_ERROR' })

export const badUserInput = (inputIssues: readonly InputIssue[]) =>
  new ApiError(inputIssues.map(({ argument, message }) => `${argument}: ${message}`).join(' '), {
    code: 'BAD_USER_INPUT',
    inputIssues,
  })

/** @param inputIssues one or more; the message shows the first and the number of others */
export function alreadyExists(inputIssues: readonly InputIssue[]): ApiError {
  const [first, ...others] = inputIssues
  const more = others.length === 1 ? '1 more id is taken.' : `${others.length} more ids are taken.`
  const message = others.length === 0 ? `${first?.message}` : `${first?.message} ${more}`
  return new ApiError(message, { code: 'ALREADY_EXISTS', inputIssues })
}

/**
 * An idempotency key that was used for another request (draft-ietf-httpapi-idempotency-key-header §2.7).
 * @param inputIssues the single inputs whose keys were, if the keys are part of the input
 */
export const idempotencyMismatch = (inputIssues: readonly InputIssue[] = []) =>
  new ApiError('This Idempotency-Key was used for a different request. Use a new key for each request.', {
    code: 'IDEMPOTENCY_MISMATCH',
    ...(inputIssues.length > 0 && { inputIssues }),
  })

/** A concurrent request with the same idempotency key (ibid.). */
export const idempotencyInFlight = () =>
  new ApiError('The first request with this Idempotency-Key is still in progress. Try again in 1 s.', {
    code: 'IDEMPOTENCY_IN_FLIGHT',
    retryAfterSeconds: 1,
  })

export const notFound = (message: string) => new ApiError(message, { code: 'NOT_FOUND' })

export const badRequest = (message: string, status = 400) =>
  new ApiError(message, { code: 'BAD_REQUEST', status })

/** A request over a limit: 413 (RFC 9110 §15.5.14), or 429 if the client may retry later (RFC 6585 §4). */
export const limitExceeded = (message: string, retryAfterSeconds?: number) =>
  new ApiError(message, {
    code: 'LIMIT_EXCEEDED',
    ...(retryAfterSeconds !== undefined && { status: 429, retryAfterSeconds }),
  })

/** An operation document that is not in the list of trusted documents. */
export const untrustedDocument = () =>
  new ApiError(
    'This document is not a trusted document. Add it to the manifest in TRUSTED_DOCUMENTS_MANIFEST.',
    { code: 'UNTRUSTED_DOCUMENT' },
  )

/** An unknown document hash or id. Apollo clients look for this exact message. */
export const persistedQueryNotFound = () =>
  new ApiError('PersistedQueryNotFound', { code: 'PERSISTED_QUERY_NOT_FOUND' })
