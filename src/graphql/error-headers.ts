import { DPOP_SIGNING_ALGORITHMS } from '../auth/dpop-proof.ts'
import type { ApiError } from '../errors/api-error.ts'
import type { Challenge } from '../errors/error-details.ts'

/**
 * Returns the response headers of an error: the challenge (RFC 6750 §3, RFC 9449 §7.1) with the URL of the resource's
 * metadata (RFC 9728 §5.1), the next DPoP nonce (RFC 9449 §8) and Retry-After.
 */
export function createErrorHeaders({ details }: ApiError, metadataUrl: string): Record<string, string> {
  const headers: Record<string, string> = {}
  if (details.challenge) headers['www-authenticate'] = formatChallenge(details.challenge, metadataUrl)
  if (details.retryAfterSeconds !== undefined) headers['retry-after'] = String(details.retryAfterSeconds)
  if (details.dpopNonce !== undefined) headers['dpop-nonce'] = details.dpopNonce
  return headers
}

/** Characters that RFC 6750 §3 does not allow in a parameter's value. */
const INVALID_IN_CHALLENGE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g

function formatChallenge({ scheme, ...challenge }: Challenge, metadataUrl: string): string {
  const algs = scheme === 'DPoP' ? { algs: DPOP_SIGNING_ALGORITHMS.join(' ') } : {}
  const parameters = Object.entries({ ...challenge, ...algs, resource_metadata: metadataUrl }).map(
    ([name, value]) => `${name}="${value.replace(INVALID_IN_CHALLENGE, '?')}"`,
  )
  return `${scheme} ${parameters.join(', ')}`
}
