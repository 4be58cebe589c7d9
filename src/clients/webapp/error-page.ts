import type { FastifyReply, FastifyRequest } from 'fastify'
import { describePageError, PageError, type PageErrorKind, RETRY_AFTER_SECONDS } from './page-error.ts'
import { renderPage } from './render.ts'
import { sanitizeReturnPath } from './return-path.ts'

type Thrown = Error & { readonly code?: string; readonly statusCode?: number }

type Options = {
  /** Whether what was thrown means that the storage is away. */
  readonly isStorageOutage: (error: unknown) => boolean
  readonly endSession: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
}

export function createErrorPageHandler({ isStorageOutage, endSession }: Options) {
  function kindOf(error: Thrown): PageErrorKind {
    if (error instanceof PageError) return error.kind
    if (isStorageOutage(error)) return 'storageUnavailable'
    if (error.code?.startsWith('FST_CSRF_')) return 'csrfRejected'
    return error.statusCode !== undefined && error.statusCode < 500 ? 'badRequest' : 'internalError'
  }

  /** What no page could be made of: a person who is no longer signed in is asked to, the rest is told. */
  return async function answerFault(error: Thrown, request: FastifyRequest, reply: FastifyReply) {
    const kind = kindOf(error)
    const { status, ...message } = describePageError(kind)
    if (status >= 500) request.log.error({ kind, err: error.cause ?? error }, error.message)
    if (kind === 'signedOut') {
      await endSession(request, reply)
      // A page of ours, or the books: the address of a callback has a code in it.
      const asked = encodeURIComponent(sanitizeReturnPath(request.url))
      if (request.method !== 'POST') return reply.redirect(`/sign-in?return-to=${asked}`, 303)
    }
    if (status === 503) reply.header('retry-after', String(RETRY_AFTER_SECONDS))
    return renderPage(request, reply, 'error', { ...message, status, kind })
  }
}
