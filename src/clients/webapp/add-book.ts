import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AddBookDocument } from '../../generated/webapp/graphql.ts'
import { getRequiredScopes } from '../typed-document.ts'
import type { AuthorizedRequest } from './authorized-request.ts'
import {
  type BookForm,
  deriveIdempotencyKey,
  type FormErrors,
  toFormErrors,
  validateBookForm,
} from './book-form.ts'
import type { DraftStore } from './draft-store.ts'
import { renderPage } from './render.ts'
import { requireGrantId } from './session-store.ts'

/** The scopes of adding a book, as shown to the user. A step-up requests the scopes of the API's challenge instead. */
export const ADD_BOOK_SCOPES = getRequiredScopes(AddBookDocument)

/**
 * Adds a book with the user's current tokens, and replies with a redirect to the book or with the form and its errors.
 * @returns the scopes to request first, without a reply; undefined when the reply was sent
 */
export type AddBook = (
  request: FastifyRequest,
  reply: FastifyReply,
  form: BookForm,
) => Promise<readonly string[] | undefined>

export function createAddBook(authorizedRequest: AuthorizedRequest, drafts: DraftStore): AddBook {
  return async function addBook(request, reply, form) {
    const grantId = requireGrantId(request)
    const book = validateBookForm(form)
    if ('errors' in book) {
      await renderBookForm(request, reply, form, book.errors)
      return undefined
    }
    const key = deriveIdempotencyKey(request.session.subject ?? grantId, form, book.input)
    const input = { ...book.input, ...(key !== undefined && { idempotencyKey: key }) }
    const result = await authorizedRequest(grantId, AddBookDocument, { input })
    if (result.kind === 'insufficientScope') return result.scopes
    if (result.kind === 'invalidInput') {
      await renderBookForm(request, reply, form, toFormErrors(result.issues))
      return undefined
    }
    await drafts.delete(grantId)
    await reply.redirect(`/books/${encodeURIComponent(result.data.addBook.id)}?added=yes`, 303)
    return undefined
  }
}

/** Renders the form for a new book: 400 with errors, otherwise 200. */
export function renderBookForm(
  request: FastifyRequest,
  reply: FastifyReply,
  form: BookForm,
  errors: FormErrors = {},
): Promise<FastifyReply> {
  return renderPage(request, reply, 'add-book', {
    title: 'Add a book',
    form: { ...form, id: form.id || randomUUID() },
    errors,
    status: Object.keys(errors).length > 0 ? 400 : 200,
    addScopes: ADD_BOOK_SCOPES,
  })
}
