import { originForm } from '../connections.ts'
import type { Question } from '../exchange.ts'
import { FORM, mediaType } from './body.ts'
import type { Visit } from './visit.ts'

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
    // The lists are made only where the header is there: making them takes longer than all else here.
    authorization: headers.authorization === undefined ? undefined : request.headersDistinct.authorization,
    dpop: headers.dpop === undefined ? undefined : request.headersDistinct.dpop,
    params,
    body: isForm ? undefined : body,
    form: isForm ? body : undefined,
    report: (error) => visit.report(error),
  }
}
