import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ExpiringStore } from '../../lib/expiring-store.ts'
import type { GrantStore } from './grant-store.ts'
import type { OidcClient } from './oidc-client.ts'
import { PENDING_LIFETIME_MS } from './pending-sign-ins.ts'
import { renderPage } from './render.ts'

type SignOutOptions = {
  readonly oidcClient: OidcClient
  readonly grants: GrantStore
  /** The states of sign-outs that return to the home page. */
  readonly pendingSignOuts: ExpiringStore<true>
  readonly getOrigin: () => string
  readonly endSession: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
}

/** Registers POST /sign-out: ends the session here, then at the authorization server, which redirects to the home page. */
export function registerSignOutRoute(
  app: FastifyInstance,
  { oidcClient, grants, pendingSignOuts, getOrigin, endSession }: SignOutOptions,
): void {
  app.post('/sign-out', {
    preHandler: [
      async (request, reply) => (request.session.grant === undefined ? reply.redirect('/', 303) : undefined),
      app.csrfProtection,
    ],
    async handler(request, reply) {
      const grant = await grants.take(request.session.grant ?? '')
      await endSession(request, reply)
      if (!grant) return reply.redirect('/', 303)
      try {
        await oidcClient.revokeRefreshToken(grant.refresh)
        const state = randomBytes(16).toString('base64url')
        const url = await oidcClient.buildSignOutUrl(grant.idToken, getOrigin(), state)
        await pendingSignOuts.set(state, true, PENDING_LIFETIME_MS)
        return reply.redirect(url, 303)
      } catch (err) {
        request.log.warn({ err }, 'could not sign out at the authorization server')
        return renderPage(request, reply, 'signed-out', { title: 'You are signed out', isPartial: true })
      }
    },
  })
}
