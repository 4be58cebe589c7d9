import { randomBytes } from 'node:crypto'
import type { BookForm } from './book-form.ts'
import { LIVES, type Rooms } from './rooms.ts'

/** A book that somebody wrote down, and who, where that is known. */
type Draft = { readonly form: BookForm; readonly subject: string | undefined }

export type Drafts = ReturnType<typeof createDrafts>

/** Books that wait: for a permission, for somebody to sign in again, for an outage to end. */
export function createDrafts(rooms: Rooms) {
  const drafts = rooms.room<Draft>('draft')
  return Object.freeze({
    /**
     * @param key the grant that it belongs to; else one is made
     * @returns the key
     */
    async keep(draft: Draft, key = randomBytes(24).toString('base64url')): Promise<string> {
      await drafts.set(key, draft, LIVES.draft)
      return key
    },
    get: (key: string) => drafts.get(key),
    delete: (key: string) => drafts.delete(key),
  })
}
