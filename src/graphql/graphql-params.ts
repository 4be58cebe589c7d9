import { badRequest } from '../errors/api-error.ts'

/** The parameters of a GraphQL request as the client sent them, not validated (GraphQL over HTTP, "Request Parameters"). */
export type GraphQLParams = {
  readonly query?: unknown
  readonly operationName?: unknown
  readonly variables?: unknown
  readonly extensions?: unknown
  /** Names a trusted document (GraphQL over HTTP, appendix A). */
  readonly documentId?: unknown
}

/** A GraphQL request with a document, whose parameters have the right types. */
export type GraphQLRequest = {
  readonly query: string
  readonly operationName?: string | undefined
  readonly variables?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Parses a JSON body.
 * @returns undefined for an empty body
 * @throws ApiError `BAD_REQUEST`
 */
export function parseJsonBody(body: string | undefined): unknown {
  if (body === undefined || body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    throw badRequest('The body is not valid JSON.')
  }
}

/** Reads the parameters of a GET request from its query string. Invalid JSON is left for Apollo Server to reject. */
export function parseSearchParams(search: string): GraphQLParams {
  const parameters = new URLSearchParams(search)
  return {
    query: parameters.get('query'),
    operationName: parameters.get('operationName') ?? undefined,
    variables: parseJson(parameters.get('variables')),
    documentId: parameters.get('documentId'),
    extensions: parseJson(parameters.get('extensions')),
  }
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '{}')
  } catch {
    return undefined
  }
}
