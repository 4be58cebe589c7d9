import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { ClientRedirectUris } from './clients-and-users.ts'
import { createLoginThrottle } from './login-throttle.ts'
import { createOidcProvider } from './provider.ts'
import { loadProviderKeys } from './provider-keys.ts'
import { createSignInHandler, SIGN_IN_PATH } from './sign-in-handler.ts'

export type AuthorizationServerOptions = {
  /** 0 takes any free port. */
  readonly port: number
  /** Where the signing keys are kept; undefined keeps them in memory. */
  readonly dataFolder: string | undefined
  readonly audience: string
  /** The API's scopes. */
  readonly scopes: readonly string[]
  /** Known once they listen, when any free port was asked for. */
  readonly redirectUris: () => ClientRedirectUris
  /** What waits and graces are timed with; tokens and codes live by the machine's own. */
  readonly clock?: Pick<Clock, 'now' | 'monotonicNow'>
}

/** How long requests in flight may take to finish at a stop. */
const DRAIN_MS = 1_000
const PATH = '/oauth2/default'
const SUFFIX = '/.well-known/oauth-authorization-server'
/** This machine's names: a page elsewhere whose name was made to point here gets no answer. */
const OWN_NAME = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/

/**
 * Starts the embedded authorization server. It listens on loopback alone: its secrets are known to everybody.
 * @returns the issuer's URL, as tokens and OKTA_ISSUER have it
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
  const url = `http://localhost:${(server.address() as AddressInfo).port}${PATH}`
  server.on('request', underPath(answers(options, url, keys)))
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
        // What has begun and goes on too long would keep it open for good.
        setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref()
      }),
  }
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** oidc-provider's endpoints, and the sign-in page. */
function answers(
  options: AuthorizationServerOptions,
  issuer: string,
  keys: Awaited<ReturnType<typeof loadProviderKeys>>,
): Listener {
  const { clock = systemClock, redirectUris } = options
  const provider = createOidcProvider({ ...options, issuer, keys, now: clock.now })
  const applicationUrl = () => redirectUris().webapp[0] ?? issuer
  const answerSignIn = createSignInHandler({
    provider,
    loginThrottle: createLoginThrottle(clock),
    applicationUrl,
  })
  const answer = provider.callback()
  return function answerRequest(request, response) {
    if (!request.url?.startsWith(SIGN_IN_PATH)) return void answer(request, response)
    answerSignIn(request, response).catch((error: Error) => {
      console.error(`authorization server: ${error.message}`)
      response.writeHead(500).end('Something went wrong on our side.')
    })
  }
}

/** Okta's issuer has a path; the provider behind it sees its own root, and is told where it is mounted. */
function underPath(answer: Listener): Listener {
  return function answerUnderPath(request, response) {
    if (!OWN_NAME.test(request.headers.host ?? '')) return void response.writeHead(421).end()
    const original = request.url ?? '/'
    // RFC 8414 §3.1 puts the well-known name in front of the issuer's path; Okta answers there too.
    const url = original === `${SUFFIX}${PATH}` ? `${PATH}${SUFFIX}` : original
    if (url !== PATH && !url.startsWith(`${PATH}/`)) return void response.writeHead(404).end()
    request.url = url.slice(PATH.length) || '/'
    answer(Object.assign(request, { originalUrl: url, baseUrl: PATH }), response)
  }
}
