import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import type { BookForm } from './book-form.ts'
import { PENDING_LIFETIME_MS } from './pending-sign-ins.ts'
import type { SealedCookies } from './sealed-cookies.ts'

/** A book form that was not submitted successfully, and its user where known. */
type Draft = { readonly form: BookForm; readonly subject: string | undefined }

const LIFETIME_MS = 3_600_000
const COOKIE_NAME = 'draft'

export type DraftStore = ReturnType<typeof createDraftStore>

/** Creates the store of forms that wait for a permission, a new sign-in or the end of an outage. */
export function createDraftStore(stores: ExpiringStores, cookies: SealedCookies) {
  const drafts = stores.open<Draft>('draft')
  const stepUpForms = stores.open<BookForm>('step-up')
  /** Bounds what a user can store: there are 16 keys for each grant, and a form replaces the one under its key. */
  const toStepUpKey = (grantId: string, formId: string) => `${grantId} ${hash('sha256', formId)[0]}`

  return Object.freeze({
    save: (draft: Draft, grantId: string) => drafts.set(grantId, draft, LIFETIME_MS),
    get: (grantId: string) => drafts.get(grantId),
    delete: (grantId: string) => drafts.delete(grantId),

    /** Saves the form of a step-up, of which several can be pending at once. */
    saveForStepUp: (form: BookForm, grantId: string) =>
      stepUpForms.set(toStepUpKey(grantId, form.id), form, PENDING_LIFETIME_MS),

    async takeForStepUp(grantId: string, formId: string): Promise<BookForm | undefined> {
      const form = await stepUpForms.getAndDelete(toStepUpKey(grantId, formId))
      return form?.id === formId ? form : undefined
    },

    /** Saves the form of a client that is not signed in, in its own cookie. Returns false if it is too long for that. */
    saveInBrowser: (reply: FastifyReply, draft: Draft): boolean =>
      cookies.set(reply, COOKIE_NAME, draft, LIFETIME_MS) > 0,

    takeFromBrowser: (request: FastifyRequest, reply: FastifyReply) =>
      cookies.take<Draft>(request, reply, COOKIE_NAME),
  })
}
