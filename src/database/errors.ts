import { serviceUnavailable } from '../errors/api-error.ts'
import { ExitError } from '../errors/exit-error.ts'

const RETRY_AFTER_SECONDS = 5

/** A conflict with a concurrent transaction, with the code that PostgreSQL has for one: the transaction is retried. */
export class WriteConflictError extends Error {
  override readonly name = 'WriteConflictError'
  readonly code = '40001'
}

/** A read that took longer than its limit, with the code of PostgreSQL's statement timeout. */
export class ReadTimeoutError extends Error {
  override readonly name = 'ReadTimeoutError'
  readonly code = '57014'
}

/** A queue for connections that is not moving, with the code that PostgreSQL has for too many connections. */
export class NoConnectionError extends Error {
  override readonly name = 'NoConnectionError'
  override readonly message = 'too many requests wait for a connection'
  readonly code = '53300'
}

/** A database that cannot be opened with the current settings. The message has one line and says what to check. */
export class DatabaseOpenError extends ExitError {
  override readonly name = 'DatabaseOpenError'

  constructor(cause: unknown) {
    super(`The database cannot be opened: ${describeDatabaseError(cause)}. Check DATABASE_URL.`, 1, { cause })
  }
}

const DAMAGE_HINT =
  'the file is damaged or not an SQLite database: restore a backup, as docs/operating.md describes'

/** Remedies by the error's code (of PostgreSQL, the network or TLS), followed by its message. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED /, 'nothing listens there'],
  [/^ECONNRESET /, 'the server closed the connection'],
  [/^ENOTFOUND /, 'the host does not exist'],
  [/^EAI_AGAIN /, 'the host name cannot be resolved'],
  [/^ENOENT .*, open /, 'sslrootcert, sslcert and sslkey must name files that exist'],
  [/^3D000 /, 'make it with "createdb", or use another one'],
  [/^28P01 /, 'the user or the password is wrong'],
  [/^28000 /, 'the server does not know this user, or does not allow it to connect from here'],
  [/^42501 /, 'the user needs the right to create tables: grant create on schema public to it'],
  [/^25006 /, 'check default_transaction_read_only, or connect to the primary server'],
  [/^53300 /, 'no connection is left: raise the limit, or lower DATABASE_POOL'],
  [/^57P03 /, 'the server is starting or stopping: try again'],
  [/^(?:DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)_\w+ /, 'set sslrootcert to the file of its CA certificate'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID /, 'use the host name that its certificate is for'],
  [/ timeout exceeded|connection timeout/i, 'the server does not answer, or is not PostgreSQL'],
  [/does not support SSL/, 'leave sslmode out, or enable TLS on the server'],
  [/^\w+ SASL: .*password must be/, 'the server requires a password'],
  [
    /readonly database|unable to open database file|^E(?:ACCES|PERM|ROFS) /,
    'the file and its folder must be writable',
  ],
  [/ does not exist, but its log /, 'put the file back; or remove the log, and what it holds, with its -shm'],
  [/previously executed migration/, 'a newer version of this project has migrated it: update this one'],
]

const SQLITE_BUSY = 5
/** SQLite's result codes SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGE_CODES: ReadonlySet<number> = new Set([11, 26])

/** Returns SQLite's primary result code, which is the lowest byte of an extended one; 0 for another error. */
const getResultCode = (error: unknown): number => Number(Object(error).errcode) & 0xff

/** Returns true for an error of SQLite about a damaged file, or one that is not a database. */
export const isDamaged = (error: unknown): boolean => DAMAGE_CODES.has(getResultCode(error))

/** Returns true if another connection holds the lock that a statement of SQLite needs. */
export const isBusy = (error: unknown): boolean => getResultCode(error) === SQLITE_BUSY

/** Describes an error and its remedy in one line without a full stop. */
export function describeDatabaseError(error: unknown): string {
  const message = readMessage(error)
  const text = `${(error as DriverError).code} ${message}`
  const hint = isDamaged(error) ? DAMAGE_HINT : HINTS.find(([pattern]) => pattern.test(text))?.[1]
  return hint === undefined ? message : `${message} (${hint})`
}

/** Node's AggregateError for a host with several addresses has no message, only those of its errors. */
function readMessage(error: unknown): string {
  const { message, errors, code } = error as DriverError & { errors?: unknown }
  const messages = Array.isArray(errors) ? errors.map((one) => String(one?.message)).join(', ') : ''
  return String(message || messages || code || error)
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '')
}

type DriverError = { readonly code?: unknown; readonly message?: unknown }

/** Codes of outages: not those of bugs, such as a syntax error of PostgreSQL or Node's ERR_ASSERTION. */
const OUTAGE_CODES: readonly RegExp[] = [
  // SQLSTATE prefixes: connection, resources, operator intervention, system errors, missing rights.
  /^(?:08|28|53|55|57|58|XX|25006|25P03|40001|40P01|3D000|42501|42P01)/,
  // Node's codes for a rejected certificate or a failed handshake.
  /^(?:CERT_|ERR_(?:TLS|SSL|OSSL)_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_)/,
  // Node's codes of network errors, such as ECONNRESET and EAI_AGAIN.
  /^E(?:AI_)?[A-Z]+$/,
  /^ERR_SQLITE_ERROR$/,
]
/** Messages of pg, whose own errors have no code. */
const OUTAGE_MESSAGE =
  /^(?:Connection terminated|Client (?:has encountered|was closed)|timeout exceeded|SASL|The server does not support SSL|There was an error establishing an SSL)/

/** Returns true for a serialization failure or a deadlock: the transaction has been rolled back. */
export const isTransactionConflict = (error: unknown) =>
  /^40(?:001|P01)$/.test(String((error as DriverError).code))

/** Returns true for a broken connection, for example after a restart of the server. A new one may work at once. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = error as DriverError
  return (
    /^57P0[12]|^ECONNRESET|^EPIPE/.test(String(code)) ||
    /^(?:Connection terminated unexp|Client (?:was closed|has encountered))/.test(String(message))
  )
}

/**
 * Returns ApiError `SERVICE_UNAVAILABLE` if the database is unreachable, full, locked or misconfigured, and any other error,
 * such as a bug in a query, unchanged.
 */
export function outageToApiError(error: unknown): unknown {
  const { code, message } = error as DriverError
  const isOutage =
    OUTAGE_CODES.some((pattern) => pattern.test(String(code))) || OUTAGE_MESSAGE.test(String(message))
  return isOutage ? databaseUnavailable(error) : error
}

/** Returns ApiError `SERVICE_UNAVAILABLE`. */
export const databaseUnavailable = (cause: unknown) =>
  Object.assign(serviceUnavailable('The database', RETRY_AFTER_SECONDS), { cause })

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
export function readWithRetry<T>(query: () => Promise<T>): Promise<T> {
  const retryIfLost = (error: unknown) => (isConnectionLost(error) ? query() : Promise.reject(error))
  return mapOutage(query().catch(retryIfLost))
}
