import { ExitError } from '../errors/exit-error.ts'

/** What to do, by what PostgreSQL (SQLSTATE), the network or TLS says. */
const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'what listens there ended the connection',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  '3D000': 'make it with "createdb", or name another',
  '28P01': 'the user or the password is not right',
  '28000': 'the server does not know this user, or does not let it in from here',
  '42501': 'the user needs the right to create tables: grant create on schema public to it',
  '25006':
    'the database or its server takes no writes: look at default_transaction_read_only, or for its primary',
  '53300': 'no connection is left: raise the limit, or lower DATABASE_POOL',
  '57P03': 'the server is starting or stopping; try again',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'name the file of its CA by sslrootcert',
  SELF_SIGNED_CERT_IN_CHAIN: 'name the file of its CA by sslrootcert',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'name the file of its CA by sslrootcert',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'name the file of its CA by sslrootcert',
  ERR_TLS_CERT_ALTNAME_INVALID: 'write the host as its certificate does',
}

/** The same for faults that have no code. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/^timeout exceeded|connection timeout/i, 'the server does not answer, or is not PostgreSQL'],
  [/does not support SSL/, 'leave sslmode out, or turn TLS on there'],
  [/^SASL: .*password must be/, 'the server asks for a password'],
  [/readonly database|unable to open database file/, 'the file and its folder must be writable'],
  [/previously executed migration/, 'a newer version of this project was here: update this one'],
]

/** The database can't be used as it is set; its message says what to look at, in one line. */
export class DatabaseOpenError extends ExitError {
  override readonly name = 'DatabaseOpenError'

  constructor(cause: unknown) {
    super(`The database cannot be opened: ${describeDatabaseError(cause)}. Check DATABASE_URL.`)
    this.cause = cause
  }
}

/** @returns what is wrong and what to do, in one line without its full stop */
export function describeDatabaseError(cause: unknown): string {
  const { code } = cause as { code?: unknown }
  const said = saidBy(cause)
  const hint = Object.hasOwn(HINTS, String(code))
    ? HINTS[String(code)]
    : SAID.find(([pattern]) => pattern.test(said))?.[1]
  return hint === undefined ? said : `${said} (${hint})`
}

/** A host with several addresses fails with each of them, and says nothing itself (Node's AggregateError). */
function saidBy(cause: unknown): string {
  const { message, errors, code } = cause as { message?: unknown; errors?: unknown; code?: unknown }
  const all = Array.isArray(errors) ? errors.map((error) => String(error?.message)).join(', ') : ''
  return String(message || all || code || cause)
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '')
}
