import { HeaderMap } from '@apollo/server'
import { unwrapResolverError } from '@apollo/server/errors'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { PROOF_ALGORITHMS } from '../auth/dpop-proof.ts'
import { type Challenge, Refusal, withoutStack } from '../errors/api-error.ts'
import { type Answer, jsonAnswer } from '../lib/http-messages.ts'
import { repeatable } from '../lib/redact.ts'
import type { Denial } from '../scopes/authorize-plan.ts'
import { inWords } from '../scopes/describe-rules.ts'

/** The answers' headers for a refusal: challenge (RFC 6750 §3, RFC 9449 §7.1, RFC 9728 §5.1), nonce, Retry-After. */
function refusalHeaders({ details }: Refusal, metadataUrl: string): Record<string, string> {
  const headers: Record<string, string> = {}
  if (details.challenge) headers['www-authenticate'] = challengeHeader(details.challenge, metadataUrl)
  if (details.retryAfterSeconds !== undefined) headers['retry-after'] = String(details.retryAfterSeconds)
  if (details.dpopNonce !== undefined) headers['dpop-nonce'] = details.dpopNonce
  return headers
}

// RFC 6750 §3: what may stand in a challenge's values; anything else would break the header, and so the answer.
const NOT_IN_CHALLENGE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g

function challengeHeader({ scheme, ...challenge }: Challenge, metadataUrl: string): string {
  const algs = scheme === 'DPoP' ? { algs: PROOF_ALGORITHMS.join(' ') } : {}
  const parameters = Object.entries({ ...challenge, ...algs, resource_metadata: metadataUrl })
  return `${scheme} ${parameters.map(([name, value]) => `${name}="${value.replace(NOT_IN_CHALLENGE, '?')}"`).join(', ')}`
}

const shaped = new WeakMap<Refusal, readonly GraphQLFormattedError[]>()

/** A refusal as GraphQL errors: one for each denied coordinate, else one. They are made once. */
export function refusalErrors(refusal: Refusal): readonly GraphQLFormattedError[] {
  const before = shaped.get(refusal)
  if (before) return before
  const errors = errorsOf(refusal)
  shaped.set(refusal, errors)
  return errors
}

function errorsOf({ message, details }: Refusal): GraphQLFormattedError[] {
  const { code, denials, held, inputFaults } = details
  if (denials) return denials.map((denial) => denialError(denial, held))
  const extensions: Record<string, unknown> = { code }
  if (inputFaults) Object.assign(extensions, { argument: inputFaults[0]?.argument, faults: inputFaults })
  return [{ message: repeatable(message), extensions }]
}

function denialError(
  { coordinate, path, requiredScopes, missingScopes, rule }: Denial,
  held: ReadonlySet<string> = new Set(),
) {
  const name = coordinate.split('.').at(-1)
  const has = held.size > 0 ? `has ${[...held].join(' ')}` : 'has no scopes'
  const others = rule.filter((all) => all.join(' ') !== requiredScopes.join(' '))
  return {
    message: `${name} needs ${inWords([requiredScopes, ...others])}; this token ${has}.`,
    path,
    extensions: { code: 'FORBIDDEN', coordinate, requiredScopes, missingScopes },
  }
}

const thrown = new WeakMap<Refusal, { readonly error: GraphQLError; readonly metadataUrl: string }>()

/** A refusal on its way through Apollo Server, which takes status and headers from the error's extensions. Made once. */
export function throughApollo(refusal: Refusal, metadataUrl: string): GraphQLError {
  const before = thrown.get(refusal)
  if (before?.metadataUrl === metadataUrl) return before.error
  const headers = new HeaderMap(Object.entries(refusalHeaders(refusal, metadataUrl)))
  const { code, status } = refusal.details
  const extensions = { code, http: { status, headers } }
  const error = withoutStack(() => new GraphQLError(refusal.message, { originalError: refusal, extensions }))
  thrown.set(refusal, { error, metadataUrl })
  return error
}

/** The answer to a request that was refused before it came to Apollo Server, or that broke something of ours. */
export function errorAnswer(error: unknown, metadataUrl: string, report: (error: unknown) => void): Answer {
  if (error instanceof Refusal)
    return jsonAnswer(
      error.details.status,
      { errors: refusalErrors(error) },
      refusalHeaders(error, metadataUrl),
    )
  report(error)
  return jsonAnswer(500, { errors: [INTERNAL] })
}

const INTERNAL: GraphQLFormattedError = {
  message: 'Something went wrong on our side.',
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
}

/** Apollo's own words for faults of the request pass; refusals get the contract's shape; all else says nothing. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = unwrapResolverError(error)
  const { message: said, extensions: _, ...where } = formatted
  if (cause instanceof Refusal) return { ...refusalErrors(cause)[0], ...where } as GraphQLFormattedError
  const message = repeatable(said)
  const code = formatted.extensions?.code
  if (cause instanceof GraphQLError && isClientsFault(cause.extensions))
    return { ...formatted, message, extensions: { code: 'BAD_REQUEST' } }
  if (code === undefined || code === 'INTERNAL_SERVER_ERROR') return { ...INTERNAL, ...where }
  const { stacktrace, ...extensions } = formatted.extensions ?? {}
  return { ...formatted, message, extensions }
}

/** Apollo Server has no code for a hash that is not its document's, and for some others: the status says whose fault it is. */
export function isClientsFault({
  code,
  http,
}: {
  readonly code?: unknown
  readonly http?: unknown
}): boolean {
  const { status } = Object(http) as { status?: unknown }
  return code === undefined && typeof status === 'number' && status >= 400 && status < 500
}
