import { callbackify } from 'node:util'
import type { FastifyRequest, Session } from 'fastify'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import { PageError } from './page-error.ts'

declare module 'fastify' {
  /**
   * The session of a signed-in user. It is written at the sign-in and never changed afterwards, so that concurrent
   * requests cannot overwrite each other; data that changes is stored by the grant's id.
   */
  interface Session {
    /** The grant's id. */
    grant?: string
    subject?: string
    /** The user's display name. */
    name?: string
  }
  interface FastifyReply {
    /** Deletes the session and its cookie. */
    endSession(): Promise<void>
  }
}

/** Lifetime of an unused session, and of any session including its tokens, in milliseconds. */
export type SessionLifetimes = { readonly idleMs: number; readonly sessionMs: number }

/** Creates the store of @fastify/session. Using a session extends its lifetime without rewriting it. */
export function createSessionStore(stores: ExpiringStores, { idleMs, sessionMs }: SessionLifetimes) {
  const sessions = stores.open<Session>('session')
  return {
    set: callbackify((id: string, session: Session) => sessions.set(id, session, idleMs, sessionMs)),
    get: callbackify(async (id: string) => {
      const session = await sessions.get(id)
      if (session) await sessions.extend(id, idleMs)
      return session
    }),
    destroy: callbackify((id: string) => sessions.delete(id)),
  }
}

/** Returns the signed-in user and the id of the grant. @throws PageError `signedOut` */
export function requireUser({ session: { grant, subject } }: FastifyRequest) {
  if (grant === undefined || subject === undefined) throw new PageError('signedOut')
  return { grantId: grant, subject }
}
