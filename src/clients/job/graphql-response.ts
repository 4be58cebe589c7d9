import type { InputIssue } from '../../errors/error-details.ts'
import { stripControlCharacters } from './encoding.ts'
import { ApiRejectionError, TransientError } from './errors.ts'

type GraphQLResponseError = {
  readonly message?: unknown
  readonly extensions?: { readonly code?: unknown; readonly faults?: readonly InputIssue[] }
}

/** Statuses and codes of a server or gateway that is unavailable or overloaded. */
const TRANSIENT: ReadonlySet<unknown> = new Set([
  ...[408, 429, 500, 502, 503, 504],
  ...['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE', 'IDEMPOTENCY_IN_FLIGHT'],
])

const NOT_GRAPHQL = 'the response is not GraphQL. Check that API_URL is the API.'

/**
 * Returns the data of a response, which need not be GraphQL.
 * @throws TransientError when the same request may succeed later, ApiRejectionError when the response has errors
 */
export async function parseGraphQLResponse<Result>(response: Response): Promise<Result> {
  const { status, headers } = response
  const body: unknown = await response.json().catch(() => null)
  const { data, errors } = Object(body) as { data?: Result | null; errors?: unknown }
  const graphqlErrors: readonly (GraphQLResponseError | null)[] | undefined = Array.isArray(errors)
    ? errors
    : undefined
  const isTruncated = status === 200 && !data && !graphqlErrors
  const isTransient =
    isTruncated ||
    TRANSIENT.has(status) ||
    graphqlErrors?.some((error) => TRANSIENT.has(error?.extensions?.code))
  if (data && !graphqlErrors && !isTransient) return data
  const reasons = graphqlErrors?.map((error) => stripControlCharacters(error?.message)).join('\n')
  const message = `The API rejected the request (HTTP ${status}): ${reasons ?? NOT_GRAPHQL}`
  if (isTransient) throw new TransientError(message, headers.get('retry-after'))
  const inputIssues = graphqlErrors?.flatMap((error) => error?.extensions?.faults ?? []) ?? []
  throw new ApiRejectionError(message, status, inputIssues)
}
