import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ExpiringStore } from '../../lib/expiring-store.ts'
import { ADD_BOOK_SCOPES } from './add-book.ts'
import type { PendingSignIns } from './pending-sign-ins.ts'
import { renderPage } from './render.ts'
import { READ_SCOPES, type SignIn } from './sign-in.ts'
import type { StepUp } from './step-up.ts'
import { readTextField } from './text-field.ts'

type CallbackRoutesOptions = {
  /** The path of the redirect URI. */
  readonly callbackPath: string
  readonly pendingSignIns: PendingSignIns
  readonly pendingSignOuts: ExpiringStore<true>
  readonly signIn: SignIn
  readonly stepUp: StepUp
  readonly handleUnknownSignIn: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
}

/**
 * Registers the redirect URI and the home page. The home page is a callback too: the bare origin is a registered
 * redirect URI, and the authorization server returns there after a sign-out.
 */
export function registerCallbackRoutes(
  app: FastifyInstance,
  {
    callbackPath,
    pendingSignIns,
    pendingSignOuts,
    signIn,
    stepUp,
    handleUnknownSignIn,
  }: CallbackRoutesOptions,
): void {
  async function handleCallback(request: FastifyRequest, reply: FastifyReply) {
    const pending = await pendingSignIns.take(request, reply, readTextField(request.query, 'state'))
    if (!pending) return handleUnknownSignIn(request, reply)
    const search = request.url.slice(request.url.indexOf('?'))
    const { finish } = pending.stepUp === undefined ? signIn : stepUp
    return finish(request, reply, search, pending)
  }

  if (callbackPath !== '/') app.get(callbackPath, handleCallback)

  app.get('/', async (request, reply) => {
    if (isAuthorizationResponse(request.query)) return handleCallback(request, reply)
    const state = readTextField(request.query, 'state')
    if (state !== '' && (await pendingSignOuts.getAndDelete(state)))
      return renderPage(request, reply, 'signed-out', { title: 'You are signed out', isPartial: false })
    return renderPage(request, reply, 'home', {
      title: 'FakeBook',
      readScopes: READ_SCOPES,
      addScopes: ADD_BOOK_SCOPES,
    })
  })
}

/** Returns true for the parameters of RFC 6749 §4.1.2. */
const isAuthorizationResponse = (query: unknown) =>
  readTextField(query, 'code') !== '' || readTextField(query, 'error') !== ''
