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

type Parts = {
  readonly oidcClient: OidcClient
  readonly grants: GrantStore
  readonly drafts: DraftStore
  readonly pendingSignIns: PendingSignIns
  readonly addBook: AddBook
}

/** The detour to the issuer for the scopes that a challenge names (RFC 6750 §3.1), and the way back from it. */
export function createStepUp({ oidcClient, grants, drafts, pendingSignIns, addBook }: Parts) {
  function showDenied(request: FastifyRequest, reply: FastifyReply, scopes: readonly string[]) {
    const asked = scopes.filter((scope) => scope !== 'openid')
    return renderPage(request, reply, 'denied', {
      title: 'Your account may not add books',
      status: 403,
      asked,
    })
  }

  return Object.freeze({
    /** Exactly these scopes, and who it is; the book waits with the sign-in. */
    async start(
      request: FastifyRequest,
      reply: FastifyReply,
      draft: BookForm,
      requiredScopes: readonly string[],
    ) {
      const grant = requireGrantId(request)
      const held = await grants.getTokenForScopes(grant, requiredScopes)
      // The API asks for what it was shown: a detour would lead here again.
      if (requiredScopes.every((scope) => held.scopes.includes(scope))) throw new PageError('tokenRejected')
      const { subject } = await grants.get(grant)
      const signIn = {
        scopes: ['openid', ...requiredScopes],
        returnTo: '/books/new',
        subject,
        draft,
        stepUp: grant,
      }
      return reply.redirect(await pendingSignIns.start(request, reply, signIn), 303)
    },

    /** The token goes beside the everyday one, and the book is added. */
    async finish(request: FastifyRequest, reply: FastifyReply, search: string, signIn: PendingSignIn) {
      const { draft, scopes, subject } = signIn
      const { session } = request
      if (draft === undefined) throw new PageError('unknownSignIn')
      // Whatever comes of it, the book is not lost to whoever wrote it.
      if (session.grant === undefined)
        return reply.redirect(`/sign-in?draft=${await drafts.saveUnclaimed({ form: draft, subject })}`, 303)
      const { grant } = session
      if (session.subject === subject) await drafts.save({ form: draft, subject }, grant)
      if (signIn.stepUp !== grant) throw new PageError('unknownSignIn')
      const tokens = await oidcClient.exchangeCode(search, signIn).catch((error) => {
        if (error instanceof SignInDeniedError && error.code === 'access_denied') return undefined
        throw error
      })
      if (!tokens) return showDenied(request, reply, scopes)
      if (tokens.subject !== subject) throw new PageError('accountMismatch')
      const held = await grants.saveStepUpToken(grant, tokens, scopes)
      if (!scopes.every((scope) => held.scopes.includes(scope))) return showDenied(request, reply, scopes)
      const needs = await addBook(request, reply, draft)
      return needs ? showDenied(request, reply, needs) : reply
    },
  })
}
