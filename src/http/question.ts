import type { FastifyRequest } from 'fastify'
import { originForm } from '../connections.ts'
import type { Question } from '../exchange.ts'

export const FORM = 'application/x-www-form-urlencoded'

/** The request without its framework. */
export function questionOf(request: FastifyRequest): Question {
  const { raw, headers } = request
  const url = originForm(raw.url ?? '')
  const queryAt = url.indexOf('?')
  const isForm = headers['content-type']?.toLowerCase().startsWith(FORM) ?? false
  const body = request.body as string | undefined
  return {
    method: raw.method ?? 'GET',
    path: queryAt < 0 ? url : url.slice(0, queryAt),
    search: queryAt < 0 ? '' : url.slice(queryAt),
    headers,
    // The lists are made only where the header is there: making them takes longer than all else here.
    authorization: headers.authorization === undefined ? undefined : raw.headersDistinct.authorization,
    dpop: headers.dpop === undefined ? undefined : raw.headersDistinct.dpop,
    params: request.params as Record<string, string>,
    body: isForm ? undefined : body,
    form: isForm ? body : undefined,
    report: (error) => request.log.error(error),
  }
}
