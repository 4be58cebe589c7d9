import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { seal, unseal } from '../../lib/seal.ts'
import type { SignInChecks } from '../authorization-code.ts'
import type { OidcClient } from './oidc-client.ts'
import type { SealedCookies } from './sealed-cookies.ts'

/** A sign-in or step-up to start. */
type SignInRequest = {
  readonly scopes: readonly string[]
  readonly returnTo: string
  /** Undefined for a sign-in. */
  readonly stepUp?: StepUpRequest
}

/** A user who needs more scopes, with the grant that lacks them and the id of the book form to submit afterwards. */
export type StepUpRequest = { readonly grantId: string; readonly subject: string; readonly formId: string }

/** A sign-in between the redirect and the callback. */
export type PendingSignIn = SignInRequest & SignInChecks

export type PendingSignIns = ReturnType<typeof createPendingSignIns>

/** Lifetime of a pending sign-in or sign-out. */
export const PENDING_LIFETIME_MS = 600_000
/** All of one browser together. A page on another site that keeps starting sign-ins must not overflow the header. */
const MAX_COOKIES_LENGTH = 4_000
/** The most cookies that one response removes: a request may contain hundreds that were not set here. */
const MAX_CLEARED_COOKIES = 10
const MAX_USED_STATES = 10_000
const COOKIE_PREFIX = 'sign-in-'
/** Hashed, because the state of a callback may contain characters that are invalid in a cookie name. */
const cookieNameOf = (state: string) => COOKIE_PREFIX + hash('sha256', state, 'base64url').slice(0, 16)

/**
 * Creates the pending sign-ins. Each is kept in a cookie of its own, which binds it to the browser that started it
 * (RFC 9700 §4.7); nothing is stored here. The session cannot keep it: it is regenerated when the first of two tabs
 * completes its sign-in.
 */
export function createPendingSignIns(
  oidcClient: OidcClient,
  cookies: SealedCookies,
  stateKeys: readonly Buffer[],
) {
  /** A browser may send a callback twice at once, and the second exchange of a code revokes its tokens (RFC 6749 §4.1.2). */
  const usedStates = new LRUCache<string, true>({ max: MAX_USED_STATES })

  return Object.freeze({
    /** Starts a sign-in and sets its cookie. @returns the authorization URL */
    async start(request: FastifyRequest, reply: FastifyReply, signIn: SignInRequest): Promise<string> {
      const state = seal(stateKeys, '')
      const { url, ...checks } = await oidcClient.startAuthorization(signIn.scopes, state)
      const pending: PendingSignIn = { ...signIn, ...checks }
      let length = cookies.set(reply, cookieNameOf(state), pending, PENDING_LIFETIME_MS)
      // The newest come last (RFC 6265 §5.4).
      let cleared = 0
      for (const [name, value = ''] of cookies.list(request, COOKIE_PREFIX).reverse()) {
        length += name.length + value.length
        if (length <= MAX_COOKIES_LENGTH) continue
        cookies.clear(reply, name)
        cleared += 1
        if (cleared === MAX_CLEARED_COOKIES) break
      }
      return url
    },

    /** Removes and returns the sign-in of a callback; undefined unless this browser started it and has not completed it. */
    take(request: FastifyRequest, reply: FastifyReply, state: string): PendingSignIn | undefined {
      const signIn = cookies.take<PendingSignIn>(request, reply, cookieNameOf(state))
      if (signIn?.state !== state || usedStates.has(state)) return undefined
      usedStates.set(state, true)
      return signIn
    },

    /** Returns true for the state of a sign-in that was started here, in any browser. */
    isOwnState: (state: string) => unseal(stateKeys, state) !== undefined,
  })
}
