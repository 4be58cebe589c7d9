import { randomBytes } from 'node:crypto'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import type { BookForm } from './book-form.ts'

/** A book form that was not submitted successfully, and its user where known. */
type Draft = { readonly form: BookForm; readonly subject: string | undefined }

const LIFETIME_MS = 3_600_000
/** Bounds what clients can store without signing in, so that they cannot fill the disk. */
const MAX_UNCLAIMED_DRAFTS = 1_000

export type DraftStore = ReturnType<typeof createDraftStore>

/** Creates the store of forms that wait for a permission, a new sign-in or the end of an outage. */
export function createDraftStore(stores: ExpiringStores) {
  const drafts = stores.open<Draft>('draft')
  const unclaimedDrafts = stores.open<Draft>('stray-draft', MAX_UNCLAIMED_DRAFTS)
  return Object.freeze({
    save: (draft: Draft, grantId: string) => drafts.set(grantId, draft, LIFETIME_MS),
    get: (grantId: string) => drafts.get(grantId),
    delete: (grantId: string) => drafts.delete(grantId),
    /** Saves the form of a client that is no longer signed in. Returns the key that retrieves it. */
    async saveUnclaimed(draft: Draft): Promise<string> {
      const key = randomBytes(24).toString('base64url')
      await unclaimedDrafts.set(key, draft, LIFETIME_MS)
      return key
    },
    getUnclaimed: (key: string) => unclaimedDrafts.get(key),
  })
}
