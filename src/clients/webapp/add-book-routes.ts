import type { FastifyInstance } from 'fastify'
import { type AddBook, renderBookForm } from './add-book.ts'
import { createEmptyBookForm, parseBookForm } from './book-form.ts'
import type { DraftStore } from './draft-store.ts'
import { PAGE_ERRORS, type PageError } from './page-error.ts'
import { renderPage } from './render.ts'
import { requireUser } from './session-store.ts'
import type { StepUp } from './step-up.ts'

/** Registers the form for a new book and its submission. */
export function registerAddBookRoutes(
  app: FastifyInstance,
  addBook: AddBook,
  stepUp: StepUp,
  drafts: DraftStore,
): void {
  app.get('/books/new', async (request, reply) => {
    const draft = await drafts.get(requireUser(request).grantId)
    return renderBookForm(reply, draft?.form ?? createEmptyBookForm())
  })

  app.post('/books/new', {
    preHandler: [async (request) => void requireUser(request), app.csrfProtection],
    async handler(request, reply) {
      const form = parseBookForm(request.body)
      return addBook(request, reply, form, (scopes) => stepUp.start(request, reply, form, scopes))
    },
    async errorHandler(error, request, reply) {
      const { kind } = error as Partial<PageError>
      const { grant, subject } = request.session
      const draft = { form: parseBookForm(request.body), subject }
      if (grant !== undefined && (kind === 'apiUnavailable' || kind === 'issuerUnavailable'))
        await drafts.save(draft, grant)
      // Without a session there is no CSRF token, so Fetch Metadata shows that the form came from this site.
      if (kind !== 'signedOut' || request.headers['sec-fetch-site'] !== 'same-origin') throw error
      const isDraftKept = drafts.saveInBrowser(reply, draft)
      await reply.endSession()
      return renderPage(reply, 'error', { ...PAGE_ERRORS.signedOut, kind, isDraftKept })
    },
  })
}
