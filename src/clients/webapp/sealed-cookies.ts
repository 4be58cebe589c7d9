import type { FastifyReply, FastifyRequest } from 'fastify'
import { seal, unseal } from '../../lib/seal.ts'

/** Derives the keys of one purpose from the session secrets. The first encrypts and signs, all decrypt and verify. */
export type DeriveKeys = (purpose: string) => Buffer[]

export type SealedCookies = ReturnType<typeof createSealedCookies>

/** Browsers ignore a cookie of more than 4,096 bytes; proxies reject a Cookie header of more than 8 KiB. */
const MAX_COOKIE_LENGTH = 3_500

/** Creates the attributes of every cookie. `__Host-` in a name requires the path `/`. */
export const createCookieOptions = (isHttps: boolean) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps }) as const

export const createCookieName = (isHttps: boolean, name = '') => `${isHttps ? '__Host-' : ''}fakebook${name}`

/**
 * Creates encrypted cookies, for what belongs to a browser without a session: no client can displace what another one
 * needs. A cookie is valid under its own name only, from which its key is derived, and until it expires.
 */
export function createSealedCookies(deriveKeys: DeriveKeys, isHttps: boolean, now: () => number) {
  const options = createCookieOptions(isHttps)
  const toFullName = (name: string) => createCookieName(isHttps, `-${name}`)
  const keysOf = (fullName: string) => deriveKeys(`cookie ${fullName}`)

  return Object.freeze({
    /** Returns the names and values of the cookies with this prefix, in the order of the header. */
    list: ({ cookies }: FastifyRequest, prefix: string) =>
      Object.entries(cookies).filter(([fullName]) => fullName.startsWith(toFullName(prefix))),

    clear: (reply: FastifyReply, fullName: string) => reply.clearCookie(fullName, options),

    /** Sets a cookie. Returns its length, or 0 if the value is too long for a cookie and was not set. */
    set(reply: FastifyReply, name: string, value: unknown, lifetimeMs: number): number {
      const fullName = toFullName(name)
      const sealed = seal(keysOf(fullName), JSON.stringify({ value, expiresAt: now() + lifetimeMs }))
      const { length } = fullName + sealed
      if (length > MAX_COOKIE_LENGTH) return 0
      reply.setCookie(fullName, sealed, { ...options, maxAge: lifetimeMs / 1_000 })
      return length
    },

    /** Deletes and returns a cookie; undefined if it is missing, expired or forged. */
    take<Value>({ cookies }: FastifyRequest, reply: FastifyReply, name: string): Value | undefined {
      const fullName = toFullName(name)
      const sealed = cookies[fullName]
      if (sealed === undefined) return undefined
      reply.clearCookie(fullName, options)
      const text = unseal(keysOf(fullName), sealed)
      const { value, expiresAt = 0 } = text === undefined ? {} : JSON.parse(text)
      return expiresAt > now() ? value : undefined
    },
  })
}
