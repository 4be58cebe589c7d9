import type { AddressInfo } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { closeGracefully } from '../../lib/graceful-close.ts'
import { createAddBook, registerAddBookRoutes } from './add-book.ts'
import { createApiClient } from './api-client.ts'
import { createAuthorizedRequest } from './authorized-request.ts'
import { ADD_BOOK_SCOPES, READ_SCOPES } from './document-scopes.ts'
import { createDraftStore } from './draft-store.ts'
import { createErrorPageHandler } from './error-page.ts'
import { createGrantStore } from './grant-store.ts'
import { createManualCodeHandler } from './manual-code.ts'
import { createOidcClient } from './oidc-client.ts'
import { PageError } from './page-error.ts'
import { registerPageRoutes } from './page-routes.ts'
import { createPendingSignIns } from './pending-sign-ins.ts'
import { readTextField, renderPage } from './render.ts'
import { registerSignInRoutes } from './sign-in-routes.ts'
import { registerSignOutRoute } from './sign-out-route.ts'
import { createStepUp } from './step-up.ts'
import { createWebServer, type WebServerOptions } from './web-server.ts'

type Options = Omit<WebServerOptions, 'isHttps' | 'issuerOrigin'> & {
  readonly issuer: string
  readonly client: { readonly id: string; readonly secret: string }
  /** Whether everybody knows the client's secret. */
  readonly isClientSecretPublic: boolean
  /** The API's origin. */
  readonly apiUrl: string
  /** Undefined: `/callback` where it listens. */
  readonly redirectUri: string | undefined
  readonly isProduction: boolean
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Whether what a room threw means that the storage is away. */
  readonly isStorageOutage: (error: unknown) => boolean
}

export type Webapp = {
  /** @returns its origin */
  listen(port: number, host: string): Promise<string>
  /** Lets requests in flight finish while the limit lasts, then closes. */
  close(isGraceful?: boolean): Promise<void>
}

/** A person's client of the API: its pages, and the sign-in in front of them. Nothing that it shows needs a script. */
export function createWebapp(options: Options): Webapp {
  // Known once it listens, when any free port was asked for.
  let listens = ''
  let closing = false
  const { redirectUri } = options
  const place = {
    getOrigin: () => (redirectUri === undefined ? listens : new URL(redirectUri).origin),
    getRedirectUri: () => redirectUri ?? `${listens}/callback`,
    callback: redirectUri === undefined ? '/callback' : new URL(redirectUri).pathname,
  }
  const isHttps = redirectUri?.startsWith('https:') ?? false
  const issuerOrigin = new URL(options.issuer).origin
  const { app, endSession } = createWebServer({ ...options, isHttps, issuerOrigin })
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id)
    if (closing) reply.header('connection', 'close')
    done(null, payload)
  })
  app.setErrorHandler(createErrorPageHandler({ isStorageOutage: options.isStorageOutage, endSession }))
  app.setNotFoundHandler(async () => {
    throw new PageError('notFound')
  })
  // Behind the plugins: what they decorate is there.
  app.register(async (pages) => addAll(pages, { ...options, isHttps, endSession, ...place }))
  return {
    async listen(port, host) {
      await app.listen({ port, host })
      listens = `http://localhost:${(app.server.address() as AddressInfo).port}`
      return place.getOrigin()
    },
    async close(isGraceful = false) {
      const onClosed = () => {
        closing = true
      }
      await closeGracefully(app, options.limits, { politely: isGraceful, onClosed })
    },
  }
}

type Whole = Omit<Options, 'redirectUri'> & {
  readonly isHttps: boolean
  readonly endSession: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
  readonly getOrigin: () => string
  readonly getRedirectUri: () => string
  /** The path of the redirect URI. */
  readonly callback: string
}

function addAll(app: FastifyInstance, whole: Whole): void {
  const { stores, apiUrl, callback, endSession } = whole
  const oidcClient = createOidcClient(whole)
  const grants = createGrantStore({ ...whole, oidcClient })
  const authorizedRequest = createAuthorizedRequest(createApiClient(apiUrl), grants)
  const drafts = createDraftStore(stores)
  const pendingSignIns = createPendingSignIns({ ...whole, oidcClient })
  const addBook = createAddBook(authorizedRequest, drafts)
  const stepUp = createStepUp({ oidcClient, grants, drafts, pendingSignIns, addBook })
  const handleUnknownCallback = createManualCodeHandler({ ...whole, oidcClient, pendingSignIns })
  const comeBack = registerSignInRoutes(app, {
    oidcClient,
    grants,
    drafts,
    pendingSignIns,
    finishStepUp: stepUp.finish,
    handleUnknownCallback,
  })
  const signedOut = registerSignOutRoute(app, { ...whole, oidcClient, grants })
  registerPageRoutes(app, { authorizedRequest, grants, oidcClient })
  registerAddBookRoutes(app, { addBook, drafts, startStepUp: stepUp.start, endSession })
  if (callback !== '/') app.get(callback, comeBack)
  app.addHook('onRequest', useOneName(whole.getOrigin))
  app.get('/', async (request, reply) => {
    // The seed's own redirect URI is the bare origin.
    if (['code', 'error'].some((name) => readTextField(request.query, name) !== ''))
      return comeBack(request, reply)
    const state = readTextField(request.query, 'state')
    if (state !== '' && (await signedOut(state)))
      return renderPage(request, reply, 'signed-out', { title: 'You are signed out', half: false })
    return renderPage(request, reply, 'home', {
      title: 'FakeBook',
      reading: READ_SCOPES,
      adding: ADD_BOOK_SCOPES,
    })
  })
}

const OTHER_NAMES = /^(?:127\.0\.0\.1|\[::1\])(?=:|$)/

/** Cookies belong to one name: whoever comes by another name of this machine is sent on to the one that is registered. */
function useOneName(getOrigin: () => string) {
  return async function redirectToName({ method, url, host }: FastifyRequest, reply: FastifyReply) {
    const here = new URL(getOrigin()).host
    if (
      method === 'GET' &&
      url.startsWith('/') &&
      host !== here &&
      host.replace(OTHER_NAMES, 'localhost') === here
    )
      return reply.redirect(getOrigin() + url, 307)
  }
}
