import type { CredentialErrorReason } from '../../../src/errors/credential-errors.ts'
import type { StubIssuer } from '../../support/stub-issuer.ts'

/** A token that is accepted. */
export type ValidTokenCase = {
  readonly id: string
  readonly title: string
  readonly createToken: (issuer: StubIssuer) => string | Promise<string>
}

/** A token that is rejected with 401 invalid_token. The ids are permanent. */
export type InvalidTokenCase = ValidTokenCase & { readonly reason: CredentialErrorReason }

export const encodeSegment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs a payload whose JSON text has been edited. */
export const signRewrittenPayload = (issuer: StubIssuer, from: RegExp | string, to: string) =>
  issuer.signToken({}, {}, JSON.stringify(issuer.claims).replace(from, to))
