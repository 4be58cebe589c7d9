import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { READ_SCOPES } from './document-scopes.ts'
import type { DraftStore } from './draft-store.ts'
import type { GrantStore } from './grant-store.ts'
import type { OidcClient } from './oidc-client.ts'
import { SignInDeniedError } from './oidc-errors.ts'
import { PageError } from './page-error.ts'
import type { PendingSignIn, PendingSignIns } from './pending-sign-ins.ts'
import { readTextField } from './render.ts'
import { sanitizeReturnPath } from './return-path.ts'

type Handle = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

type Parts = {
  readonly oidcClient: OidcClient
  readonly grants: GrantStore
  readonly drafts: DraftStore
  readonly pendingSignIns: PendingSignIns
  readonly finishStepUp: (
    request: FastifyRequest,
    reply: FastifyReply,
    search: string,
    signIn: PendingSignIn,
  ) => Promise<FastifyReply>
  /** Shows what came back and was not begun here. */
  readonly handleUnknownCallback: Handle
}

/** What everybody is asked for at first; more is asked for when it is needed. */
const EVERYDAY = ['openid', 'profile', 'email', ...READ_SCOPES, 'offline_access']

/** Sends people to the issuer. @returns what to do when they come back */
export function registerSignInRoutes(app: FastifyInstance, options: Parts): Handle {
  const { oidcClient, grants, drafts, pendingSignIns, finishStepUp, handleUnknownCallback } = options

  app.get('/sign-in', async (request, reply) => {
    const stray = readTextField(request.query, 'draft')
    const waits = (await drafts.getUnclaimed(stray)) !== undefined
    const signIn = {
      scopes: EVERYDAY,
      returnTo: waits ? '/books/new' : sanitizeReturnPath(Object(request.query)['return-to']),
      stray: waits ? stray : undefined,
    }
    return reply.redirect(await pendingSignIns.start(request, reply, signIn), 303)
  })

  async function finish(request: FastifyRequest, reply: FastifyReply, search: string, signIn: PendingSignIn) {
    const tokens = await oidcClient.exchangeCode(search, signIn).catch((error) => {
      throw error instanceof SignInDeniedError ? new PageError('signInDenied', error) : error
    })
    const { idToken, subject } = tokens
    if (idToken === undefined || subject === undefined) throw new PageError('invalidSignInResponse')
    const name = await nameOf(tokens.accessToken, subject)
    const old = request.session.grant
    const grant = await grants.create({ ...tokens, idToken, subject }, signIn.scopes)
    // Another id than before: who knew the old one knows nothing.
    await request.session.regenerate()
    Object.assign(request.session, { grant, subject, name })
    reply.generateCsrf()
    const draft = signIn.stray === undefined ? undefined : await drafts.getUnclaimed(signIn.stray)
    if (draft && (draft.subject ?? subject) === subject)
      await drafts.save({ form: draft.form, subject }, grant)
    if (old !== undefined) await endGrant(old, request)
    return reply.redirect(signIn.returnTo, 303)
  }

  /** Okta's ID token says little of a person; who cannot be asked about is called by their login. */
  const nameOf = (token: string, subject: string) =>
    oidcClient.fetchUserInfo(token, subject).then(
      ({ name, preferred_username: login }) => name ?? login ?? subject,
      () => subject,
    )

  async function endGrant(id: string, request: FastifyRequest) {
    const { refresh } = (await grants.take(id)) ?? {}
    if (refresh !== undefined)
      await oidcClient
        .revokeRefreshToken(refresh)
        .catch((err) => request.log.warn({ err }, 'a refresh token was not revoked'))
  }

  return async function comeBack(request, reply) {
    const signIn = await pendingSignIns.take(request, reply, readTextField(request.query, 'state'))
    if (!signIn) return handleUnknownCallback(request, reply)
    const search = request.url.slice(request.url.indexOf('?'))
    return (signIn.stepUp === undefined ? finish : finishStepUp)(request, reply, search, signIn)
  }
}
