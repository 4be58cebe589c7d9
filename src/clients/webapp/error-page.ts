import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../../errors/api-error.ts'
import { PAGE_ERRORS, PageError, type PageErrorKind } from './page-error.ts'
import { renderPage } from './render.ts'
import { sanitizeReturnPath } from './sign-in.ts'

/** `Retry-After` of a 503. */
const RETRY_AFTER_SECONDS = 5

/** Handles the errors of all requests: redirects signed-out users to the sign-in, and renders a page for other errors. */
export async function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const kind = toPageErrorKind(error)
  const { status, title, message } = PAGE_ERRORS[kind]
  // Overload is logged with the request; a stack trace would cost more than the request.
  if (status >= 500 && kind !== 'overloaded')
    request.log.error({ kind, err: error.cause ?? error }, error.message)
  if (kind === 'signedOut') {
    await reply.endSession()
    // Sanitized because the URL of a callback contains a code.
    const returnTo = encodeURIComponent(sanitizeReturnPath(request.url))
    if (request.method !== 'POST') return reply.redirect(`/sign-in?return-to=${returnTo}`, 303)
  }
  if (status === 503) reply.header('retry-after', String(RETRY_AFTER_SECONDS))
  return renderPage(reply, 'error', { title, message, status, kind })
}

function toPageErrorKind(error: FastifyError): PageErrorKind {
  if (error instanceof PageError) return error.kind
  // The stores throw it during an outage of the database.
  if (error instanceof ApiError && error.details.code === 'SERVICE_UNAVAILABLE') return 'storageUnavailable'
  if (error.code?.startsWith('FST_CSRF_')) return 'csrfRejected'
  return (error.statusCode ?? 500) < 500 ? 'badRequest' : 'internalError'
}
