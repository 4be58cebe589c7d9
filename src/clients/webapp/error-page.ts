import type { FastifyReply, FastifyRequest } from 'fastify'
import { Fault, type FaultKind, RETRY_AFTER_SECONDS, told } from './page-error.ts'
import { show } from './render.ts'
import { returnTo } from './return-path.ts'

type Thrown = Error & { readonly code?: string; readonly statusCode?: number }

type Options = {
  /** Whether what was thrown means that the storage is away. */
  readonly outage: (error: unknown) => boolean
  readonly endSession: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
}

export function faultPage({ outage, endSession }: Options) {
  function kindOf(error: Thrown): FaultKind {
    if (error instanceof Fault) return error.kind
    if (outage(error)) return 'storeDown'
    if (error.code?.startsWith('FST_CSRF_')) return 'forged'
    return error.statusCode !== undefined && error.statusCode < 500 ? 'badRequest' : 'ours'
  }

  /** What no page could be made of: a person who is no longer signed in is asked to, the rest is told. */
  return async function answerFault(error: Thrown, request: FastifyRequest, reply: FastifyReply) {
    const kind = kindOf(error)
    const { status, ...words } = told(kind)
    if (status >= 500) request.log.error({ kind, err: error.cause ?? error }, error.message)
    if (kind === 'signedOut') {
      await endSession(request, reply)
      // A page of ours, or the books: the address of a callback has a code in it.
      const asked = encodeURIComponent(returnTo(request.url))
      if (request.method !== 'POST') return reply.redirect(`/sign-in?return-to=${asked}`, 303)
    }
    if (status === 503) reply.header('retry-after', String(RETRY_AFTER_SECONDS))
    return show(request, reply, 'fault', { ...words, status, kind })
  }
}
