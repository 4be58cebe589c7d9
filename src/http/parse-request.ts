import { originForm } from '../lib/graceful-close.ts'
import type { Question } from '../lib/http-messages.ts'
import { FORM, mediaType } from './body.ts'
import type { Visit } from './request-context.ts'

/** The request as the rooms behind see it. */
export function questionOf(visit: Visit, params: Question['params'], body: string | undefined): Question {
  const { request } = visit
  const { headers } = request
  const url = originForm(request.url ?? '')
  const queryAt = url.indexOf('?')
  const isForm = body !== undefined && mediaType(headers['content-type']) === FORM
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
    report: (error) => visit.report(error),
  }
}

/** Every value of a header, as it was sent: Node's own lists are made of all headers at once, which takes longer than all else here. */
function valuesOf({ rawHeaders }: Visit['request'], name: string): readonly string[] {
  const values: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const sent = rawHeaders[i] ?? ''
    if (sent.length === name.length && sent.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? '')
  }
  return values
}
