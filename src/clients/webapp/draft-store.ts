import { randomBytes } from 'node:crypto'
import type { Rooms } from '../../lib/expiring-store.ts'
import type { BookForm } from './book-form.ts'
import { LIVES, MOST } from './limits.ts'

/** A book that somebody wrote down, and who, where that is known. */
type Draft = { readonly form: BookForm; readonly subject: string | undefined }

export type Drafts = ReturnType<typeof createDrafts>

/** Books that wait: for a permission, for somebody to sign in again, for an outage to end. */
export function createDrafts(rooms: Rooms) {
  const drafts = rooms.room<Draft>('draft')
  const strays = rooms.room<Draft>('stray-draft', MOST.strayDrafts)
  return Object.freeze({
    /** @param grant that it belongs to */
    keep: (draft: Draft, grant: string) => drafts.set(grant, draft, LIVES.draft),
    get: (grant: string) => drafts.get(grant),
    delete: (grant: string) => drafts.delete(grant),
    /**
     * Keeps what somebody sent who is no longer signed in.
     * @returns the key to it
     */
    async keepStray(draft: Draft): Promise<string> {
      const key = randomBytes(24).toString('base64url')
      await strays.set(key, draft, LIVES.draft)
      return key
    },
    getStray: (key: string) => strays.get(key),
  })
}
