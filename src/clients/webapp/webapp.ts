import type { AddressInfo } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { drained } from '../../lib/graceful-close.ts'
import { addBookRoutes, createAddBook } from './add-book.ts'
import { createApi } from './api-client.ts'
import { createAsk } from './authorized-request.ts'
import { ADDING, READING } from './document-scopes.ts'
import { createDrafts } from './draft-store.ts'
import { faultPage } from './error-page.ts'
import { createGrants } from './grant-store.ts'
import { manualRoad } from './manual-code.ts'
import { createIssuer } from './oidc-client.ts'
import { Fault } from './page-error.ts'
import { addPages } from './page-routes.ts'
import { createSignIns } from './pending-sign-ins.ts'
import { show, textOf } from './render.ts'
import { signInRoutes } from './sign-in-routes.ts'
import { signOutRoute } from './sign-out-route.ts'
import { createStepUp } from './step-up.ts'
import { createServer, type ServerOptions } from './web-server.ts'

type Options = Omit<ServerOptions, 'secure' | 'issuerOrigin'> & {
  readonly issuer: string
  readonly client: { readonly id: string; readonly secret: string }
  /** Whether everybody knows the client's secret. */
  readonly wellKnown: boolean
  /** The API's origin. */
  readonly api: string
  /** Undefined: `/callback` where it listens. */
  readonly redirectUri: string | undefined
  readonly production: boolean
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Whether what a room threw means that the storage is away. */
  readonly outage: (error: unknown) => boolean
}

export type Webapp = {
  /** @returns its origin */
  listen(port: number, host: string): Promise<string>
  /** Lets requests in flight finish while the limit lasts, then closes. */
  close(politely?: boolean): Promise<void>
}

/** A person's client of the API: its pages, and the sign-in in front of them. Nothing that it shows needs a script. */
export function createWebapp(options: Options): Webapp {
  // Known once it listens, when any free port was asked for.
  let listens = ''
  let closing = false
  const { redirectUri } = options
  const place = {
    origin: () => (redirectUri === undefined ? listens : new URL(redirectUri).origin),
    redirectUri: () => redirectUri ?? `${listens}/callback`,
    callback: redirectUri === undefined ? '/callback' : new URL(redirectUri).pathname,
  }
  const secure = redirectUri?.startsWith('https:') ?? false
  const issuerOrigin = new URL(options.issuer).origin
  const { app, endSession } = createServer({ ...options, secure, issuerOrigin })
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id)
    if (closing) reply.header('connection', 'close')
    done(null, payload)
  })
  app.setErrorHandler(faultPage({ outage: options.outage, endSession }))
  app.setNotFoundHandler(async () => {
    throw new Fault('notFound')
  })
  // Behind the plugins: what they decorate is there.
  app.register(async (pages) => addAll(pages, { ...options, secure, endSession, ...place }))
  return {
    async listen(port, host) {
      await app.listen({ port, host })
      listens = `http://localhost:${(app.server.address() as AddressInfo).port}`
      return place.origin()
    },
    async close(politely = false) {
      const onClosed = () => {
        closing = true
      }
      await drained(app, options.limits, { politely, onClosed })
    },
  }
}

type Whole = Omit<Options, 'redirectUri'> & {
  readonly secure: boolean
  readonly endSession: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
  readonly origin: () => string
  readonly redirectUri: () => string
  /** The path of the redirect URI. */
  readonly callback: string
}

function addAll(app: FastifyInstance, whole: Whole): void {
  const { rooms, api, callback, endSession } = whole
  const issuer = createIssuer(whole)
  const grants = createGrants({ ...whole, issuer })
  const ask = createAsk(createApi(api), grants)
  const drafts = createDrafts(rooms)
  const signIns = createSignIns({ ...whole, issuer })
  const addBook = createAddBook(ask, drafts)
  const stepUp = createStepUp({ issuer, grants, drafts, signIns, addBook })
  const showUnknown = manualRoad({ ...whole, issuer, signIns })
  const comeBack = signInRoutes(app, {
    issuer,
    grants,
    drafts,
    signIns,
    finishStepUp: stepUp.finish,
    showUnknown,
  })
  const signedOut = signOutRoute(app, { ...whole, issuer, grants })
  addPages(app, { ask, grants, issuer })
  addBookRoutes(app, { addBook, drafts, stepUp: stepUp.begin, endSession })
  if (callback !== '/') app.get(callback, comeBack)
  app.addHook('onRequest', useOneName(whole.origin))
  app.get('/', async (request, reply) => {
    // The seed's own redirect URI is the bare origin.
    if (['code', 'error'].some((name) => textOf(request.query, name) !== '')) return comeBack(request, reply)
    const state = textOf(request.query, 'state')
    if (state !== '' && (await signedOut(state)))
      return show(request, reply, 'signed-out', { title: 'You are signed out', half: false })
    return show(request, reply, 'home', { title: 'FakeBook', reading: READING, adding: ADDING })
  })
}

const OTHER_NAMES = /^(?:127\.0\.0\.1|\[::1\])(?=:|$)/

/** Cookies belong to one name: whoever comes by another name of this machine is sent on to the one that is registered. */
function useOneName(origin: () => string) {
  return async function redirectToName({ method, url, host }: FastifyRequest, reply: FastifyReply) {
    const here = new URL(origin()).host
    if (
      method === 'GET' &&
      url.startsWith('/') &&
      host !== here &&
      host.replace(OTHER_NAMES, 'localhost') === here
    )
      return reply.redirect(origin() + url, 307)
  }
}
