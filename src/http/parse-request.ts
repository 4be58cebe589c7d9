import type { HttpRequest } from '../lib/http-messages.ts'
import { toOriginForm } from '../lib/http-messages.ts'
import { FORM_MEDIA_TYPE, parseMediaType } from './body.ts'
import type { RequestContext } from './request-context.ts'

/** The request as the rooms behind see it. */
export function parseRequest(
  requestContext: RequestContext,
  params: HttpRequest['params'],
  body: string | undefined,
): HttpRequest {
  const { request } = requestContext
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
    logError: (error) => requestContext.logError(error),
  }
}

/** Every value of a header, as it was sent: Node's own lists are made of all headers at once, which takes longer than all else here. */
function valuesOf({ rawHeaders }: RequestContext['request'], name: string): readonly string[] {
  const values: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const sent = rawHeaders[i] ?? ''
    if (sent.length === name.length && sent.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '')
  }
  return values
}
