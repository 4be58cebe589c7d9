import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AddBook } from './add-book.ts'
import type { BookForm } from './book-form.ts'
import type { DraftStore } from './draft-store.ts'
import type { GrantStore } from './grant-store.ts'
import type { OidcClient } from './oidc-client.ts'
import { SignInDeniedError } from './oidc-errors.ts'
import { PageError } from './page-error.ts'
import type { PendingSignIn, PendingSignIns } from './pending-sign-ins.ts'
import { renderPage } from './render.ts'
import { requireGrantId } from './session-store.ts'

type StepUpOptions = {
  readonly oidcClient: OidcClient
  readonly grants: GrantStore
  readonly drafts: DraftStore
  readonly pendingSignIns: PendingSignIns
  readonly addBook: AddBook
}

export type StepUp = ReturnType<typeof createStepUp>

/**
 * Creates the two halves of a step-up: the redirect to the authorization server for the scopes of a challenge
 * (RFC 6750 §3.1), and the callback, which adds the book.
 */
export function createStepUp({ oidcClient, grants, drafts, pendingSignIns, addBook }: StepUpOptions) {
  return Object.freeze({
    /**
     * Redirects to the authorization server. The form is stored with the pending sign-in.
     * @throws PageError `tokenRejected` when the token has these scopes already: a step-up would loop
     */
    async start(
      request: FastifyRequest,
      reply: FastifyReply,
      draft: BookForm,
      requiredScopes: readonly string[],
    ) {
      const grantId = requireGrantId(request)
      const access = await grants.getTokenForScopes(grantId, requiredScopes)
      if (hasScopes(access, requiredScopes)) throw new PageError('tokenRejected')
      const { subject } = await grants.get(grantId)
      const scopes = ['openid', ...requiredScopes]
      const signIn = { scopes, returnTo: '/books/new', subject, draft, stepUp: grantId }
      return reply.redirect(await pendingSignIns.start(request, reply, signIn), 303)
    },

    /** Completes a step-up with the callback's query string: stores the token and adds the book. */
    async finish(request: FastifyRequest, reply: FastifyReply, search: string, signIn: PendingSignIn) {
      const { draft, scopes, subject } = signIn
      const { session } = request
      if (draft === undefined) throw new PageError('unknownSignIn')
      // The form is saved before anything can fail.
      if (session.grant === undefined)
        return reply.redirect(`/sign-in?draft=${await drafts.saveUnclaimed({ form: draft, subject })}`, 303)
      const grantId = session.grant
      if (session.subject === subject) await drafts.save({ form: draft, subject }, grantId)
      if (signIn.stepUp !== grantId) throw new PageError('unknownSignIn')
      const tokens = await oidcClient.exchangeCode(search, signIn).catch((error) => {
        if (error instanceof SignInDeniedError && error.code === 'access_denied') return undefined
        throw error
      })
      if (!tokens) return renderDenied(request, reply, scopes)
      if (tokens.subject !== subject) throw new PageError('accountMismatch')
      const access = await grants.saveStepUpToken(grantId, tokens, scopes)
      if (!hasScopes(access, scopes)) return renderDenied(request, reply, scopes)
      const missingScopes = await addBook(request, reply, draft)
      return missingScopes ? renderDenied(request, reply, missingScopes) : reply
    },
  })
}

const hasScopes = (access: { readonly scopes: readonly string[] }, required: readonly string[]) =>
  required.every((scope) => access.scopes.includes(scope))

const renderDenied = (request: FastifyRequest, reply: FastifyReply, scopes: readonly string[]) =>
  renderPage(request, reply, 'denied', {
    title: 'Your account cannot add books',
    status: 403,
    deniedScopes: scopes.filter((scope) => scope !== 'openid'),
  })
