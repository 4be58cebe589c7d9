import { API_ERROR_STATUSES, type InputIssue } from '../errors/error-details.ts'
import type { GraphQLResult } from '../graphql/execute.ts'
import { createJsonResponse, type HttpResponse } from '../lib/http-messages.ts'

export type RestError = NonNullable<GraphQLResult['errors']>[number]

/** Returns the response to a failed operation. Its status is that of the first error's code where GraphQL responds with 200. */
export function createRestErrorResponse({ status, headers, errors = [] }: GraphQLResult): HttpResponse {
  const statuses: Readonly<Record<string, number>> = API_ERROR_STATUSES
  const code = String(errors[0]?.extensions?.code)
  return createJsonResponse(
    status === 200 ? (statuses[code] ?? 500) : status,
    { errors: errors.map(toRestError) },
    Object.fromEntries(headers),
  )
}

/** Renames the arguments of an input error: `num_pages` in place of `input.numPages`. */
function toRestError({ message, path, extensions = {} }: RestError) {
  if (!extensions.faults) return { message, path, extensions }
  const issues = (extensions.faults as InputIssue[]).map((issue) => ({
    ...issue,
    argument: toRestName(issue.argument),
  }))
  return {
    message: issues.map(({ argument, message: text }) => `${argument}: ${text}`).join(' '),
    extensions: { ...extensions, argument: issues[0]?.argument, faults: issues },
  }
}

const toRestName = (argument: string) =>
  argument.replace(/^input\./, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
