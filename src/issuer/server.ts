import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { issuerKeys } from './keys.ts'
import { createProvider } from './provider.ts'
import type { Places } from './registry.ts'
import { answerSignIn, SIGN_IN } from './sign-in.ts'

export type IssuerOptions = {
  /** 0 takes any free port. */
  readonly port: number
  /** Where the signing keys are kept; undefined keeps them in memory. */
  readonly dataFolder: string | undefined
  readonly audience: string
  /** The API's scopes. */
  readonly scopes: readonly string[]
  /** Known once they listen, when any free port was asked for. */
  readonly places: () => Places
}

/** How long requests in flight may take to finish at a stop. */
const DRAIN_MS = 1_000
const PATH = '/oauth2/default'
const SUFFIX = '/.well-known/oauth-authorization-server'

/**
 * Starts the embedded authorization server. It listens on loopback alone: its secrets are known to everybody.
 * @returns the issuer's URL, as tokens and OKTA_ISSUER have it
 * @throws EADDRINUSE when the port is taken
 */
export async function startIssuer(options: IssuerOptions): Promise<{ url: string; close(): Promise<void> }> {
  const keys = await issuerKeys(options.dataFolder)
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', () => resolve())
  })
  const url = `http://localhost:${(server.address() as AddressInfo).port}${PATH}`
  const provider = createProvider({ ...options, issuer: url, keys })
  const answer = provider.callback()
  server.on(
    'request',
    underPath((request, response) => {
      if (!request.url?.startsWith(SIGN_IN)) return void answer(request, response)
      answerSignIn(provider, request, response).catch((error: Error) => {
        console.error(`authorization server: ${error.message}`)
        response.writeHead(400).end('This sign-in has ended. Go back to the application and start again.')
      })
    }),
  )
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

/** Okta's issuer has a path; the provider behind it sees its own root, and is told where it is mounted. */
function underPath(answer: Listener): Listener {
  return function answerUnderPath(request, response) {
    const original = request.url ?? '/'
    // RFC 8414 §3.1 puts the well-known name in front of the issuer's path; Okta answers there too.
    const url = original === `${SUFFIX}${PATH}` ? `${PATH}${SUFFIX}` : original
    if (url !== PATH && !url.startsWith(`${PATH}/`)) {
      response.writeHead(404).end()
      return
    }
    request.url = url.slice(PATH.length) || '/'
    answer(Object.assign(request, { originalUrl: url, baseUrl: PATH }), response)
  }
}
