import { stripControlCharacters } from './encoding.ts'
import { JobError, TransientError } from './errors.ts'

/** The parts of a GraphQL error that this client uses. */
type GraphQLResponseError = {
  readonly message: string
  readonly code: string | undefined
  /** Each with the path of its argument, for example `inputs[3].title`. */
  readonly inputIssues: readonly { readonly argument: string; readonly message: string }[]
}

export type GraphQLResponse<Result> = {
  readonly status: number
  readonly data: Result | undefined
  readonly errors: readonly GraphQLResponseError[] | undefined
}

/** Statuses and codes of a server or gateway that is unavailable or overloaded. */
const TRANSIENT: ReadonlySet<unknown> = new Set([
  ...[408, 429, 500, 502, 503, 504],
  ...['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE', 'IDEMPOTENCY_IN_FLIGHT'],
])

/**
 * Parses a response, including one that is not GraphQL.
 * @throws TransientError when the same request may succeed later
 */
export async function parseGraphQLResponse<Result>(response: Response): Promise<GraphQLResponse<Result>> {
  const { status, headers } = response
  const body: unknown = await response.json().catch(() => null)
  const { data, errors } = (body ?? {}) as { data?: Result | null; errors?: unknown }
  const parsed = {
    status,
    data: data ?? undefined,
    errors: Array.isArray(errors) ? errors.map(parseError) : undefined,
  }
  const isTruncated = status === 200 && !parsed.data && !parsed.errors
  const hasTransientCode = parsed.errors?.some(({ code }) => TRANSIENT.has(code))
  if (TRANSIENT.has(status) || isTruncated || hasTransientCode)
    throw new TransientError(formatApiRejection(parsed), headers.get('retry-after'))
  return parsed
}

/**
 * Returns the data of a response without errors.
 * @throws JobError with the API's messages
 */
export function unwrapGraphQLResponse<Result>(response: GraphQLResponse<Result>): Result {
  if (response.data && !response.errors) return response.data
  throw new JobError(formatApiRejection(response))
}

/** Formats the API's error messages, one per line. */
export function formatApiRejection({ status, errors }: GraphQLResponse<unknown>): string {
  const reasons = errors?.map(({ message }) => message).join('\n') ?? 'the response is not GraphQL'
  return `The API rejected the request (HTTP ${status}): ${reasons}`
}

function parseError(error: unknown): GraphQLResponseError {
  const { message, extensions } = (error ?? {}) as { message?: unknown; extensions?: unknown }
  const { code, argument, faults } = (extensions ?? {}) as Record<string, unknown>
  const issues: unknown[] =
    Array.isArray(faults) && faults.length > 0
      ? faults
      : argument === undefined
        ? []
        : [{ argument, message }]
  return {
    message: stripControlCharacters(message),
    code: code === undefined ? undefined : String(code),
    inputIssues: issues.map((issue) => {
      const { argument, message } = (issue ?? {}) as Record<string, unknown>
      return { argument: String(argument), message: stripControlCharacters(message) }
    }),
  }
}
