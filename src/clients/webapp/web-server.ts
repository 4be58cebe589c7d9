import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import formbody from '@fastify/formbody'
import helmet from '@fastify/helmet'
import session from '@fastify/session'
import view from '@fastify/view'
import { Eta } from 'eta'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { type ConnectionLimits, createFastifyOptions } from '../../lib/connection-limits.ts'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import { createSecurityHeaders, sendRawResponse, toOriginForm } from '../../lib/http-messages.ts'
import { MAX_HEADERS } from '../../lib/request-head.ts'
import type { Logger } from '../../observability/logger.ts'
import { createRequestIdGenerator, logRequest, REQUEST_ID_KEY } from '../../observability/request-log.ts'
import { createLimitedServer, holdResponse, limitInFlight, type RequestLimits } from './request-limits.ts'
import { createCookieName, createCookieOptions, type DeriveKeys } from './sealed-cookies.ts'
import { createSessionStore, type SessionLifetimes } from './session-store.ts'

export type WebServerOptions = RequestLimits & {
  readonly limits: ConnectionLimits
  /** True when the redirect URI is an https URL. TLS is terminated by a proxy in front of this server. */
  readonly isHttps: boolean
  readonly deriveKeys: DeriveKeys
  readonly stores: ExpiringStores
  readonly lifetimes: SessionLifetimes
  readonly issuer: string
}

/** Larger than any book form. */
const MAX_BODY_BYTES = 32_768
/** The statuses of bytes that did not become a request, by the code of Node's error. */
const CLIENT_ERROR_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}
const ASSETS = { 'style.css': 'text/css; charset=utf-8', 'icon.svg': 'image/svg+xml' } as const
const YEAR_SECONDS = 31_536_000

/** Creates a Fastify instance without pages: headers, cookies, sessions, CSRF protection, forms, views and assets. */
export function createWebServer(options: WebServerOptions) {
  const { limits, log, isHttps, stores, deriveKeys, lifetimes, buffers } = options
  const { http, ...connectionOptions } = createFastifyOptions(limits)
  const securityHeaders = createSecurityHeaders(isHttps)
  function logResponse({ log, raw, method, url, headers }: FastifyRequest, reply: FastifyReply): void {
    const { statusCode: status, elapsedTime: durationMs } = reply
    const { traceparent } = headers
    const getClientAddress = () => options.getClientAddress(raw)
    logRequest(log as Logger, { method, url, status, durationMs, traceparent, getClientAddress })
  }
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    // Replaced by the single line of logRequest.
    logController: new Fastify.LogController({
      disableRequestLogging: true,
      requestIdLogLabel: REQUEST_ID_KEY,
    }),
    genReqId: createRequestIdGenerator(),
    bodyLimit: MAX_BODY_BYTES,
    ...connectionOptions,
    serverFactory: (handle) =>
      createLimitedServer(handle, { ...http, ...connectionOptions }, options, securityHeaders),
    // For X-Forwarded-Proto. No other X-Forwarded header is used: request.host, hostname and ip may be forged.
    trustProxy: isHttps,
    // Hooks do not run for a URL that the router cannot parse.
    frameworkErrors(_, request, reply: FastifyReply) {
      holdResponse(buffers, reply.raw, '')
      reply.code(400).headers(securityHeaders).type('text/plain').send('Invalid URL.')
      logResponse(request, reply)
    },
    clientErrorHandler: ({ code }, socket) => {
      const headers = { ...securityHeaders, 'content-type': 'text/plain' }
      sendRawResponse(socket, { status: CLIENT_ERROR_STATUS[code] ?? 400, headers, body: 'Invalid request.' })
    },
    rewriteUrl: ({ url = '/' }) => toOriginForm(url),
  })
  app.server.maxConnections = limits.maxConnections
  app.server.maxHeadersCount = MAX_HEADERS
  const cookieName = createCookieName(isHttps)
  const cookieOptions = createCookieOptions(isHttps)
  app.addHook('onRoute', limitInFlight(options))
  app.addHook('onResponse', async (request, reply) => logResponse(request, reply))
  app.addHook('onSend', async (_, { raw }, payload) => holdResponse(buffers, raw, payload))
  registerHeaders(app, options)
  // Forms are the only content type.
  app.removeAllContentTypeParsers()
  app.register(formbody)
  app.register(cookie)
  app.register(session, {
    secret: deriveKeys('cookie').map((key) => key.toString('base64url')),
    cookieName,
    cookie: { ...cookieOptions },
    store: createSessionStore(stores, lifetimes),
    // Sessions are written at the sign-in only; see Session in session-store.ts.
    saveUninitialized: false,
    rolling: false,
  })
  app.after(() => {
    // A cookie that another secret signed is signed with the first: @fastify/session would clear it.
    app.addHook('onRequest', async ({ session: { grant, encryptedSessionId }, cookies }, reply) => {
      if (grant === undefined || cookies[cookieName] === encryptedSessionId) return
      cookies[cookieName] = encryptedSessionId
      reply.setCookie(cookieName, encryptedSessionId, cookieOptions)
    })
  })
  app.register(csrf, { sessionPlugin: '@fastify/session', getToken: (request) => Object(request.body)._csrf })
  app.decorateReply('endSession', async function endSession() {
    await this.request.session.destroy()
    this.clearCookie(cookieName, cookieOptions)
  })
  registerViews(app)
  return app
}

function registerHeaders(app: FastifyInstance, { isHttps, issuer }: WebServerOptions): void {
  app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        // Forms may be redirected to the authorization server.
        formAction: ["'self'", new URL(issuer).origin],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    hsts: isHttps,
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-request-id': request.id })
    // Browsers drop Secure cookies on plain http, which would break sessions silently.
    if (isHttps && request.protocol !== 'https')
      return reply
        .code(400)
        .type('text/plain')
        .send('This application requires https. The proxy in front of it must send X-Forwarded-Proto.')
  })
}

/** Registers the views and their assets. Asset URLs contain a hash of the content, so browsers may cache them for a year. */
function registerViews(app: FastifyInstance): void {
  const assetUrls: Record<string, string> = {}
  for (const [name, type] of Object.entries(ASSETS)) {
    const content = readFileSync(new URL(`views/${name}`, import.meta.url))
    assetUrls[name] = `/${name}?${hash('sha256', content, 'base64url').slice(0, 12)}`
    app.get(`/${name}`, { logLevel: 'warn' }, async (_, reply) =>
      reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`).type(type).send(content),
    )
  }
  app.register(view, {
    engine: { eta: new Eta({ autoEscape: true, cache: true }) },
    root: fileURLToPath(new URL('views', import.meta.url)),
    production: true,
    defaultContext: { assetUrls },
  })
}
