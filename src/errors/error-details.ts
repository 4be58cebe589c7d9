import type { Denial } from '../scopes/index.ts'
import type { CredentialErrorReason } from './credential-errors.ts'

/**
 * The closed family of refusals: every answer of this service that says no on purpose.
 * Anything else that is thrown is a fault of ours: it is logged, and the caller is told "internal".
 */
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

/**
 * A challenge (RFC 6750 §3, RFC 9449 §7.1). With the scheme alone: the bare challenge of someone who sent no token.
 */
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

/** One thing that is wrong with an input, and what would be right. */
export type InputIssue = {
  /** Where it stands, as in `input.cost` or `inputs[3].title`. */
  readonly argument: string
  readonly message: string
}

/** What an answer that says no is made of. */
export type ApiErrorDetails = {
  readonly code: ApiErrorCode
  /** The HTTP status; a refusal of a single field in GraphQL leaves the answer's status at 200. */
  readonly status: number
  readonly challenge?: Challenge
  /** Why credentials were refused: what is counted. */
  readonly reason?: CredentialErrorReason
  /** What the next proof must carry (RFC 9449 §8). */
  readonly dpopNonce?: string
  readonly retryAfterSeconds?: number
  readonly denials?: readonly Denial[]
  /** The scopes that the token grants, beside what they do not open. */
  readonly grantedScopes?: ReadonlySet<string>
  readonly inputIssues?: readonly InputIssue[]
}
