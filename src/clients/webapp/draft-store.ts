import { randomBytes } from 'node:crypto'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import type { BookForm } from './book-form.ts'
import { MAX_STORED_ENTRIES, STORED_LIFETIMES } from './limits.ts'

/** A book that somebody wrote down, and who, where that is known. */
type Draft = { readonly form: BookForm; readonly subject: string | undefined }

export type DraftStore = ReturnType<typeof createDraftStore>

/** Books that wait: for a permission, for somebody to sign in again, for an outage to end. */
export function createDraftStore(stores: ExpiringStores) {
  const drafts = stores.open<Draft>('draft')
  const strays = stores.open<Draft>('stray-draft', MAX_STORED_ENTRIES.unclaimedDrafts)
  return Object.freeze({
    /** @param grant that it belongs to */
    save: (draft: Draft, grant: string) => drafts.set(grant, draft, STORED_LIFETIMES.draftMs),
    get: (grant: string) => drafts.get(grant),
    delete: (grant: string) => drafts.delete(grant),
    /**
     * Keeps what somebody sent who is no longer signed in.
     * @returns the key to it
     */
    async saveUnclaimed(draft: Draft): Promise<string> {
      const key = randomBytes(24).toString('base64url')
      await strays.set(key, draft, STORED_LIFETIMES.draftMs)
      return key
    },
    getUnclaimed: (key: string) => strays.get(key),
  })
}
