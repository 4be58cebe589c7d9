/** What to do, by what PostgreSQL (SQLSTATE) or the network says. */
const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  '3D000': 'make it with "createdb", or name another',
  '28P01': 'the user or the password is not right',
  '28000': 'the server does not let this user in from here',
  '42501': 'the user needs the right to create tables: grant create on schema public to it',
  '53300': 'the server has no connection left',
  '57P03': 'the server is starting or stopping; try again',
}

/** The database can't be used as it is set; its message says what to look at, in one line. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault'

  constructor(cause: unknown) {
    const { code, message } = cause as { code?: unknown; message?: unknown }
    // A host with several addresses fails with each of them, and says nothing itself (Node's AggregateError).
    const said = String(message || code || cause).replace(/\s+/g, ' ')
    const hint = Object.hasOwn(HINTS, String(code)) ? ` (${HINTS[String(code)]})` : ''
    super(`The database cannot be opened: ${said}${hint}. Check DATABASE_URL.`, { cause })
  }
}
