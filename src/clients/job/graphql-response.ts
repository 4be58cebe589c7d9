import { printable } from './encoding.ts'
import { JobFault, PassingFault } from './errors.ts'

/** One error of a GraphQL answer, as far as this client looks at it. */
type AnswerError = {
  readonly message: string
  readonly code: string | undefined
  /** What is wrong with the arguments, each with where it stands, as in `inputs[3].title`. */
  readonly faults: readonly { readonly argument: string; readonly message: string }[]
}

/** What the API answered: a result, or errors. */
export type Answer<Result> = {
  readonly status: number
  readonly data: Result | undefined
  readonly errors: readonly AnswerError[] | undefined
}

/** Statuses and codes of a gateway or a server that is away or has enough. */
const PASSING: ReadonlySet<unknown> = new Set([
  ...[408, 429, 500, 502, 503, 504],
  ...['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE', 'IDEMPOTENCY_IN_FLIGHT'],
])

/**
 * Reads an answer, whatever it is.
 * @throws PassingFault when the same request may get another answer later
 */
export async function readAnswer<Result>(response: Response): Promise<Answer<Result>> {
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
    throw new PassingFault(refusedWith(answer), headers.get('retry-after'))
  return answer
}

/**
 * The result of an answer that has one, and nothing beside it.
 * @throws JobFault with the API's own words
 */
export function resultOf<Result>(answer: Answer<Result>): Result {
  if (answer.data && !answer.errors) return answer.data
  throw new JobFault(refusedWith(answer))
}

/** The API's own words, in a line for each error. */
export function refusedWith({ status, errors }: Answer<unknown>): string {
  const reasons = errors?.map(({ message }) => message).join('\n') ?? 'it sent no GraphQL answer'
  return `The API refused (HTTP ${status}): ${reasons}`
}

function readError(error: unknown): AnswerError {
  const { message, extensions } = (error ?? {}) as { message?: unknown; extensions?: unknown }
  const { code, argument, faults } = (extensions ?? {}) as Record<string, unknown>
  const single = argument === undefined ? [] : [{ argument, message }]
  const all: unknown[] = Array.isArray(faults) && faults.length > 0 ? faults : single
  return {
    message: printable(message),
    code: code === undefined ? undefined : String(code),
    faults: all.map((fault) => {
      const { argument, message } = (fault ?? {}) as Record<string, unknown>
      return { argument: String(argument), message: printable(message) }
    }),
  }
}
