import type { Authenticate, Authenticated } from '../auth/authenticate.ts'
import type { Caller } from '../auth/verify-token.ts'
import type { BookRepository } from '../database/book-repository.ts'
import { limitExceeded } from '../errors/api-error.ts'
import type { AuthScheme } from '../errors/error-details.ts'
import { type GraphQLContentType, selectContentType } from '../lib/graphql-content-type.ts'
import type { HttpRequest, OperationInfo } from '../lib/http-messages.ts'
import type { ConsumeRateLimit } from '../lib/rate-limit.ts'
import { parseIdempotencyKey } from './idempotency-key.ts'
import { describeCaller } from './operation-info.ts'

/** The context that resolvers and plugins see: one for each request. */
export type Context = {
  /** Undefined for an anonymous request. A request with an invalid token has no context. */
  readonly caller: Caller | undefined
  /** The scheme of the challenge to an anonymous request. */
  readonly anonymousScheme: AuthScheme
  readonly books: BookRepository
  readonly getDate: () => Date
  /** The content type of the response, on which some statuses depend. */
  readonly contentType: GraphQLContentType
  /** The request's Idempotency-Key. */
  readonly idempotencyKey: string | undefined
  readonly idempotencyTtlMs: number
  readonly limits: Readonly<Record<'maxPageSize' | 'maxBatchSize' | 'maxCount', number>>
  /**
   * Set if denied fields of a query are answered with null, because the client prefers it (RFC 7240 §4.4) or by the setting.
   * Undefined for every request that is not to the GraphQL path.
   */
  readonly lenientHandling?: 'preferred' | 'configured'
  /** Adds to what the request log, the audit log and the metrics record of this request. */
  readonly addOperationInfo: (info: OperationInfo) => void
}

/** Services from which contexts are built; the same for all requests. */
export type ContextServices = Pick<
  Context,
  'anonymousScheme' | 'books' | 'getDate' | 'idempotencyTtlMs' | 'limits'
> & {
  readonly authenticate: Authenticate
  /** Undefined: no rate limit by client. */
  readonly limitClient: ConsumeRateLimit | undefined
}

/** Adds to the response and to the log of a request, successful or not. */
export type ResponseAdditions = {
  readonly addHeaders: (headers: Readonly<Record<string, string>>) => void
  readonly addOperationInfo: Context['addOperationInfo']
}

/**
 * Verifies the request's access token and returns the typed context. Returns a promise only if the token, its proof or the
 * rate limit has to be awaited: one for every request would cost time.
 * @throws ApiError 400 or 401 for credentials that are malformed or invalid, 429 for a client over its rate limit, 503 when
 *   the authorization server's keys are unavailable
 */
export function buildContext(
  request: HttpRequest,
  services: ContextServices,
  additions: ResponseAdditions,
): Context | Promise<Context> {
  const authenticated = services.authenticate(request)
  if (authenticated instanceof Promise || services.limitClient)
    return buildContextAsync(request, services, additions, authenticated)
  recordAuthentication(authenticated, additions)
  return createContext(request, services, additions, authenticated)
}

async function buildContextAsync(
  request: HttpRequest,
  services: ContextServices,
  additions: ResponseAdditions,
  authenticating: ReturnType<Authenticate>,
): Promise<Context> {
  const authenticated = await authenticating
  recordAuthentication(authenticated, additions)
  if (services.limitClient && authenticated.caller) {
    const { isAllowed, retryAfterSeconds, headers } = await services.limitClient(authenticated.caller.client)
    additions.addHeaders(headers)
    const message = `Too many requests from this client. Try again in ${retryAfterSeconds} s.`
    if (!isAllowed) throw limitExceeded(message, retryAfterSeconds)
  }
  return createContext(request, services, additions, authenticated)
}

/** Adds the caller to the logs, and the next nonce to the response. */
function recordAuthentication(
  { caller, nextDpopNonce }: Authenticated,
  { addHeaders, addOperationInfo }: ResponseAdditions,
): void {
  // RFC 9449 §8.2: any response may carry the nonce for the next proof.
  if (nextDpopNonce !== undefined) addHeaders({ 'dpop-nonce': nextDpopNonce })
  if (caller) addOperationInfo(describeCaller(caller))
}

const createContext = (
  request: HttpRequest,
  { anonymousScheme, books, getDate, limits, idempotencyTtlMs }: ContextServices,
  { addOperationInfo }: ResponseAdditions,
  { caller }: Authenticated,
): Context => ({
  caller,
  anonymousScheme,
  books,
  getDate,
  contentType: selectContentType(request.path, request.headers.accept),
  idempotencyKey: parseIdempotencyKey(request.headers['idempotency-key']),
  idempotencyTtlMs,
  limits,
  addOperationInfo,
})
