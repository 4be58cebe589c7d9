import type { REASONS } from '../../../src/errors/credential-errors.ts'
import type { ScriptedIssuer } from '../../support/stub-issuer.ts'

/** A token that must be refused with 401 invalid_token, and for which reason. The numbers are permanent. */
export type TokenCase = readonly [
  id: string,
  what: string,
  reason: keyof typeof REASONS,
  make: (issuer: ScriptedIssuer) => string | Promise<string>,
]

export const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The token with other words in its payload, signed as it should be. */
export const rewritten = (by: ScriptedIssuer, from: RegExp | string, to: string) =>
  by.sign({}, {}, JSON.stringify(by.claims).replace(from, to))
