import { createHash, randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import type { BookForm } from './book-form.ts'
import { MAX_STORED_ENTRIES, STORED_LIFETIMES } from './limits.ts'
import type { OidcClient, SignInChecks } from './oidc-client.ts'

/** A sign-in or step-up to start. */
export type SignInRequest = {
  readonly scopes: readonly string[]
  readonly returnTo: string
  /**
   * The key of an unclaimed draft. The draft itself is stored once, because an anonymous client can start many sign-ins
   * with it.
   */
  readonly stray?: string | undefined
  /** The user who has to complete a step-up. */
  readonly subject?: string | undefined
  /** The book form to submit after a step-up. */
  readonly draft?: BookForm | undefined
  /** The id of the grant that needs more scopes; undefined for a sign-in. */
  readonly stepUp?: string | undefined
}

/** A sign-in between the redirect and the callback. `browser` is the value of its cookie. */
export type PendingSignIn = SignInRequest & SignInChecks & { readonly browser: string }

type PendingSignInsOptions = {
  readonly oidcClient: OidcClient
  readonly stores: ExpiringStores
  readonly isHttps: boolean
}

export type PendingSignIns = ReturnType<typeof createPendingSignIns>

/** Cookies of one browser. A page on another site that keeps starting sign-ins must not overflow the header. */
const MAX_COOKIES = 8
const STATE = /^[\w-]{1,100}$/

/**
 * Creates the store of pending sign-ins. Each has its own cookie, which binds it to the browser that started it
 * (RFC 9700 §4.7). The session cannot do that: it is regenerated when the first of two tabs completes its sign-in.
 */
export function createPendingSignIns({ oidcClient, stores, isHttps }: PendingSignInsOptions) {
  const pending = stores.open<PendingSignIn>('sign-in', MAX_STORED_ENTRIES.signIns)
  const cookiePrefix = `${isHttps ? '__Host-' : ''}fakebook-sign-in-`
  const cookieName = (state: string) =>
    cookiePrefix + createHash('sha256').update(state).digest('base64url').slice(0, 16)
  const cookieOptions = { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps } as const

  return Object.freeze({
    /** Stores a new sign-in and sets its cookie. @returns the authorization URL */
    async start(request: FastifyRequest, reply: FastifyReply, signIn: SignInRequest): Promise<string> {
      const { url, ...checks } = await oidcClient.startAuthorization(signIn.scopes)
      const browser = randomBytes(16).toString('base64url')
      await pending.set(checks.state, { ...signIn, ...checks, browser }, STORED_LIFETIMES.signInMs)
      const others = Object.keys(request.cookies).filter((name) => name.startsWith(cookiePrefix))
      if (others.length >= MAX_COOKIES) for (const name of others) reply.clearCookie(name, cookieOptions)
      reply.setCookie(cookieName(checks.state), browser, {
        ...cookieOptions,
        maxAge: STORED_LIFETIMES.signInMs / 1_000,
      })
      return url
    },

    /** Removes and returns the sign-in of a callback; undefined unless this browser started it. */
    async take(
      request: FastifyRequest,
      reply: FastifyReply,
      state: string,
    ): Promise<PendingSignIn | undefined> {
      const name = cookieName(state)
      const browser = request.cookies[name]
      if (browser === undefined) return undefined
      reply.clearCookie(name, cookieOptions)
      const signIn = await pending.getAndDelete(state)
      return signIn?.browser === browser ? signIn : undefined
    },

    /** Returns true for a sign-in that is pending in any browser. */
    isPending: async (state: string) => STATE.test(state) && (await pending.get(state)) !== undefined,
  })
}
