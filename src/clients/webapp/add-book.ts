import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AddBookDocument } from '../../generated/webapp/graphql.ts'
import type { Ask } from './authorized-request.ts'
import {
  type BookForm,
  besideFields,
  bookIn,
  EMPTY_FORM,
  type FormFaults,
  keyOf,
  readForm,
} from './book-form.ts'
import { ADDING } from './document-scopes.ts'
import type { Drafts } from './draft-store.ts'
import { type Fault, told } from './page-error.ts'
import { show } from './render.ts'
import { grantOf } from './session-store.ts'

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

export function createAddBook(ask: Ask, drafts: Drafts): AddBook {
  return async function addBook(request, reply, form) {
    const grant = grantOf(request)
    const book = bookIn(form)
    if ('faults' in book) {
      await showForm(request, reply, form, book.faults)
      return undefined
    }
    const key = keyOf(request.session.subject ?? grant, form, book.input)
    const once = key === undefined ? {} : { idempotencyKey: key }
    const outcome = await ask(grant, AddBookDocument, { input: { ...book.input, ...once } })
    if (outcome.kind === 'challenge') return outcome.scopes
    if (outcome.kind === 'faults') {
      await showForm(request, reply, form, besideFields(outcome.faults))
      return undefined
    }
    await drafts.delete(grant)
    await reply.redirect(`/books/${encodeURIComponent(outcome.data.addBook.id)}?added=yes`, 303)
    return undefined
  }
}

type Parts = {
  readonly addBook: AddBook
  readonly drafts: Drafts
  /** Sends the person to the issuer for these scopes. */
  readonly stepUp: (
    request: FastifyRequest,
    reply: FastifyReply,
    form: BookForm,
    scopes: readonly string[],
  ) => Promise<FastifyReply>
  /** Ends the session of whoever is no longer signed in. */
  readonly endSession: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
}

/** The form for a new book. */
export function addBookRoutes(app: FastifyInstance, { addBook, drafts, stepUp, endSession }: Parts): void {
  app.get(PATH, async (request, reply) => {
    const draft = await drafts.get(grantOf(request))
    return showForm(request, reply, draft?.form ?? EMPTY_FORM)
  })

  app.post(PATH, {
    preHandler: [async (request) => void grantOf(request), app.csrfProtection],
    async handler(request, reply) {
      const form = readForm(request.body)
      const needs = await addBook(request, reply, form)
      return needs ? stepUp(request, reply, form, needs) : reply
    },
    async errorHandler(error, request, reply) {
      const { kind } = error as Partial<Fault>
      const { grant, subject } = request.session
      const draft = { form: readForm(request.body), subject }
      if (grant !== undefined && (kind === 'apiDown' || kind === 'issuerDown'))
        await drafts.keep(draft, grant)
      // Without a session no token can say that the form is ours; the browser can (Fetch Metadata).
      if (kind !== 'signedOut' || request.headers['sec-fetch-site'] !== 'same-origin') throw error
      const key = await drafts.keepStray(draft)
      await endSession(request, reply)
      return show(request, reply, 'fault', { ...told('signedOut'), kind, draft: key })
    },
  })
}

function showForm(request: FastifyRequest, reply: FastifyReply, form: BookForm, faults: FormFaults = {}) {
  const status = Object.keys(faults).length > 0 ? 400 : 200
  const known = { ...form, id: form.id || randomUUID() }
  return show(request, reply, 'add-book', {
    title: 'Add a book',
    form: known,
    faults,
    status,
    adding: ADDING,
  })
}
