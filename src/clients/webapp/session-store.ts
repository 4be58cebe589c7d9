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
}

/** Lifetime of an unused session, and of any session including its tokens, in milliseconds. */
export type SessionLifetimes = { readonly idleMs: number; readonly sessionMs: number }

type Done = (error?: unknown) => void

/** Creates the store of @fastify/session. Using a session extends its lifetime without rewriting it. */
export function createSessionStore(stores: ExpiringStores, { idleMs, sessionMs }: SessionLifetimes) {
  const sessions = stores.open<Session>('session')
  async function getAndExtend(id: string): Promise<Session | undefined> {
    const session = await sessions.get(id)
    if (session) await sessions.extend(id, idleMs)
    return session
  }
  return {
    set: (id: string, session: Session, done: Done) =>
      void sessions.set(id, session, idleMs, sessionMs).then(() => done(), done),
    get: (id: string, done: (error: unknown, session?: Session | null) => void) =>
      void getAndExtend(id).then((session) => done(null, session ?? null), done),
    destroy: (id: string, done: Done) => void sessions.delete(id).then(() => done(), done),
  }
}

/** Returns the signed-in user and the id of the grant. @throws PageError `signedOut` */
export function requireUser({ session: { grant, subject } }: FastifyRequest) {
  if (grant === undefined || subject === undefined) throw new PageError('signedOut')
  return { grantId: grant, subject }
}
