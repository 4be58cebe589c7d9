import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Rooms } from '../../lib/expiring-store.ts'
import type { Grants } from './grant-store.ts'
import { LIVES } from './limits.ts'
import type { Issuer } from './oidc-client.ts'
import { show } from './render.ts'

type Parts = {
  readonly issuer: Issuer
  readonly grants: Grants
  readonly rooms: Rooms
  readonly origin: () => string
  readonly endSession: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
}

/**
 * Signing out: here first, then at the issuer, which sends the person back to the home page.
 * @returns whether a state that comes back there is that of a sign-out, once
 */
export function signOutRoute(app: FastifyInstance, { issuer, grants, rooms, origin, endSession }: Parts) {
  const signOuts = rooms.room<true>('sign-out')

  app.post('/sign-out', {
    preHandler: [
      async (request, reply) => (request.session.grant === undefined ? reply.redirect('/', 303) : undefined),
      app.csrfProtection,
    ],
    async handler(request, reply) {
      const grant = await grants.end(request.session.grant ?? '')
      await endSession(request, reply)
      if (!grant) return reply.redirect('/', 303)
      try {
        if (grant.refresh !== undefined) await issuer.revoke(grant.refresh)
        const state = randomBytes(16).toString('base64url')
        const url = await issuer.signOutUrl(grant.idToken, origin(), state)
        await signOuts.set(state, true, LIVES.signIn)
        return reply.redirect(url, 303)
      } catch (err) {
        request.log.warn({ err }, 'the issuer could not be told of a sign-out')
        return show(request, reply, 'signed-out', { title: 'You are signed out here', half: true })
      }
    },
  })

  return async (state: string): Promise<boolean> => (await signOuts.take(state)) === true
}
