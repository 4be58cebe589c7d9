import type { Denial } from '../scopes/index.ts'
import type { CredentialErrorReason } from './credential-errors.ts'

/** Every code of an expected client error. Any other error is a bug: it is logged and reported as internal. */
export const API_ERROR_CODES = [
  'UNAUTHENTICATED',
  'BAD_REQUEST',
  'FORBIDDEN',
  'SERVICE_UNAVAILABLE',
  'BAD_USER_INPUT',
  'ALREADY_EXISTS',
  'NOT_FOUND',
  'LIMIT_EXCEEDED',
  'IDEMPOTENCY_MISMATCH',
  'IDEMPOTENCY_IN_FLIGHT',
  'UNTRUSTED_DOCUMENT',
  'PERSISTED_QUERY_NOT_FOUND',
] as const

type ApiErrorCode = (typeof API_ERROR_CODES)[number]

export type AuthScheme = 'Bearer' | 'DPoP'

/** A `WWW-Authenticate` challenge (RFC 6750 §3, RFC 9449 §7.1). A request without credentials gets the scheme alone. */
export type Challenge = {
  readonly scheme: AuthScheme
  readonly error?:
    | 'invalid_request'
    | 'invalid_token'
    | 'insufficient_scope'
    | 'invalid_dpop_proof'
    | 'use_dpop_nonce'
  readonly error_description?: string
  readonly scope?: string
}

/** A problem with one value of an input, with its remedy. */
export type InputIssue = {
  /** The value's path, such as `input.cost` or `inputs[3].title`. */
  readonly argument: string
  readonly message: string
}

/** The contents of an `ApiError`. */
export type ApiErrorDetails = {
  readonly code: ApiErrorCode
  /** The HTTP status. An error of a single GraphQL field leaves the response's status at 200. */
  readonly status: number
  readonly challenge?: Challenge
  /** The reason for rejected credentials, a metric label. */
  readonly reason?: CredentialErrorReason
  /** The nonce for the next DPoP proof (RFC 9449 §8). */
  readonly dpopNonce?: string
  readonly retryAfterSeconds?: number
  readonly denials?: readonly Denial[]
  /** The scopes that the token grants. */
  readonly grantedScopes?: ReadonlySet<string>
  readonly inputIssues?: readonly InputIssue[]
}
