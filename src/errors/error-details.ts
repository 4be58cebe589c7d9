import type { CredentialErrorReason } from './credential-errors.ts'

/** The HTTP status of each code of an expected error. Any other error is a bug, with `INTERNAL_SERVER_ERROR`: it is logged. */
export const API_ERROR_STATUSES = {
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
  UNTRUSTED_DOCUMENT: 400,
  PERSISTED_QUERY_NOT_FOUND: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  IDEMPOTENCY_IN_FLIGHT: 409,
  LIMIT_EXCEEDED: 413,
  IDEMPOTENCY_MISMATCH: 422,
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
} as const

export type AuthScheme = 'Bearer' | 'DPoP'

/** A `WWW-Authenticate` challenge (RFC 6750 §3, RFC 9449 §7.1). A request without credentials gets the scheme alone. */
export type Challenge = {
  readonly scheme: AuthScheme
  readonly error?: string
  readonly error_description?: string
  readonly scope?: string
}

/** A problem with one value of an input, with its remedy. */
export type InputIssue = {
  /** The value's path, such as `input.cost` or `inputs[3].title`. */
  readonly argument: string
  readonly message: string
}

type DenialDetails = {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions?: Readonly<Record<string, unknown>>
}

export type ApiErrorDetails = {
  readonly code: keyof typeof API_ERROR_STATUSES
  /** The HTTP status. An error of a single GraphQL field leaves the response's status at 200. */
  readonly status: number
  readonly challenge?: Challenge
  /** The reason for rejected credentials, a metric label. */
  readonly reason?: CredentialErrorReason
  /** The nonce for the next DPoP proof (RFC 9449 §8). */
  readonly dpopNonce?: string
  readonly retryAfterSeconds?: number
  /** Response headers besides those that the other details need. */
  readonly headers?: Readonly<Record<string, string>>
  /** The GraphQL errors of a denied operation, one for each denied coordinate. */
  readonly denials?: readonly DenialDetails[]
  readonly inputIssues?: readonly InputIssue[]
}
