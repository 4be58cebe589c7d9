import { stripControlCharacters } from './encoding.ts'
import { JobError, TransientError } from './errors.ts'

/** One error of a GraphQL answer, as far as this client looks at it. */
type GraphQLResponseError = {
  readonly message: string
  readonly code: string | undefined
  /** What is wrong with the arguments, each with where it stands, as in `inputs[3].title`. */
  readonly inputIssues: readonly { readonly argument: string; readonly message: string }[]
}

/** What the API answered: a result, or errors. */
export type GraphQLResponse<Result> = {
  readonly status: number
  readonly data: Result | undefined
  readonly errors: readonly GraphQLResponseError[] | undefined
}

/** Statuses and codes of a gateway or a server that is away or has enough. */
const PASSING: ReadonlySet<unknown> = new Set([
  ...[408, 429, 500, 502, 503, 504],
  ...['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE', 'IDEMPOTENCY_IN_FLIGHT'],
])

/**
 * Reads an answer, whatever it is.
 * @throws TransientError when the same request may get another answer later
 */
export async function parseGraphQLResponse<Result>(response: Response): Promise<GraphQLResponse<Result>> {
  const { status, headers } = response
  const body: unknown = await response.json().catch(() => null)
  const { data, errors } = (body ?? {}) as { data?: Result | null; errors?: unknown }
  const answer = {
    status,
    data: data ?? undefined,
    errors: Array.isArray(errors) ? errors.map(readError) : undefined,
  }
  const cutOff = status === 200 && !answer.data && !answer.errors
  const passing = answer.errors?.some(({ code }) => PASSING.has(code))
  if (PASSING.has(status) || cutOff || passing)
    throw new TransientError(formatApiRejection(answer), headers.get('retry-after'))
  return answer
}

/**
 * The result of an answer that has one, and nothing beside it.
 * @throws JobError with the API's own words
 */
export function unwrapGraphQLResponse<Result>(response: GraphQLResponse<Result>): Result {
  if (response.data && !response.errors) return response.data
  throw new JobError(formatApiRejection(response))
}

/** The API's own words, in a line for each error. */
export function formatApiRejection({ status, errors }: GraphQLResponse<unknown>): string {
  const reasons = errors?.map(({ message }) => message).join('\n') ?? 'it sent no GraphQL answer'
  return `The API refused (HTTP ${status}): ${reasons}`
}

function readError(error: unknown): GraphQLResponseError {
  const { message, extensions } = (error ?? {}) as { message?: unknown; extensions?: unknown }
  const { code, argument, faults } = (extensions ?? {}) as Record<string, unknown>
  const single = argument === undefined ? [] : [{ argument, message }]
  const all: unknown[] = Array.isArray(faults) && faults.length > 0 ? faults : single
  return {
    message: stripControlCharacters(message),
    code: code === undefined ? undefined : String(code),
    inputIssues: all.map((fault) => {
      const { argument, message } = (fault ?? {}) as Record<string, unknown>
      return { argument: String(argument), message: stripControlCharacters(message) }
    }),
  }
}
