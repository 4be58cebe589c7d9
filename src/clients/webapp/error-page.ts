import type { FastifyReply, FastifyRequest } from 'fastify'
import { describePageError, PageError, type PageErrorKind, RETRY_AFTER_SECONDS } from './page-error.ts'
import { renderPage } from './render.ts'
import { sanitizeReturnPath } from './sign-in.ts'

type ThrownError = Error & { readonly code?: string; readonly statusCode?: number }

type ErrorPageOptions = {
  readonly isStorageOutage: (error: unknown) => boolean
  readonly endSession: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
}

/** Creates Fastify's error handler: redirects signed-out users to the sign-in, and renders a page for every other error. */
export function createErrorPageHandler({ isStorageOutage, endSession }: ErrorPageOptions) {
  function toPageErrorKind(error: ThrownError): PageErrorKind {
    if (error instanceof PageError) return error.kind
    if (isStorageOutage(error)) return 'storageUnavailable'
    if (error.code?.startsWith('FST_CSRF_')) return 'csrfRejected'
    return error.statusCode !== undefined && error.statusCode < 500 ? 'badRequest' : 'internalError'
  }

  return async function handleError(error: ThrownError, request: FastifyRequest, reply: FastifyReply) {
    const kind = toPageErrorKind(error)
    const { status, title, message } = describePageError(kind)
    if (status >= 500) request.log.error({ kind, err: error.cause ?? error }, error.message)
    if (kind === 'signedOut') {
      await endSession(request, reply)
      // Sanitized because the URL of a callback contains a code.
      const returnTo = encodeURIComponent(sanitizeReturnPath(request.url))
      if (request.method !== 'POST') return reply.redirect(`/sign-in?return-to=${returnTo}`, 303)
    }
    if (status === 503) reply.header('retry-after', String(RETRY_AFTER_SECONDS))
    return renderPage(request, reply, 'error', { title, message, status, kind })
  }
}
