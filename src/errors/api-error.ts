import type { Denial } from '../scopes/authorize-plan.ts'
import { REASONS, type Reason } from './credential-errors.ts'
import type { Challenge, Details, InputFault, Scheme } from './error-details.ts'

export type { Challenge, InputFault, Scheme }

/** It has no stack: to say no must not cost more than to say yes, and a refusal is no fault whose origin is looked for. */
export class Refusal extends Error {
  readonly details: Details

  constructor(message: string, details: Details) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = stackTraceLimit
    this.name = 'Refusal'
    this.details = Object.freeze(details)
  }
}

/** Makes another kind of error of a refusal: that has no stack either. */
export function withoutStack<Made extends Error>(make: () => Made): Made {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** RFC 6750 §3.1: a request without authentication gets a challenge without an error code. */
export const noToken = () =>
  new Refusal('This needs an access token: send "Authorization: Bearer <token>".', {
    code: 'UNAUTHENTICATED',
    status: 401,
    challenge: { scheme: 'Bearer' },
  })

/** RFC 6750 §3.1 invalid_token: expired, malformed, or invalid for other reasons; RFC 9449 §7.1 under DPoP. */
export const invalidToken = (reason: Reason, scheme: Scheme = 'Bearer') =>
  new Refusal(`The access token was refused: ${REASONS[reason]}.`, {
    code: 'UNAUTHENTICATED',
    status: 401,
    challenge: { scheme, error: 'invalid_token', error_description: REASONS[reason] },
    reason,
  })

/** RFC 6750 §3.1 invalid_request: more than one token, or one in a way that is not supported. */
export const invalidRequest = (reason: Reason, scheme: Scheme = 'Bearer') =>
  new Refusal(`The request was refused: ${REASONS[reason]}.`, {
    code: 'BAD_REQUEST',
    status: 400,
    challenge: { scheme, error: 'invalid_request', error_description: REASONS[reason] },
    reason,
  })

/** RFC 9449 §7.1 invalid_dpop_proof. */
export const invalidProof = (reason: Reason) =>
  new Refusal(`The DPoP proof was refused: ${REASONS[reason]}.`, {
    code: 'UNAUTHENTICATED',
    status: 401,
    challenge: { scheme: 'DPoP', error: 'invalid_dpop_proof', error_description: REASONS[reason] },
    reason,
  })

/** RFC 9449 §9 use_dpop_nonce: the same request with this nonce in its proof is let in. */
export const useNonce = (nonce: string) =>
  new Refusal('The DPoP proof needs the nonce that comes with this answer.', {
    code: 'UNAUTHENTICATED',
    status: 401,
    challenge: { scheme: 'DPoP', error: 'use_dpop_nonce', error_description: REASONS.nonce },
    reason: 'nonce',
    dpopNonce: nonce,
  })

/**
 * RFC 6750 §3.1 insufficient_scope.
 * @param needed all scopes that the whole operation needs, held or not
 * @param held what the token grants
 * @param scheme how the caller presented its token
 */
export const insufficientScope = (
  denials: readonly Denial[],
  needed: readonly string[],
  held: ReadonlySet<string>,
  scheme: Scheme = 'Bearer',
) =>
  new Refusal(`This needs ${needed.join(' ')}.`, {
    code: 'FORBIDDEN',
    status: 403,
    challenge: {
      scheme,
      error: 'insufficient_scope',
      error_description: 'the access token lacks a scope that this operation needs',
      scope: needed.join(' '),
    },
    denials,
    held,
  })

/** A part that this service cannot do without is away; it is not the caller's fault (RFC 9110 §15.6.4). */
export const unavailable = (what: string, retryAfterSeconds: number) =>
  new Refusal(`${what} cannot be reached just now. Try again in ${retryAfterSeconds} s.`, {
    code: 'SERVICE_UNAVAILABLE',
    status: 503,
    retryAfterSeconds,
  })

export const badInput = (faults: readonly [InputFault, ...InputFault[]]) =>
  new Refusal(faults.map((fault) => `${fault.argument}: ${fault.message}`).join(' '), {
    code: 'BAD_USER_INPUT',
    status: 400,
    inputFaults: faults,
  })

/** @param faults one or more */
export const alreadyExists = (faults: readonly InputFault[]) =>
  new Refusal(told(faults), { code: 'ALREADY_EXISTS', status: 409, inputFaults: faults })

/** A key of another request (draft-ietf-httpapi-idempotency-key-header §2.7); with faults, keys of single inputs are. */
export const idempotencyMismatch = (faults: readonly InputFault[] = []) =>
  new Refusal('This Idempotency-Key was used for something else. Use a new key for each request.', {
    code: 'IDEMPOTENCY_MISMATCH',
    status: 422,
    ...(faults.length > 0 && { inputFaults: faults }),
  })

/** The same request is under way (ibid.). */
export const inFlight = () =>
  new Refusal('The first request with this Idempotency-Key is still under way. Try again in 1 s.', {
    code: 'IDEMPOTENCY_IN_FLIGHT',
    status: 409,
    retryAfterSeconds: 1,
  })

/** The first of them, and how many more. */
const told = ([first, ...others]: readonly InputFault[]) =>
  `${first?.message}${others.length > 0 ? ` More are taken: ${others.length}.` : ''}`

export const notFound = (message: string) => new Refusal(message, { code: 'NOT_FOUND', status: 404 })

export const badRequest = (message: string, status = 400) =>
  new Refusal(message, { code: 'BAD_REQUEST', status })

/** More than this service takes on at once (RFC 9110 §15.5.14) or, where waiting helps, in a minute (RFC 6585 §4). */
export const limitExceeded = (message: string, retryAfterSeconds?: number) =>
  new Refusal(message, {
    code: 'LIMIT_EXCEEDED',
    ...(retryAfterSeconds === undefined ? { status: 413 } : { status: 429, retryAfterSeconds }),
  })

/** A document that is not among those that may run here. */
export const untrustedDocument = () =>
  new Refusal('Only documents that were registered beforehand run here.', {
    code: 'UNTRUSTED_DOCUMENT',
    status: 400,
  })

/** A document's name that nobody here knows; in the words that clients of Apollo's look for. */
export const unknownDocument = () =>
  new Refusal('PersistedQueryNotFound', { code: 'PERSISTED_QUERY_NOT_FOUND', status: 400 })
