import { type ApiError, serviceUnavailable } from '../errors/api-error.ts'
import { ExitError } from '../errors/exit-error.ts'

const RETRY_AFTER_SECONDS = 5

/** A conflict with a concurrent transaction. The transaction is retried and then sees the other one's changes. */
export class WriteConflictError extends Error {
  override readonly name = 'WriteConflictError'
}

/** A database server that does not respond. */
export class ServerUnreachableError extends Error {
  override readonly name = 'ServerUnreachableError'
}

/** A database that cannot be opened with the current settings. The message has one line and says what to check. */
export class DatabaseOpenError extends ExitError {
  override readonly name = 'DatabaseOpenError'

  constructor(cause: unknown) {
    super(`The database cannot be opened: ${describeDatabaseError(cause)}. Check DATABASE_URL.`, 1, { cause })
  }
}

/** Remedies by the error code of PostgreSQL (SQLSTATE), the network or TLS. */
const HINTS_BY_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the server closed the connection',
  ENOTFOUND: 'the host does not exist',
  EAI_AGAIN: 'the host name cannot be resolved',
  '3D000': 'make it with "createdb", or use another one',
  '28P01': 'the user or the password is wrong',
  '28000': 'the server does not know this user, or does not allow it to connect from here',
  '42501': 'the user needs the right to create tables: grant create on schema public to it',
  '25006': 'the database is read-only: check default_transaction_read_only, or connect to the primary server',
  '53300': 'no connection is left: raise the limit, or lower DATABASE_POOL',
  '57P03': 'the server is starting or stopping: try again',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'set sslrootcert to the file of its CA certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'set sslrootcert to the file of its CA certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'set sslrootcert to the file of its CA certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'set sslrootcert to the file of its CA certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'use the host name that its certificate is for',
}

/** Remedies for errors without a code. */
const HINTS_BY_MESSAGE: readonly { readonly pattern: RegExp; readonly hint: string }[] = [
  {
    pattern: /^timeout exceeded|connection timeout/i,
    hint: 'the server does not answer, or is not PostgreSQL',
  },
  { pattern: /does not support SSL/, hint: 'leave sslmode out, or enable TLS on the server' },
  { pattern: /^SASL: .*password must be/, hint: 'the server requires a password' },
  {
    pattern: /readonly database|unable to open database file/,
    hint: 'the file and its folder must be writable',
  },
  {
    pattern: /previously executed migration/,
    hint: 'a newer version of this project has migrated it: update this one',
  },
]

/** Describes an error and its remedy in one line without a full stop. */
export function describeDatabaseError(error: unknown): string {
  const { code } = error as { code?: unknown }
  const message = readMessage(error)
  const hint = Object.hasOwn(HINTS_BY_CODE, String(code))
    ? HINTS_BY_CODE[String(code)]
    : HINTS_BY_MESSAGE.find(({ pattern }) => pattern.test(message))?.hint
  return hint === undefined ? message : `${message} (${hint})`
}

/** Node's AggregateError for a host with several addresses has no message, only those of its errors. */
function readMessage(error: unknown): string {
  const { message, errors, code } = error as { message?: unknown; errors?: unknown; code?: unknown }
  const messages = Array.isArray(errors) ? errors.map((one) => String(one?.message)).join(', ') : ''
  return String(message || messages || code || error)
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '')
}

/** SQLSTATE prefixes of outages: connection, resources, operator intervention, system errors, missing rights. */
const OUTAGE_CODE = /^(?:08|28|53|55|57|58|XX|25006|25P03|40001|40P01|3D000|42501|42P01)/
/** Node's codes for a rejected certificate or a failed handshake. */
const TLS_CODE = /^(?:CERT_|ERR_(?:TLS|SSL|OSSL)_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_)/
/** Node's codes of network errors, such as ECONNRESET and EAI_AGAIN. ERR_ASSERTION and its like are bugs. */
const NETWORK_CODE = /^E(?:AI_)?[A-Z]+$/
/** Messages of pg, whose own errors have no code. */
const OUTAGE_MESSAGE =
  /^(?:Connection terminated|Client (?:has encountered|was closed)|timeout exceeded|Query read timeout|SASL|The server does not support SSL|There was an error establishing an SSL)/

type DriverError = { readonly code?: unknown; readonly message?: unknown } | null

/** Returns true if the database is unreachable, full, locked or misconfigured; false for a bug in a query. */
function isOutage(error: unknown): boolean {
  const { code, message } = (error as DriverError) ?? {}
  if (code === 'ERR_SQLITE_ERROR' || error instanceof ServerUnreachableError) return true
  const text = String(code)
  return (
    OUTAGE_CODE.test(text) ||
    TLS_CODE.test(text) ||
    NETWORK_CODE.test(text) ||
    OUTAGE_MESSAGE.test(String(message))
  )
}

/** Returns true for a serialization failure or a deadlock: PostgreSQL has rolled the transaction back. */
export const isTransactionConflict = (error: unknown) =>
  /^40(?:001|P01)$/.test(String((error as DriverError)?.code))

/** Returns true for a broken connection, for example after a restart of the server. A new one may work at once. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = (error as DriverError) ?? {}
  return (
    /^57P0[12]|^ECONNRESET|^EPIPE/.test(String(code)) || /^Connection terminated unexp/.test(String(message))
  )
}

/** Returns an ApiError for an outage, and any other error unchanged. */
export const outageToApiError = (error: unknown): unknown =>
  isOutage(error) ? Object.assign(databaseUnavailable(), { cause: error }) : error

export const databaseUnavailable = (): ApiError => serviceUnavailable('The database', RETRY_AFTER_SECONDS)

/** @throws ApiError `SERVICE_UNAVAILABLE` during an outage of the database */
export async function mapOutage<T>(query: Promise<T>): Promise<T> {
  try {
    return await query
  } catch (error) {
    throw outageToApiError(error)
  }
}

/**
 * Runs a query that only reads, and repeats it once on another connection if its connection breaks.
 * @throws ApiError `SERVICE_UNAVAILABLE` during an outage of the database
 */
export const readWithRetry = <T>(query: () => Promise<T>): Promise<T> =>
  mapOutage(
    query().catch((error) => {
      if (isConnectionLost(error)) return query()
      throw error
    }),
  )

/** @throws ApiError `SERVICE_UNAVAILABLE` during an outage of the database */
export function mapOutageSync<T>(query: () => T): T {
  try {
    return query()
  } catch (error) {
    throw outageToApiError(error)
  }
}
