import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { READING } from './document-scopes.ts'
import type { Drafts } from './draft-store.ts'
import type { Grants } from './grant-store.ts'
import type { Issuer } from './oidc-client.ts'
import { Denied } from './oidc-errors.ts'
import { Fault } from './page-error.ts'
import type { SignIns, UnderWay } from './pending-sign-ins.ts'
import { textOf } from './render.ts'
import { returnTo } from './return-path.ts'

type Handle = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

type Parts = {
  readonly issuer: Issuer
  readonly grants: Grants
  readonly drafts: Drafts
  readonly signIns: SignIns
  readonly finishStepUp: (
    request: FastifyRequest,
    reply: FastifyReply,
    search: string,
    signIn: UnderWay,
  ) => Promise<FastifyReply>
  /** Shows what came back and was not begun here. */
  readonly showUnknown: Handle
}

/** What everybody is asked for at first; more is asked for when it is needed. */
const EVERYDAY = ['openid', 'profile', 'email', ...READING, 'offline_access']

/** Sends people to the issuer. @returns what to do when they come back */
export function signInRoutes(app: FastifyInstance, parts: Parts): Handle {
  const { issuer, grants, drafts, signIns, finishStepUp, showUnknown } = parts

  app.get('/sign-in', async (request, reply) => {
    const stray = textOf(request.query, 'draft')
    const waits = (await drafts.getStray(stray)) !== undefined
    const signIn = {
      scopes: EVERYDAY,
      returnTo: waits ? '/books/new' : returnTo(Object(request.query)['return-to']),
      stray: waits ? stray : undefined,
    }
    return reply.redirect(await signIns.begin(request, reply, signIn), 303)
  })

  async function finish(request: FastifyRequest, reply: FastifyReply, search: string, signIn: UnderWay) {
    const tokens = await issuer.finish(search, signIn).catch((error) => {
      throw error instanceof Denied ? new Fault('refused', error) : error
    })
    const { id, subject } = tokens
    if (id === undefined || subject === undefined) throw new Fault('mismatch')
    const name = await nameOf(tokens.access, subject)
    const old = request.session.grant
    const grant = await grants.begin({ ...tokens, id, subject }, signIn.scopes)
    // Another id than before: who knew the old one knows nothing.
    await request.session.regenerate()
    Object.assign(request.session, { grant, subject, name })
    reply.generateCsrf()
    const draft = signIn.stray === undefined ? undefined : await drafts.getStray(signIn.stray)
    if (draft && (draft.subject ?? subject) === subject)
      await drafts.keep({ form: draft.form, subject }, grant)
    if (old !== undefined) await endGrant(old, request)
    return reply.redirect(signIn.returnTo, 303)
  }

  /** Okta's ID token says little of a person; who cannot be asked about is called by their login. */
  const nameOf = (token: string, subject: string) =>
    issuer.person(token, subject).then(
      ({ name, preferred_username: login }) => name ?? login ?? subject,
      () => subject,
    )

  async function endGrant(id: string, request: FastifyRequest) {
    const { refresh } = (await grants.end(id)) ?? {}
    if (refresh !== undefined)
      await issuer
        .revoke(refresh)
        .catch((err) => request.log.warn({ err }, 'a refresh token was not revoked'))
  }

  return async function comeBack(request, reply) {
    const signIn = await signIns.take(request, reply, textOf(request.query, 'state'))
    if (!signIn) return showUnknown(request, reply)
    const search = request.url.slice(request.url.indexOf('?'))
    return (signIn.stepUp === undefined ? finish : finishStepUp)(request, reply, search, signIn)
  }
}
