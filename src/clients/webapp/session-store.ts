import type { FastifyRequest, Session } from 'fastify'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import type { SessionLifetimes } from './limits.ts'
import { PageError } from './page-error.ts'

declare module 'fastify' {
  /**
   * Only signed-in people have one. It is written at the sign-in and never changed after it, so requests at the same
   * time have nothing to overwrite: what changes is kept elsewhere, by the grant's id.
   */
  interface Session {
    grant?: string
    subject?: string
    /** What to call the person. */
    name?: string
  }
}

type Done = (error?: unknown) => void

/** Where @fastify/session keeps its sessions; that one is used puts its end off, without writing it anew. */
export function createSessionStore(stores: ExpiringStores, { idleMs, sessionMs }: SessionLifetimes) {
  const sessions = stores.open<Session>('session')
  async function used(id: string): Promise<Session | undefined> {
    const session = await sessions.get(id)
    if (session) await sessions.extend(id, idleMs)
    return session
  }
  return {
    set: (id: string, session: Session, done: Done) =>
      void sessions.set(id, session, idleMs, sessionMs).then(() => done(), done),
    get: (id: string, done: (error: unknown, session?: Session | null) => void) =>
      void used(id).then((session) => done(null, session ?? null), done),
    destroy: (id: string, done: Done) => void sessions.delete(id).then(() => done(), done),
  }
}

/** What the person who asks is signed in with. @throws PageError `signedOut` */
export function requireGrantId({ session }: FastifyRequest): string {
  if (session.grant === undefined) throw new PageError('signedOut')
  return session.grant
}
