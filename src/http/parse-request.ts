import type { IncomingMessage } from 'node:http'
import { type HttpRequest, toOriginForm } from '../lib/http-messages.ts'
import { FORM_MEDIA_TYPE, parseMediaType } from './body.ts'
import type { RequestContext } from './request-context.ts'

/** Builds the request that routes see: no stream, no socket. */
export function parseRequest(
  context: RequestContext,
  params: HttpRequest['params'],
  body: string | undefined,
): HttpRequest {
  const { request } = context
  const { headers } = request
  const url = toOriginForm(request.url ?? '')
  const queryAt = url.indexOf('?')
  const isForm = body !== undefined && parseMediaType(headers['content-type']) === FORM_MEDIA_TYPE
  return {
    method: request.method ?? 'GET',
    path: queryAt < 0 ? url : url.slice(0, queryAt),
    search: queryAt < 0 ? '' : url.slice(queryAt),
    headers,
    authorization: headers.authorization === undefined ? undefined : valuesOf(request, 'authorization'),
    dpop: headers.dpop === undefined ? undefined : valuesOf(request, 'dpop'),
    params,
    body: isForm ? undefined : body,
    form: isForm ? body : undefined,
    logError: (error) => context.logError(error),
  }
}

/**
 * Returns every value of a header. Node's `headersDistinct` would collect all headers, which costs more than the rest of
 * this file.
 */
function valuesOf({ rawHeaders }: IncomingMessage, name: string): readonly string[] {
  const values: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i] ?? ''
    if (header.length === name.length && header.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '')
  }
  return values
}
