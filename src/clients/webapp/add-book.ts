import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AddBookDocument } from '../../generated/webapp/graphql.ts'
import type { AuthorizedRequest } from './authorized-request.ts'
import {
  type BookForm,
  deriveIdempotencyKey,
  EMPTY_BOOK_FORM,
  type FormErrors,
  parseBookForm,
  toFormErrors,
  validateBookForm,
} from './book-form.ts'
import { ADD_BOOK_SCOPES } from './document-scopes.ts'
import type { DraftStore } from './draft-store.ts'
import { describePageError, type PageError } from './page-error.ts'
import { renderPage } from './render.ts'
import { requireGrantId } from './session-store.ts'

const PATH = '/books/new'

/**
 * Adds a book with what its person has, and answers: with its page, or with the form and its faults. The API says what
 * is right, and which scopes it takes.
 * @returns the scopes that are needed first; undefined once it is answered
 */
export type AddBook = (
  request: FastifyRequest,
  reply: FastifyReply,
  form: BookForm,
) => Promise<readonly string[] | undefined>

export function createAddBook(authorizedRequest: AuthorizedRequest, drafts: DraftStore): AddBook {
  return async function addBook(request, reply, form) {
    const grant = requireGrantId(request)
    const book = validateBookForm(form)
    if ('errors' in book) {
      await showForm(request, reply, form, book.errors)
      return undefined
    }
    const key = deriveIdempotencyKey(request.session.subject ?? grant, form, book.input)
    const once = key === undefined ? {} : { idempotencyKey: key }
    const outcome = await authorizedRequest(grant, AddBookDocument, { input: { ...book.input, ...once } })
    if (outcome.kind === 'challenge') return outcome.scopes
    if (outcome.kind === 'faults') {
      await showForm(request, reply, form, toFormErrors(outcome.issues))
      return undefined
    }
    await drafts.delete(grant)
    await reply.redirect(`/books/${encodeURIComponent(outcome.data.addBook.id)}?added=yes`, 303)
    return undefined
  }
}

type Parts = {
  readonly addBook: AddBook
  readonly drafts: DraftStore
  /** Sends the person to the issuer for these scopes. */
  readonly startStepUp: (
    request: FastifyRequest,
    reply: FastifyReply,
    form: BookForm,
    scopes: readonly string[],
  ) => Promise<FastifyReply>
  /** Ends the session of whoever is no longer signed in. */
  readonly endSession: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
}

/** The form for a new book. */
export function registerAddBookRoutes(
  app: FastifyInstance,
  { addBook, drafts, startStepUp, endSession }: Parts,
): void {
  app.get(PATH, async (request, reply) => {
    const draft = await drafts.get(requireGrantId(request))
    return showForm(request, reply, draft?.form ?? EMPTY_BOOK_FORM)
  })

  app.post(PATH, {
    preHandler: [async (request) => void requireGrantId(request), app.csrfProtection],
    async handler(request, reply) {
      const form = parseBookForm(request.body)
      const needs = await addBook(request, reply, form)
      return needs ? startStepUp(request, reply, form, needs) : reply
    },
    async errorHandler(error, request, reply) {
      const { kind } = error as Partial<PageError>
      const { grant, subject } = request.session
      const draft = { form: parseBookForm(request.body), subject }
      if (grant !== undefined && (kind === 'apiUnavailable' || kind === 'issuerUnavailable'))
        await drafts.save(draft, grant)
      // Without a session no token can say that the form is ours; the browser can (Fetch Metadata).
      if (kind !== 'signedOut' || request.headers['sec-fetch-site'] !== 'same-origin') throw error
      const key = await drafts.saveUnclaimed(draft)
      await endSession(request, reply)
      return renderPage(request, reply, 'error', { ...describePageError('signedOut'), kind, draft: key })
    },
  })
}

function showForm(request: FastifyRequest, reply: FastifyReply, form: BookForm, errors: FormErrors = {}) {
  const status = Object.keys(errors).length > 0 ? 400 : 200
  const known = { ...form, id: form.id || randomUUID() }
  return renderPage(request, reply, 'add-book', {
    title: 'Add a book',
    form: known,
    errors,
    status,
    adding: ADD_BOOK_SCOPES,
  })
}
