import type { AddressInfo } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { closeGracefully } from '../../lib/graceful-close.ts'
import { createAddBook } from './add-book.ts'
import { registerAddBookRoutes } from './add-book-routes.ts'
import { createApiClient } from './api-client.ts'
import { createAuthorizedRequest } from './authorized-request.ts'
import { registerCallbackRoutes } from './callback-routes.ts'
import { createDraftStore } from './draft-store.ts'
import { createErrorPageHandler } from './error-page.ts'
import { createGrantStore } from './grant-store.ts'
import { createManualCodeHandler } from './manual-code.ts'
import { createOidcClient } from './oidc-client.ts'
import { PageError } from './page-error.ts'
import { registerPageRoutes } from './page-routes.ts'
import { createPendingSignIns } from './pending-sign-ins.ts'
import { createSignIn } from './sign-in.ts'
import { registerSignOutRoute } from './sign-out-route.ts'
import { createStepUp } from './step-up.ts'
import { createWebServer, type WebServerOptions } from './web-server.ts'

export type WebappOptions = Omit<WebServerOptions, 'isHttps' | 'issuerOrigin'> & {
  readonly issuer: string
  readonly client: { readonly id: string; readonly secret: string }
  /** True for the embedded client, whose secret is documented. */
  readonly isClientSecretPublic: boolean
  /** The API's origin. */
  readonly apiUrl: string
  /** Defaults to `/callback` at the port that the web app listens on. */
  readonly redirectUri: string | undefined
  readonly isProduction: boolean
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Returns true for an error of the stores that means an outage. */
  readonly isStorageOutage: (error: unknown) => boolean
}

export type Webapp = {
  /** @returns the web app's origin */
  listen(port: number, host: string): Promise<string>
  /** Closes the server after the requests in flight, or at the drain timeout. */
  close(keepIdleConnections?: boolean): Promise<void>
}

/** Creates the web app: server-rendered pages for the API, behind a sign-in. The pages work without scripts. */
export function createWebapp(options: WebappOptions): Webapp {
  // Set at listen time, because the port may be 0.
  let listenOrigin = ''
  const { redirectUri } = options
  const isHttps = redirectUri?.startsWith('https:') ?? false
  const issuerOrigin = new URL(options.issuer).origin
  const { app, endSession } = createWebServer({ ...options, isHttps, issuerOrigin })
  const getOrigin = () => (redirectUri === undefined ? listenOrigin : new URL(redirectUri).origin)
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id)
    if (!app.server.listening) reply.header('connection', 'close')
    done(null, payload)
  })
  app.setErrorHandler(createErrorPageHandler({ isStorageOutage: options.isStorageOutage, endSession }))
  app.setNotFoundHandler(async () => {
    throw new PageError('notFound')
  })
  // Routes use decorators of the plugins, so they are registered after them.
  app.register(async (pages) =>
    registerRoutes(pages, {
      ...options,
      isHttps,
      endSession,
      getOrigin,
      getRedirectUri: () => redirectUri ?? `${listenOrigin}/callback`,
      callbackPath: redirectUri === undefined ? '/callback' : new URL(redirectUri).pathname,
    }),
  )
  return {
    async listen(port, host) {
      await app.listen({ port, host })
      listenOrigin = `http://localhost:${(app.server.address() as AddressInfo).port}`
      return getOrigin()
    },
    async close(keepIdleConnections = false) {
      await closeGracefully(app.server, options.limits, keepIdleConnections)
      await app.close()
    },
  }
}

type RoutesOptions = Omit<WebappOptions, 'redirectUri'> & {
  readonly isHttps: boolean
  readonly endSession: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
  readonly getOrigin: () => string
  readonly getRedirectUri: () => string
  readonly callbackPath: string
}

function registerRoutes(app: FastifyInstance, options: RoutesOptions): void {
  const { stores, endSession, getOrigin } = options
  const oidcClient = createOidcClient(options)
  const grants = createGrantStore({ ...options, oidcClient })
  const authorizedRequest = createAuthorizedRequest(createApiClient(options.apiUrl), grants)
  const drafts = createDraftStore(stores)
  const pendingSignIns = createPendingSignIns({ ...options, oidcClient })
  const pendingSignOuts = stores.open<true>('sign-out')
  const signIn = createSignIn({ oidcClient, grants, drafts, pendingSignIns })
  const addBook = createAddBook(authorizedRequest, drafts)
  const stepUp = createStepUp({ oidcClient, grants, drafts, pendingSignIns, addBook })

  app.addHook('onRequest', createHostRedirect(getOrigin))
  app.get('/sign-in', signIn.start)
  registerCallbackRoutes(app, {
    callbackPath: options.callbackPath,
    pendingSignIns,
    pendingSignOuts,
    signIn,
    stepUp,
    handleUnknownSignIn: createManualCodeHandler({ ...options, oidcClient, pendingSignIns }),
  })
  registerSignOutRoute(app, { oidcClient, grants, pendingSignOuts, getOrigin, endSession })
  registerPageRoutes(app, { authorizedRequest, grants, oidcClient })
  registerAddBookRoutes(app, { addBook, stepUp, drafts, endSession })
}

const LOOPBACK_ADDRESS = /^(?:127\.0\.0\.1|\[::1\])(?=:|$)/

/** Creates a hook that redirects from 127.0.0.1 and [::1] to the registered localhost: cookies belong to one host name. */
function createHostRedirect(getOrigin: () => string) {
  return async function redirectToHost({ method, url, host }: FastifyRequest, reply: FastifyReply) {
    const origin = getOrigin()
    const ownHost = new URL(origin).host
    if (
      method === 'GET' &&
      url.startsWith('/') &&
      host !== ownHost &&
      host.replace(LOOPBACK_ADDRESS, 'localhost') === ownHost
    )
      return reply.redirect(origin + url, 307)
  }
}
