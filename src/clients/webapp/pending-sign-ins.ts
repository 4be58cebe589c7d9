import { hash, randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import type { SignInChecks } from '../authorization-code.ts'
import type { BookForm } from './book-form.ts'
import type { OidcClient } from './oidc-client.ts'

/** A sign-in or step-up to start. */
type SignInRequest = {
  readonly scopes: readonly string[]
  readonly returnTo: string
  /** The key of an unclaimed draft, which is stored once: an anonymous client can start many sign-ins with it. */
  readonly draftKey?: string | undefined
  /** Undefined for a sign-in. */
  readonly stepUp?: StepUpRequest | undefined
}

/** A user who needs more scopes, with the grant that lacks them and the book form to submit afterwards. */
export type StepUpRequest = {
  readonly grantId: string
  readonly subject: string
  readonly form: BookForm
}

/** A sign-in between the redirect and the callback. `browser` is the value of its cookie. */
export type PendingSignIn = SignInRequest & SignInChecks & { readonly browser: string }

export type PendingSignIns = ReturnType<typeof createPendingSignIns>

/** Lifetime of a pending sign-in or sign-out. */
export const PENDING_LIFETIME_MS = 600_000
/** Bounds what clients can store without signing in, so that they cannot fill the disk. */
const MAX_PENDING_SIGN_INS = 10_000
/** Cookies of one browser. A page on another site that keeps starting sign-ins must not overflow the header. */
const MAX_COOKIES = 8

/**
 * Creates the store of pending sign-ins. Each has its own cookie, which binds it to the browser that started it
 * (RFC 9700 §4.7). The session cannot do that: it is regenerated when the first of two tabs completes its sign-in.
 */
export function createPendingSignIns(oidcClient: OidcClient, stores: ExpiringStores, isHttps: boolean) {
  const pending = stores.open<PendingSignIn>('sign-in', MAX_PENDING_SIGN_INS)
  const cookiePrefix = `${isHttps ? '__Host-' : ''}fakebook-sign-in-`
  /** Hashed, because the state of a callback may contain characters that are invalid in a cookie name. */
  const cookieName = (state: string) => cookiePrefix + hash('sha256', state, 'base64url').slice(0, 16)
  const cookieOptions = { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps } as const

  return Object.freeze({
    /** Stores a new sign-in and sets its cookie. @returns the authorization URL */
    async start(request: FastifyRequest, reply: FastifyReply, signIn: SignInRequest): Promise<string> {
      const { url, ...checks } = await oidcClient.startAuthorization(signIn.scopes)
      const browser = randomBytes(16).toString('base64url')
      await pending.set(checks.state, { ...signIn, ...checks, browser }, PENDING_LIFETIME_MS)
      const others = Object.keys(request.cookies).filter((name) => name.startsWith(cookiePrefix))
      if (others.length >= MAX_COOKIES) for (const name of others) reply.clearCookie(name, cookieOptions)
      reply.setCookie(cookieName(checks.state), browser, {
        ...cookieOptions,
        maxAge: PENDING_LIFETIME_MS / 1_000,
      })
      return url
    },

    /** Removes and returns the sign-in of a callback; undefined unless this browser started it. */
    async take(request: FastifyRequest, reply: FastifyReply, state: string) {
      const name = cookieName(state)
      const browser = request.cookies[name]
      if (browser === undefined) return undefined
      reply.clearCookie(name, cookieOptions)
      const signIn = await pending.getAndDelete(state)
      return signIn?.browser === browser ? signIn : undefined
    },

    /** Returns true for a sign-in that is pending in any browser. */
    isPending: async (state: string) => (await pending.get(state)) !== undefined,
  })
}
