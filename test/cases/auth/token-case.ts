import type { CREDENTIAL_ERROR_DESCRIPTIONS } from '../../../src/errors/credential-errors.ts'
import type { StubIssuer } from '../../support/stub-issuer.ts'

/** A token that must be refused with 401 invalid_token, and for which reason. The numbers are permanent. */
export type InvalidTokenCase = readonly [
  id: string,
  what: string,
  reason: keyof typeof CREDENTIAL_ERROR_DESCRIPTIONS,
  make: (issuer: StubIssuer) => string | Promise<string>,
]

export const encodeSegment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The token with other words in its payload, signed as it should be. */
export const signRewrittenPayload = (issuer: StubIssuer, from: RegExp | string, to: string) =>
  issuer.signToken({}, {}, JSON.stringify(issuer.claims).replace(from, to))
