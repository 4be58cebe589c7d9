import { type ApiError, serviceUnavailable } from '../errors/api-error.ts'
import { ServerUnreachableError } from './connection-watchdog.ts'

const RETRY_AFTER_SECONDS = 5

/** What PostgreSQL says (SQLSTATE) when it is no fault of the query: connection, resources, operator, system, rights. */
const OUTAGE = /^(?:08|28|53|55|57|58|XX|25006|25P03|40001|40P01|3D000|42501|42P01)/
/** Said by pg itself, which has no codes for it. */
const LOST =
  /^(?:Connection terminated|Client (?:has encountered|was closed)|timeout exceeded|Query read timeout|SASL|The server does not support SSL|There was an error establishing an SSL)/
/** What Node says of a certificate that it does not take, or of a broken handshake. */
const TLS = /^(?:CERT_|ERR_(?:TLS|SSL|OSSL)_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_)/

type Fault = { readonly code?: unknown; readonly message?: unknown } | null

/** The database is away, full, locked or not as it was: an outage, not a bug. */
function isOutage(error: unknown): boolean {
  const { code, message } = (error as Fault) ?? {}
  if (code === 'ERR_SQLITE_ERROR' || error instanceof ServerUnreachableError) return true
  const known = OUTAGE.test(String(code)) || TLS.test(String(code)) || isNetwork(code)
  return known || LOST.test(String(message))
}

/** ECONNRESET, EAI_AGAIN; but Node's own faults, as ERR_ASSERTION, are bugs. */
const isNetwork = (code: unknown) => /^E(?:AI_)?[A-Z]+$/.test(String(code))

/** PostgreSQL asks for the same transaction again: nothing of it was done. */
export const isTransactionConflict = (error: unknown) =>
  /^40(?:001|P01)$/.test(String((error as Fault)?.code))

/** A connection that broke, as at a restart of the server: another one may work at once. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = (error as Fault) ?? {}
  return (
    /^57P0[12]|^ECONNRESET|^EPIPE/.test(String(code)) || /^Connection terminated unexp/.test(String(message))
  )
}

/** @returns a refusal for an outage; anything else as it is */
export const outageToApiError = (error: unknown): unknown =>
  isOutage(error) ? Object.assign(databaseUnavailable(), { cause: error }) : error

export const databaseUnavailable = (): ApiError => serviceUnavailable('The book store', RETRY_AFTER_SECONDS)

/**
 * Waits for a query.
 * @throws Refusal `SERVICE_UNAVAILABLE` when the database can't be had
 */
export async function mapOutage<T>(query: Promise<T>): Promise<T> {
  try {
    return await query
  } catch (error) {
    throw outageToApiError(error)
  }
}

/** The same for what only reads: once more, on another connection, when its own breaks. */
export const readWithRetry = <T>(query: () => Promise<T>): Promise<T> =>
  mapOutage(
    query().catch((error) => {
      if (isConnectionLost(error)) return query()
      throw error
    }),
  )

/**
 * The same for what is there at once.
 * @throws Refusal `SERVICE_UNAVAILABLE` when the database can't be had
 */
export function mapOutageSync<T>(query: () => T): T {
  try {
    return query()
  } catch (error) {
    throw outageToApiError(error)
  }
}
