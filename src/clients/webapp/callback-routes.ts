import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ExpiringStore } from '../../lib/expiring-store.ts'
import { ADD_BOOK_SCOPES } from './add-book.ts'
import type { OidcClient } from './oidc-client.ts'
import { PageError } from './page-error.ts'
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
  readonly oidcClient: OidcClient
  readonly client: { readonly id: string; readonly secret: string }
  readonly isClientSecretPublic: boolean
  readonly isProduction: boolean
  readonly getOrigin: () => string
  readonly apiUrl: string
}

/** A code that is safe to put into a shell command. */
const SHELL_SAFE_CODE = /^[\w.~-]{1,512}$/

/**
 * Registers the redirect URI and the home page. The home page is a callback too: the bare origin is a registered
 * redirect URI, and the authorization server returns there after a sign-out.
 */
export function registerCallbackRoutes(app: FastifyInstance, options: CallbackRoutesOptions): void {
  const { callbackPath, pendingSignIns, pendingSignOuts, signIn, stepUp } = options

  async function handleCallback(request: FastifyRequest, reply: FastifyReply) {
    const pending = await pendingSignIns.take(request, reply, readTextField(request.query, 'state'))
    if (!pending) return renderManualCode(request, reply, options)
    const search = request.url.slice(request.url.indexOf('?'))
    return pending.stepUp
      ? stepUp.finish(request, reply, search, pending, pending.stepUp)
      : signIn.finish(request, reply, search, pending)
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

/**
 * Handles a callback of an unknown sign-in. Outside production it shows the code with the command that exchanges it, for
 * authorize URLs that were entered by hand. It never signs anyone in.
 * @throws PageError `unknownSignIn` in production, and for a sign-in that is pending in another browser
 */
async function renderManualCode(
  request: FastifyRequest,
  reply: FastifyReply,
  { pendingSignIns, oidcClient, client, ...options }: CallbackRoutesOptions,
): Promise<FastifyReply> {
  const code = readTextField(request.query, 'code')
  const isPendingElsewhere = await pendingSignIns.isPending(readTextField(request.query, 'state'))
  if (options.isProduction || isPendingElsewhere || !SHELL_SAFE_CODE.test(code))
    throw new PageError('unknownSignIn')
  const path = request.url.split('?', 1)[0]
  const redirectUri = `${options.getOrigin()}${path === '/' ? '' : path}`
  const secret = options.isClientSecretPublic ? client.secret : '{YOUR_CLIENT_SECRET}'
  const exchangeCommand = [
    `curl -s ${await oidcClient.getTokenEndpoint()}`,
    `-u '${client.id}:${secret}'`,
    '-d grant_type=authorization_code',
    `-d code=${code}`,
    `--data-urlencode redirect_uri=${redirectUri}`,
  ].join(' \\\n  ')
  const readCommand = `curl -s ${options.apiUrl}/books/1 -H 'authorization: Bearer {ACCESS_TOKEN}'`
  const title = 'Your authorization code'
  return renderPage(request, reply, 'manual-code', { title, code, exchangeCommand, readCommand })
}
