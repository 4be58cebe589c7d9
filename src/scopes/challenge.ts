import { GraphQLError } from 'graphql'
import type { Denial, Denied } from './authorize-plan.ts'
import { ANONYMOUS, describeRule } from './rule.ts'

export type ChallengeOptions = {
  /** The URL of the resource's metadata (RFC 9728 §5.1). */
  readonly resourceMetadata?: string | undefined
  /** The scheme of the access token: `Bearer` by default. */
  readonly scheme?: 'Bearer' | 'DPoP' | undefined
  /** The signing algorithms of DPoP proofs, separated by spaces (RFC 9449 §7.1). */
  readonly algs?: string | undefined
}

/** The HTTP response to a denied request. */
export type Challenge = {
  /** 401 without a token, 403 with one whose scopes do not suffice. */
  readonly status: 401 | 403
  readonly headers: Readonly<Record<string, string>>
  /** With 403, one for each denied coordinate. */
  readonly errors: readonly GraphQLError[]
}

/** @param granted the caller's scopes; `ANONYMOUS` without a token */
export function createChallenge(
  { denials, needed }: Denied,
  granted: ReadonlySet<string>,
  { resourceMetadata, scheme = 'Bearer', algs }: ChallengeOptions = {},
): Challenge {
  const isAnonymous = granted === ANONYMOUS
  const header = formatChallenge(scheme, {
    // RFC 6750 §3.1: the challenge for a request without credentials has no error code.
    error: isAnonymous ? undefined : 'insufficient_scope',
    error_description: isAnonymous ? undefined : 'the access token lacks a scope that this operation needs',
    scope: needed.length > 0 ? needed.join(' ') : undefined,
    algs,
    resource_metadata: resourceMetadata,
  })
  return {
    status: isAnonymous ? 401 : 403,
    headers: { 'www-authenticate': header },
    errors: isAnonymous
      ? [createUnauthenticatedError(scheme)]
      : denials.map((denial) => createDenialError(denial, granted)),
  }
}

const createUnauthenticatedError = (scheme: string) =>
  new GraphQLError(`This request requires an access token. Send it as "Authorization: ${scheme} <token>".`, {
    extensions: { code: 'UNAUTHENTICATED' },
  })

type DenialWithoutPath = Omit<Denial, 'path'>

/** Creates the error of a denied coordinate. One without a path gets that of the field that throws it. */
export function createDenialError(
  denial: DenialWithoutPath & Partial<Denial>,
  granted: ReadonlySet<string>,
): GraphQLError {
  const { coordinate, path, requiredScopes, missingScopes } = denial
  return new GraphQLError(describeDenial(denial, granted), {
    path,
    extensions: { code: 'FORBIDDEN', coordinate, requiredScopes, missingScopes },
  })
}

/** Describes a denial: the coordinate, its rule, and the scopes that the token has. */
function describeDenial(
  { coordinate, requiredScopes, rule }: DenialWithoutPath,
  granted: ReadonlySet<string>,
): string {
  const otherAlternatives = rule.filter((scopes) => scopes.join(' ') !== requiredScopes.join(' '))
  const required = describeRule([requiredScopes, ...otherAlternatives])
  const noun = rule.flat().length > 1 ? 'scopes' : 'scope'
  // One with a space was not split.
  const scopes = [...granted].map((scope) => (/\s/.test(scope) ? JSON.stringify(scope) : scope))
  const held = scopes.join(' ') || 'no scopes'
  return `Not authorized to access ${coordinate}: requires ${noun} ${required}; the token has ${held}.`
}

/** Characters that RFC 6750 §3 does not allow in a parameter's value. */
const INVALID_IN_CHALLENGE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g

/** Formats the value of `WWW-Authenticate` (RFC 9110 §11.6.1). Parameters without a value are left out. */
export function formatChallenge(
  scheme: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const formatted = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${value.replace(INVALID_IN_CHALLENGE, '?')}"`],
  )
  return [scheme, formatted.join(', ')].filter(Boolean).join(' ')
}
