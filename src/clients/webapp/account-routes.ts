import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import { ADD_BOOK_SCOPES } from './add-book.ts'
import type { GrantStore } from './grant-store.ts'
import { type ManualCodeOptions, renderManualCode } from './manual-code.ts'
import { isConnectionFailure } from './oidc-client.ts'
import { PENDING_LIFETIME_MS } from './pending-sign-ins.ts'
import { renderPage } from './render.ts'
import { READ_SCOPES, type SignIn } from './sign-in.ts'
import type { StepUp } from './step-up.ts'
import { readTextField } from './text-field.ts'

type AccountRoutesOptions = ManualCodeOptions & {
  readonly grants: GrantStore
  readonly stores: ExpiringStores
  readonly signIn: SignIn
  readonly stepUp: StepUp
  /** The path of the redirect URI. */
  readonly callbackPath: string
}

/**
 * Registers the sign-in, the redirect URI, the home page and the sign-out. The home page is a callback too: the bare
 * origin is a registered redirect URI, and the authorization server returns there after a sign-out.
 */
export function registerAccountRoutes(app: FastifyInstance, options: AccountRoutesOptions): void {
  const { oidcClient, grants, pendingSignIns, signIn, stepUp, callbackPath } = options
  const pendingSignOuts = options.stores.open<true>('sign-out')

  async function handleCallback(request: FastifyRequest, reply: FastifyReply) {
    const pending = pendingSignIns.take(request, reply, readTextField(request.query, 'state'))
    if (!pending) return renderManualCode(reply, options)
    const search = request.url.slice(request.url.indexOf('?'))
    return pending.stepUp
      ? stepUp.finish(request, reply, search, pending, pending.stepUp)
      : signIn.finish(request, reply, search, pending)
  }

  app.get('/sign-in', signIn.start)
  if (callbackPath !== '/') app.get(callbackPath, handleCallback)

  app.get('/', async (request, reply) => {
    if (isAuthorizationResponse(request.query)) return handleCallback(request, reply)
    const state = readTextField(request.query, 'state')
    if (state !== '' && (await pendingSignOuts.getAndDelete(state)))
      return renderPage(reply, 'signed-out', { title: 'You are signed out', isPartial: false })
    const scopes = { readScopes: READ_SCOPES, addScopes: ADD_BOOK_SCOPES }
    return renderPage(reply, 'home', { title: 'FakeBook', ...scopes })
  })

  app.post('/sign-out', {
    preHandler: [
      async (request, reply) => (request.session.grant === undefined ? reply.redirect('/', 303) : undefined),
      app.csrfProtection,
    ],
    // Ends the session here, then at the authorization server, which redirects to the home page.
    async handler(request, reply) {
      const grant = await grants.take(request.session.grant ?? '')
      await reply.endSession()
      if (!grant) return reply.redirect('/', 303)
      try {
        await oidcClient.revokeRefreshToken(grant.refresh).catch((err) => {
          // The browser could not reach the authorization server either.
          if (isConnectionFailure(err)) throw err
          request.log.warn({ err }, 'could not revoke a refresh token')
        })
        const state = randomBytes(16).toString('base64url')
        const url = await oidcClient.buildSignOutUrl(grant.idToken, options.getOrigin(), state)
        await pendingSignOuts.set(state, true, PENDING_LIFETIME_MS)
        return reply.redirect(url, 303)
      } catch (err) {
        request.log.warn({ err }, 'could not sign out at the authorization server')
        return renderPage(reply, 'signed-out', { title: 'You are signed out', isPartial: true })
      }
    },
  })
}

/** Returns true for the parameters of RFC 6749 §4.1.2. */
const isAuthorizationResponse = (query: unknown) =>
  readTextField(query, 'code') !== '' || readTextField(query, 'error') !== ''
