import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { Logger } from '../observability/logger.ts'
import type { ClientRedirectUris } from './clients-and-users.ts'
import { createLoginThrottle } from './login-throttle.ts'
import { createOidcProvider } from './provider.ts'
import { loadProviderKeys, type ProviderKeys } from './provider-keys.ts'
import { createSignInHandler, SIGN_IN_PATH } from './sign-in-handler.ts'

export type AuthorizationServerOptions = {
  /** 0 chooses a free port. */
  readonly port: number
  /** The folder of the signing keys; undefined keeps them in memory. */
  readonly dataFolder: string | undefined
  readonly audience: string
  /** The API's scopes. */
  readonly scopes: readonly string[]
  /** A function, because the ports of API and web app may be chosen at listen time. */
  readonly redirectUris: () => ClientRedirectUris
  readonly log: Pick<Logger, 'error'>
  /** Used for the login throttle and the refresh token rotation. Other lifetimes use the system's time. */
  readonly clock?: Pick<Clock, 'now' | 'monotonicNow'>
}

/** The time that requests in flight have to finish when the server stops. */
const DRAIN_TIMEOUT_MS = 1_000
const ISSUER_PATH = '/oauth2/default'
const METADATA_PATH = '/.well-known/oauth-authorization-server'
/** The allowed `Host` headers. Others are rejected, against DNS rebinding. */
const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/

/**
 * Starts the embedded authorization server, for development. It listens on loopback only, because its client secrets and
 * passwords are public.
 * @returns the issuer URL, as in tokens and OKTA_ISSUER
 * @throws EADDRINUSE when the port is taken
 */
export async function startAuthorizationServer(
  options: AuthorizationServerOptions,
): Promise<{ url: string; close(): Promise<void> }> {
  const keys = await loadProviderKeys(options.dataFolder)
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', () => resolve())
  })
  const url = `http://localhost:${(server.address() as AddressInfo).port}${ISSUER_PATH}`
  server.on('request', mountAtIssuerPath(createRequestListener(options, url, keys)))
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
        // A request that never ends would keep the server open.
        setTimeout(() => server.closeAllConnections(), DRAIN_TIMEOUT_MS).unref()
      }),
  }
}

type RequestListener = (request: IncomingMessage, response: ServerResponse) => void

/** Creates the listener for oidc-provider's endpoints and the sign-in page. */
function createRequestListener(
  options: AuthorizationServerOptions,
  issuer: string,
  keys: ProviderKeys,
): RequestListener {
  const { clock = systemClock, redirectUris, log } = options
  const provider = createOidcProvider({ ...options, issuer, keys, now: clock.now })
  const handleSignIn = createSignInHandler({
    provider,
    loginThrottle: createLoginThrottle(clock),
    applicationUrl: () => redirectUris().webapp[0] ?? issuer,
  })
  const handleRequest = provider.callback()
  return function onRequest(request, response) {
    if (!request.url?.startsWith(SIGN_IN_PATH)) return void handleRequest(request, response)
    handleSignIn(request, response).catch((err: Error) => {
      log.error({ err }, 'authorization server error')
      response.writeHead(500).end('Internal server error.')
    })
  }
}

/** Strips the issuer's path, and tells oidc-provider where it is mounted. */
function mountAtIssuerPath(listener: RequestListener): RequestListener {
  return function onRequest(request, response) {
    if (!LOOPBACK_HOST.test(request.headers.host ?? '')) return void response.writeHead(421).end()
    const original = request.url ?? '/'
    // RFC 8414 §3.1 inserts the well-known path before the issuer's path; Okta supports both places.
    const url = original === `${METADATA_PATH}${ISSUER_PATH}` ? `${ISSUER_PATH}${METADATA_PATH}` : original
    if (url !== ISSUER_PATH && !url.startsWith(`${ISSUER_PATH}/`)) return void response.writeHead(404).end()
    request.url = url.slice(ISSUER_PATH.length) || '/'
    listener(Object.assign(request, { originalUrl: url, baseUrl: ISSUER_PATH }), response)
  }
}
