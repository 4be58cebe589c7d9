import type { FastifyReply, FastifyRequest } from 'fastify'
import { BookPageDocument, OneBookDocument } from '../../generated/webapp/graphql.ts'
import { getRequiredScopes } from '../../scopes/client.ts'
import type { DraftStore } from './draft-store.ts'
import type { GrantStore } from './grant-store.ts'
import type { OidcClient } from './oidc-client.ts'
import { PageError } from './page-error.ts'
import type { PendingSignIn, PendingSignIns } from './pending-sign-ins.ts'
import { readTextField } from './text-field.ts'

/** The scopes of the read-only pages, derived from their documents. */
export const READ_SCOPES = [...new Set([BookPageDocument, OneBookDocument].flatMap(getRequiredScopes))]

/** The scopes of every sign-in. Others are requested by a step-up. */
const SIGN_IN_SCOPES = ['openid', 'profile', 'email', ...READ_SCOPES, 'offline_access']

/** The pages that a sign-in may return to, with the characters that their search may contain. */
const RETURN_PATHS = /^\/(?:books(?:\?[\w%&=.~+*-]{0,2000})?|books\/new|books\/\d{1,16}|profile)$/

/** Returns the requested path if it is a page of this application, otherwise `/books`. Prevents open redirects. */
export const sanitizeReturnPath = (requested: string): string =>
  RETURN_PATHS.test(requested) ? requested : '/books'

/** The page that a draft is restored to. */
export const ADD_BOOK_PATH = '/books/new'

export type SignInOptions = {
  readonly oidcClient: OidcClient
  readonly grants: GrantStore
  readonly drafts: DraftStore
  readonly pendingSignIns: PendingSignIns
}

export type SignIn = ReturnType<typeof createSignIn>

/** Creates the handlers of a sign-in: the redirect to the authorization server, and the callback. */
export function createSignIn({ oidcClient, grants, drafts, pendingSignIns }: SignInOptions) {
  /** Okta's ID token has few claims, so the name comes from userinfo. Without it the sign-in still succeeds. */
  async function fetchDisplayName(accessToken: string, subject: string): Promise<string> {
    const claims = await oidcClient.fetchUserInfo(accessToken, subject).catch(() => undefined)
    return claims?.name ?? claims?.preferred_username ?? subject
  }

  return Object.freeze({
    /** Handles GET /sign-in. */
    async start(request: FastifyRequest, reply: FastifyReply) {
      const returnTo = sanitizeReturnPath(readTextField(request.query, 'return-to'))
      const signIn = { scopes: SIGN_IN_SCOPES, returnTo }
      return reply.redirect(await pendingSignIns.start(request, reply, signIn), 303)
    },

    /** Completes a sign-in with the callback's query string: stores the grant and starts a new session. */
    async finish(request: FastifyRequest, reply: FastifyReply, search: string, signIn: PendingSignIn) {
      const tokens = await oidcClient.exchangeCode(search, signIn)
      const subject = tokens.claims()?.sub
      if (tokens.id_token === undefined || subject === undefined) throw new PageError('invalidSignInResponse')
      const name = await fetchDisplayName(tokens.access_token, subject)
      const oldGrant = request.session.grant
      const grant = await grants.create(tokens, tokens.id_token, signIn.scopes)
      // A new session id prevents session fixation.
      await request.session.regenerate()
      Object.assign(request.session, { grant, subject, name })
      reply.generateCsrf()
      const draft = signIn.returnTo === ADD_BOOK_PATH && drafts.takeFromBrowser(request, reply)
      if (draft && (draft.subject ?? subject) === subject)
        await drafts.save({ form: draft.form, subject }, grant)
      if (oldGrant !== undefined) {
        const ended = await grants.take(oldGrant)
        await oidcClient
          .revokeRefreshToken(ended?.refresh)
          .catch((err) => request.log.warn({ err }, 'could not revoke a refresh token'))
      }
      return reply.redirect(signIn.returnTo, 303)
    },
  })
}
