import { createHash } from 'node:crypto'
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
import { type ConnectionLimits, createServerOptions } from '../../lib/connection-limits.ts'
import type { ExpiringStores } from '../../lib/expiring-store.ts'
import { toOriginForm } from '../../lib/http-messages.ts'
import type { Logger } from '../../observability/logger.ts'
import { createRequestIdGenerator, logRequest, REQUEST_ID_KEY } from '../../observability/request-log.ts'
import type { SessionLifetimes } from './limits.ts'
import { createSessionStore } from './session-store.ts'

export type WebServerOptions = {
  readonly limits: ConnectionLimits
  readonly log: Logger
  /** Whether people come by https: it is in the redirect URI, and TLS ends in front of this server. */
  readonly isHttps: boolean
  /** What the session's cookie is signed with. */
  readonly cookieSecret: string
  readonly stores: ExpiringStores
  readonly lifetimes: SessionLifetimes
  /** The issuer's origin: forms lead there by a redirect. */
  readonly issuerOrigin: string
}

/** A form with a book in it is far smaller. */
const BODY_BYTES = 32_768
const ASSETS = { 'style.css': 'text/css; charset=utf-8', 'icon.svg': 'image/svg+xml' } as const
const YEAR_SECONDS = 31_536_000

/** A Fastify with everything that a page needs and no page: headers, cookies, sessions, forms, templates, style. */
export function createWebServer(options: WebServerOptions) {
  const { limits, log, isHttps, stores, cookieSecret } = options
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    // Its own two lines a request are one of ours.
    logController: new Fastify.LogController({
      disableRequestLogging: true,
      requestIdLogLabel: REQUEST_ID_KEY,
    }),
    genReqId: createRequestIdGenerator(),
    bodyLimit: BODY_BYTES,
    ...createServerOptions(limits),
    // Only the proxy's word that a request came by https is used, and only where it must have.
    trustProxy: isHttps,
    frameworkErrors: refuseAddress,
    // Only its path is of interest: sessions belong to paths.
    rewriteUrl: ({ url = '/' }) => toOriginForm(url),
  })
  app.server.maxConnections = limits.maxConnections
  const cookieName = `${isHttps ? '__Host-' : ''}fakebook`
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps } as const
  app.addHook('onResponse', async (request, reply) =>
    logRequest(request.log as Logger, toldOf(request, reply)),
  )
  addHeaders(app, options)
  // Pages send forms: nothing else is read.
  app.removeAllContentTypeParsers()
  app.register(formbody)
  app.register(cookie)
  app.register(session, {
    secret: cookieSecret,
    cookieName,
    cookie: { ...attributes },
    store: createSessionStore(stores, options.lifetimes),
    // Written when something is in it and when that changes, by nobody else: see Session.
    saveUninitialized: false,
    rolling: false,
  })
  app.register(csrf, { sessionPlugin: '@fastify/session', getToken: (request) => Object(request.body)._csrf })
  addViews(app)
  return {
    app,
    async endSession(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      await request.session.destroy()
      reply.clearCookie(cookieName, attributes)
    },
  }
}

const toldOf = ({ method, url, headers }: FastifyRequest, { statusCode, elapsedTime }: FastifyReply) => ({
  method,
  url,
  status: statusCode,
  durationMs: elapsedTime,
  traceparent: headers.traceparent,
})

/** An address that no router can read, and so no page and no hook. */
function refuseAddress(_: unknown, request: FastifyRequest, reply: FastifyReply): void {
  logRequest(request.log as Logger, { ...toldOf(request, reply), status: 400, durationMs: 0 })
  reply.code(400).type('text/plain').send('That is no address here.')
}

function addHeaders(app: FastifyInstance, { isHttps, issuerOrigin }: WebServerOptions): void {
  app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'", issuerOrigin],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
    hsts: isHttps,
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    // Without it no session would be kept, and nobody would see why.
    if (isHttps && request.protocol !== 'https')
      return reply
        .code(400)
        .type('text/plain')
        .send('Come by https; a proxy in front must send X-Forwarded-Proto.')
  })
}

/** Templates and what they link to, read once; an address with the content's hash may be kept for ever. */
function addViews(app: FastifyInstance): void {
  const addresses: Record<string, string> = {}
  for (const [name, type] of Object.entries(ASSETS)) {
    const content = readFileSync(new URL(`views/${name}`, import.meta.url))
    const hash = createHash('sha256').update(content).digest('base64url').slice(0, 12)
    addresses[name] = `/${name}?${hash}`
    app.get(`/${name}`, { logLevel: 'warn' }, async (_, reply) =>
      reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`).type(type).send(content),
    )
  }
  app.register(view, {
    engine: { eta: new Eta({ autoEscape: true, cache: true }) },
    root: fileURLToPath(new URL('views', import.meta.url)),
    production: true,
    defaultContext: { addresses },
  })
}
