import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ConnectionLimits, createFastifyOptions } from '../lib/connection-limits.ts'
import { closeGracefully } from '../lib/graceful-close.ts'
import { limitChunks } from '../lib/request-head.ts'
import { createOidcProvider, type OidcProviderOptions } from './provider.ts'
import { loadProviderKeys } from './provider-keys.ts'

type AuthorizationServerOptions = Omit<OidcProviderOptions, 'issuer' | 'keys'> & {
  /** 0 chooses a free port. */
  readonly port: number
  /** The folder of the signing keys; undefined keeps them in memory. */
  readonly dataFolder: string | undefined
  readonly limits: ConnectionLimits
}

/** The time that requests in flight have to finish when the server stops. */
const DRAIN_TIMEOUT_MS = 1_000
const ISSUER_PATH = '/oauth2/default'
const METADATA_PATH = '/.well-known/oauth-authorization-server'
/** The allowed `Host` headers. Others are rejected, against DNS rebinding. */
const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/

/** Starts the embedded authorization server. It listens on loopback only: its secrets and passwords are public. */
export async function startAuthorizationServer(options: AuthorizationServerOptions) {
  const { port, dataFolder, limits } = options
  const keys = await loadProviderKeys(dataFolder)
  const { http, requestTimeout, keepAliveTimeout } = createFastifyOptions(limits)
  // A second Host header makes the value invalid.
  const server = createServer({ ...http, requestTimeout, keepAliveTimeout, joinDuplicateHeaders: true })
  server.maxConnections = limits.maxConnections
  server.on('request', (request, response) => limitChunks(request, response, () => request.socket.destroy()))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://localhost:${(server.address() as AddressInfo).port}${ISSUER_PATH}`
  const provider = createOidcProvider({ ...options, issuer: url, keys })
  server.on('request', mountAtIssuerPath(provider.callback()))
  return {
    url,
    async close(): Promise<void> {
      await closeGracefully(server, { drainTimeoutMs: DRAIN_TIMEOUT_MS }, false)
      // Also stops Node's timer for the time limits of connections.
      server.close()
    },
  }
}

/** Strips the issuer's path, and sets the properties from which oidc-provider derives its mount path. */
const mountAtIssuerPath =
  (listener: RequestListener): RequestListener =>
  (request, response) => {
    response.setHeader('x-content-type-options', 'nosniff')
    if (!LOOPBACK_HOST.test(request.headers.host ?? '')) return response.writeHead(421).end()
    const original = request.url ?? '/'
    // RFC 8414 §3.1 inserts the well-known path before the issuer's path; Okta supports both places.
    const url = original === `${METADATA_PATH}${ISSUER_PATH}` ? `${ISSUER_PATH}${METADATA_PATH}` : original
    if (url !== ISSUER_PATH && !url.startsWith(`${ISSUER_PATH}/`)) return response.writeHead(404).end()
    request.url = url.slice(ISSUER_PATH.length) || '/'
    return listener(Object.assign(request, { originalUrl: url, baseUrl: ISSUER_PATH }), response)
  }
