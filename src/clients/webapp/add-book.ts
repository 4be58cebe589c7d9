import type { FastifyReply, FastifyRequest } from 'fastify'
import { AddBookDocument } from '../../generated/webapp/graphql.ts'
import { getRequiredScopes } from '../../scopes/client.ts'
import {
  type BookForm,
  deriveIdempotencyKey,
  type FormErrors,
  toFormErrors,
  validateBookForm,
} from './book-form.ts'
import type { DraftStore } from './draft-store.ts'
import type { ExecuteDocument } from './execute-document.ts'
import { renderPage } from './render.ts'
import { requireUser } from './session-store.ts'

/** The scopes of adding a book, as shown to the user. A step-up requests the scopes of the API's challenge instead. */
export const ADD_BOOK_SCOPES = getRequiredScopes(AddBookDocument)

export type AddBook = ReturnType<typeof createAddBook>

export function createAddBook(executeDocument: ExecuteDocument, drafts: DraftStore) {
  /**
   * Adds a book with the user's current tokens, and replies with a redirect to the book or with the form and its errors.
   * @param onMissingScopes replies when the tokens lack the scopes that the API requires
   */
  return async function addBook(
    request: FastifyRequest,
    reply: FastifyReply,
    form: BookForm,
    onMissingScopes: (requiredScopes: readonly string[]) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    const { grantId, subject } = requireUser(request)
    const book = validateBookForm(form)
    if (book.errors) return renderBookForm(reply, form, book.errors)
    const input = { ...book.input, idempotencyKey: deriveIdempotencyKey(subject, form, book.input) }
    const result = await executeDocument(grantId, AddBookDocument, { input })
    if (result.kind === 'insufficientScope') return onMissingScopes(result.scopes)
    if (result.kind === 'invalidInput') return renderBookForm(reply, form, toFormErrors(result.issues))
    await drafts.delete(grantId)
    return reply.redirect(`/books/${encodeURIComponent(result.data.addBook.id)}?added=yes`, 303)
  }
}

/** Renders the form for a new book: 400 with errors, otherwise 200. */
export function renderBookForm(reply: FastifyReply, form: BookForm, errors: FormErrors = {}) {
  return renderPage(reply, 'add-book', {
    title: 'Add a book',
    form,
    errors,
    status: Object.keys(errors).length > 0 ? 400 : 200,
    addScopes: ADD_BOOK_SCOPES,
  })
}
