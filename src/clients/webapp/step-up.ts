import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AddBook } from './add-book.ts'
import type { BookForm } from './book-form.ts'
import type { Drafts } from './draft-store.ts'
import type { Grants } from './grant-store.ts'
import type { Issuer } from './oidc-client.ts'
import { Denied } from './oidc-errors.ts'
import { Fault } from './page-error.ts'
import type { SignIns, UnderWay } from './pending-sign-ins.ts'
import { show } from './render.ts'
import { grantOf } from './session-store.ts'

type Parts = {
  readonly issuer: Issuer
  readonly grants: Grants
  readonly drafts: Drafts
  readonly signIns: SignIns
  readonly addBook: AddBook
}

/** The detour to the issuer for the scopes that a challenge names (RFC 6750 §3.1), and the way back from it. */
export function createStepUp({ issuer, grants, drafts, signIns, addBook }: Parts) {
  function showDenied(request: FastifyRequest, reply: FastifyReply, scopes: readonly string[]) {
    const asked = scopes.filter((scope) => scope !== 'openid')
    return show(request, reply, 'denied', { title: 'Your account may not add books', status: 403, asked })
  }

  return Object.freeze({
    /** Exactly these scopes, and who it is; the book waits with the sign-in. */
    async begin(request: FastifyRequest, reply: FastifyReply, draft: BookForm, needs: readonly string[]) {
      const grant = grantOf(request)
      const held = await grants.tokenFor(grant, needs)
      // The API asks for what it was shown: a detour would lead here again.
      if (needs.every((scope) => held.scopes.includes(scope))) throw new Fault('tokenRefused')
      const { subject } = await grants.read(grant)
      const signIn = { scopes: ['openid', ...needs], returnTo: '/books/new', subject, draft, stepUp: grant }
      return reply.redirect(await signIns.begin(request, reply, signIn), 303)
    },

    /** The token goes beside the everyday one, and the book is added. */
    async finish(request: FastifyRequest, reply: FastifyReply, search: string, signIn: UnderWay) {
      const { draft, scopes, subject } = signIn
      const { session } = request
      if (draft === undefined) throw new Fault('notStarted')
      // Whatever comes of it, the book is not lost to whoever wrote it.
      if (session.grant === undefined)
        return reply.redirect(`/sign-in?draft=${await drafts.keepStray({ form: draft, subject })}`, 303)
      const { grant } = session
      if (session.subject === subject) await drafts.keep({ form: draft, subject }, grant)
      if (signIn.stepUp !== grant) throw new Fault('notStarted')
      const tokens = await issuer.finish(search, signIn).catch((error) => {
        if (error instanceof Denied && error.code === 'access_denied') return undefined
        throw error
      })
      if (!tokens) return showDenied(request, reply, scopes)
      if (tokens.subject !== subject) throw new Fault('otherPerson')
      const held = await grants.keepExtra(grant, tokens, scopes)
      if (!scopes.every((scope) => held.scopes.includes(scope))) return showDenied(request, reply, scopes)
      const needs = await addBook(request, reply, draft)
      return needs ? showDenied(request, reply, needs) : reply
    },
  })
}
