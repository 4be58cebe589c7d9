import { decodeJwt, decodeProtectedHeader } from 'jose'
import { ApiError } from '../errors/api-error.ts'
import { CREDENTIAL_ERROR_DESCRIPTIONS } from '../errors/credential-errors.ts'
import { readScopes } from '../lib/token-claims.ts'

/** Returns the API's verdict on a token. `accepted` is undefined if the issuer's keys are unavailable. */
export async function getVerdict<Result>(verification: Promise<Result>) {
  try {
    return { accepted: true, result: await verification } as const
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { reason } = error.details
    // An outage of the issuer's keys is an ApiError without a reason.
    if (reason === undefined) return { accepted: undefined } as const
    return { accepted: false, reason, description: CREDENTIAL_ERROR_DESCRIPTIONS[reason] } as const
  }
}

/** Decodes header and claims of a JWT without verifying it. Returns undefined if they are not JSON objects. */
export function decodeUnverifiedJwt(token: string) {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) }
  } catch {
    return undefined
  }
}

export const formatClaim = (claim: unknown): string =>
  typeof claim === 'string' ? claim : (JSON.stringify(claim) ?? 'missing')

/** Finds a claim that lists one of the scopes. */
export const findScopeClaim = (claims: Readonly<Record<string, unknown>>, scopes: readonly string[]) =>
  Object.keys(claims).find((name) => scopes.some((scope) => readScopes(claims, [name])?.has(scope)))
