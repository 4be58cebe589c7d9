import type { FastifyReply, FastifyRequest } from 'fastify'
import { findMissingScopes } from '../challenge.ts'
import type { AddBook } from './add-book.ts'
import type { BookForm } from './book-form.ts'
import { PageError } from './page-error.ts'
import type { PendingSignIn, StepUpRequest } from './pending-sign-ins.ts'
import { renderPage } from './render.ts'
import { requireUser } from './session-store.ts'
import { ADD_BOOK_PATH, type SignInOptions } from './sign-in.ts'

export type StepUp = ReturnType<typeof createStepUp>

/**
 * Creates the handlers of a step-up: the redirect to the authorization server for the scopes of a challenge
 * (RFC 6750 §3.1), and the callback, which adds the book.
 */
export function createStepUp(options: SignInOptions, addBook: AddBook) {
  const { oidcClient, grants, drafts, pendingSignIns } = options
  return Object.freeze({
    /**
     * Redirects to the authorization server. The form is stored until the callback.
     * @throws PageError `tokenRejected` when the token has these scopes already: a step-up would loop
     */
    async start(request: FastifyRequest, reply: FastifyReply, form: BookForm, required: readonly string[]) {
      const { grantId, subject } = requireUser(request)
      const access = await grants.getTokenForScopes(grantId, required)
      if (findMissingScopes(required, access.scopes).length === 0) throw new PageError('tokenRejected')
      const scopes = ['openid', ...required]
      await drafts.saveForStepUp(form, grantId)
      const signIn = { scopes, returnTo: ADD_BOOK_PATH, stepUp: { grantId, subject, formId: form.id } }
      return reply.redirect(await pendingSignIns.start(request, reply, signIn), 303)
    },

    /** Completes a step-up with the callback's query string: stores the token and adds the book. */
    async finish(
      request: FastifyRequest,
      reply: FastifyReply,
      search: string,
      signIn: PendingSignIn,
      { grantId, subject, formId }: StepUpRequest,
    ) {
      const { session } = request
      const { scopes } = signIn
      // The form is saved before anything can fail.
      const form = await drafts.takeForStepUp(grantId, formId)
      if (session.grant === undefined) {
        if (form) drafts.saveInBrowser(reply, { form, subject })
        return reply.redirect(`/sign-in?return-to=${ADD_BOOK_PATH}`, 303)
      }
      if (form && session.subject === subject) await drafts.save({ form, subject }, session.grant)
      if (session.grant !== grantId) throw new PageError('unknownSignIn')
      const tokens = await oidcClient.exchangeCode(search, signIn).catch((error) => {
        if (!(error instanceof PageError && error.kind === 'signInDenied')) throw error
        request.log.warn({ err: error.cause }, 'step-up denied')
        return undefined
      })
      if (!tokens) return renderDenied(reply, scopes)
      if (tokens.claims()?.sub !== subject) throw new PageError('accountMismatch')
      const access = await grants.saveStepUpToken(grantId, tokens, scopes)
      if (findMissingScopes(scopes, access.scopes).length > 0) return renderDenied(reply, scopes)
      if (!form) return reply.redirect(signIn.returnTo, 303)
      return addBook(request, reply, form, (missing) => renderDenied(reply, missing))
    },
  })
}

const renderDenied = (reply: FastifyReply, scopes: readonly string[]) =>
  renderPage(reply, 'denied', {
    title: 'Your account cannot add books',
    status: 403,
    deniedScopes: scopes.filter((scope) => scope !== 'openid'),
  })
