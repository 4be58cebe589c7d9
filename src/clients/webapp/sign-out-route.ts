import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import type { GrantStore } from './grant-store.ts'
import { STORED_LIFETIMES } from './limits.ts'
import type { OidcClient } from './oidc-client.ts'
import { renderPage } from './render.ts'

type Parts = {
  readonly oidcClient: OidcClient
  readonly grants: GrantStore
  readonly stores: ExpiringStores
  readonly getOrigin: () => string
  readonly endSession: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
}

/**
 * Signing out: here first, then at the issuer, which sends the person back to the home page.
 * @returns whether a state that comes back there is that of a sign-out, once
 */
export function registerSignOutRoute(
  app: FastifyInstance,
  { oidcClient, grants, stores, getOrigin, endSession }: Parts,
) {
  const signOuts = stores.open<true>('sign-out')

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
        if (grant.refresh !== undefined) await oidcClient.revokeRefreshToken(grant.refresh)
        const state = randomBytes(16).toString('base64url')
        const url = await oidcClient.buildSignOutUrl(grant.idToken, getOrigin(), state)
        await signOuts.set(state, true, STORED_LIFETIMES.signInMs)
        return reply.redirect(url, 303)
      } catch (err) {
        request.log.warn({ err }, 'the issuer could not be told of a sign-out')
        return renderPage(request, reply, 'signed-out', { title: 'You are signed out here', half: true })
      }
    },
  })

  return async (state: string): Promise<boolean> => (await signOuts.getAndDelete(state)) === true
}
