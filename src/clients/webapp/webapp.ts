import type { AddressInfo } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { closeGracefully } from '../../lib/graceful-close.ts'
import { closesAfter } from '../../lib/last-requests.ts'
import { registerAccountRoutes } from './account-routes.ts'
import { createAddBook } from './add-book.ts'
import { registerAddBookRoutes } from './add-book-routes.ts'
import { createDraftStore } from './draft-store.ts'
import { handleError } from './error-page.ts'
import { createExecuteDocument } from './execute-document.ts'
import { createGrantStore } from './grant-store.ts'
import { createOidcClient } from './oidc-client.ts'
import { PageError } from './page-error.ts'
import { registerPageRoutes } from './page-routes.ts'
import { createPendingSignIns } from './pending-sign-ins.ts'
import { createSealedCookies } from './sealed-cookies.ts'
import { createSignIn } from './sign-in.ts'
import { createStepUp } from './step-up.ts'
import { createWebServer, type WebServerOptions } from './web-server.ts'

export type WebappOptions = Omit<WebServerOptions, 'isHttps'> & {
  readonly client: { readonly id: string; readonly secret: string }
  /** True for the embedded client, whose secret is documented. */
  readonly isClientSecretPublic: boolean
  /** The API's origin. */
  readonly apiUrl: string
  /** Defaults to `/callback` at the port that the web app listens on. */
  readonly redirectUri: string | undefined
  readonly isProduction: boolean
  readonly now: () => number
}

/** Creates the web app: server-rendered pages for the API, behind a sign-in. The pages work without scripts. */
export function createWebapp(options: WebappOptions) {
  const isHttps = options.redirectUri?.startsWith('https:') ?? false
  const app = createWebServer({ ...options, isHttps })
  // The default is set at listen time, because the port may be 0.
  let redirectUri = options.redirectUri ?? ''
  const getOrigin = () => new URL(redirectUri).origin

  app.addHook('onSend', async ({ raw }, reply) => {
    if (closesAfter(raw, !app.server.listening)) reply.header('connection', 'close')
  })
  app.setErrorHandler(handleError)
  app.setNotFoundHandler(async () => {
    throw new PageError('notFound')
  })
  const oidcClient = createOidcClient({ ...options, getRedirectUri: () => redirectUri })
  const grants = createGrantStore({ ...options, oidcClient })
  const executeDocument = createExecuteDocument(options.apiUrl, grants)
  const cookies = createSealedCookies(options.deriveKeys, isHttps, options.now)
  const drafts = createDraftStore(options.stores, cookies)
  const pendingSignIns = createPendingSignIns(oidcClient, cookies, options.deriveKeys('state'))
  const signInOptions = { oidcClient, grants, drafts, pendingSignIns }
  const signIn = createSignIn(signInOptions)
  const addBook = createAddBook(executeDocument, drafts)
  const stepUp = createStepUp(signInOptions, addBook)
  const callbackPath = redirectUri === '' ? '/callback' : new URL(redirectUri).pathname
  // Routes use decorators of the plugins, so they are registered after them.
  app.register(async (pages) => {
    pages.addHook('onRequest', createHostRedirect(getOrigin))
    registerAccountRoutes(pages, { ...options, ...signInOptions, getOrigin, callbackPath, signIn, stepUp })
    registerPageRoutes(pages, executeDocument, grants, oidcClient)
    registerAddBookRoutes(pages, addBook, stepUp, drafts)
  })
  return {
    /** @returns the web app's origin */
    async listen(port: number, host: string): Promise<string> {
      const { level } = app.log
      // Fastify would log each address at level info.
      app.log.level = 'warn'
      await app.listen({ port, host })
      app.log.level = level
      const { port: listenPort } = app.server.address() as AddressInfo
      redirectUri ||= `http://localhost:${listenPort}/callback`
      return getOrigin()
    },
    /** Closes the server after the requests in flight, or at the drain timeout. */
    async close(keepIdleConnections = false): Promise<void> {
      const closeIdleConnections = () => options.buffers.closeIdleConnections(app.server)
      await closeGracefully(app.server, options.limits, keepIdleConnections, closeIdleConnections)
      await app.close()
    },
  }
}

const LOOPBACK_ADDRESS = /^(?:127\.0\.0\.1|\[::1\])(?=:|$)/

/** Creates a hook that redirects from 127.0.0.1 and [::1] to the registered localhost: cookies belong to one host name. */
function createHostRedirect(getOrigin: () => string) {
  return async function redirectToHost({ method, url, headers }: FastifyRequest, reply: FastifyReply) {
    // Not request.host, which may come from an X-Forwarded-Host that the proxy did not set.
    const { host = '' } = headers
    if (method !== 'GET' || !url.startsWith('/') || !LOOPBACK_ADDRESS.test(host)) return
    const origin = getOrigin()
    if (host.replace(LOOPBACK_ADDRESS, 'localhost') === new URL(origin).host)
      return reply.redirect(origin + url, 307)
  }
}
