import { createHash, randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import type { BookForm } from './book-form.ts'
import { MAX_STORED_ENTRIES, STORED_LIFETIMES } from './limits.ts'
import type { OidcClient, SignInChecks } from './oidc-client.ts'

/** A sign-in under way, from the redirect to the callback. */
export type SignInRequest = {
  readonly scopes: readonly string[]
  readonly returnTo: string
  /** The key to a book that waits for somebody to sign in again: not the book, which this may be asked for many times. */
  readonly stray?: string | undefined
  /** Whom a step-up has to end with: who else comes back gets nothing of theirs. */
  readonly subject?: string | undefined
  /** The book that waits for a step-up. */
  readonly draft?: BookForm | undefined
  /** The grant that asks for more scopes, if this is a step-up. */
  readonly stepUp?: string | undefined
}

/** With what it is recognised by when it comes back. */
export type PendingSignIn = SignInRequest & SignInChecks & { readonly browser: string }
type Options = { readonly oidcClient: OidcClient; readonly stores: ExpiringStores; readonly isHttps: boolean }

export type PendingSignIns = ReturnType<typeof createPendingSignIns>

/** So many may be under way in one browser: a page elsewhere that starts them all the time fills no header. */
const MOST_COOKIES = 8
const STATE = /^[\w-]{1,100}$/

/**
 * Each sign-in has a cookie of its own, which binds it to the browser that began it (RFC 9700 §4.7): the session will
 * not do, since it is renewed when the first of two tabs comes back.
 */
export function createPendingSignIns({ oidcClient, stores, isHttps }: Options) {
  const kept = stores.open<PendingSignIn>('sign-in', MAX_STORED_ENTRIES.signIns)
  const prefix = `${isHttps ? '__Host-' : ''}fakebook-sign-in-`
  const cookieOf = (state: string) =>
    prefix + createHash('sha256').update(state).digest('base64url').slice(0, 16)
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps } as const

  return Object.freeze({
    /** @returns where to send the person */
    async start(request: FastifyRequest, reply: FastifyReply, signIn: SignInRequest): Promise<string> {
      const { url, ...started } = await oidcClient.startAuthorization(signIn.scopes)
      const browser = randomBytes(16).toString('base64url')
      await kept.set(started.state, { ...signIn, ...started, browser }, STORED_LIFETIMES.signInMs)
      const others = Object.keys(request.cookies).filter((name) => name.startsWith(prefix))
      if (others.length >= MOST_COOKIES) for (const name of others) reply.clearCookie(name, attributes)
      reply.setCookie(cookieOf(started.state), browser, {
        ...attributes,
        maxAge: STORED_LIFETIMES.signInMs / 1_000,
      })
      return url
    },

    /** The sign-in that comes back here, once; undefined unless this browser began it. */
    async take(
      request: FastifyRequest,
      reply: FastifyReply,
      state: string,
    ): Promise<PendingSignIn | undefined> {
      const name = cookieOf(state)
      const browser = request.cookies[name]
      if (browser === undefined) return undefined
      reply.clearCookie(name, attributes)
      const signIn = await kept.getAndDelete(state)
      return signIn?.browser === browser ? signIn : undefined
    },

    /** Whether it is under way, in whatever browser. */
    isPending: async (state: string) => STATE.test(state) && (await kept.get(state)) !== undefined,
  })
}
