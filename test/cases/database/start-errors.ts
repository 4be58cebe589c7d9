/** A new database on the tests' server, and what may be wrong with it. */
export type DatabaseFixture = {
  /** As whoever may do all. */
  readonly url: URL
  /** As a role that may do nothing. */
  readonly createRoleUrl: () => Promise<URL>
  /** Changes a setting of the database. */
  readonly alter: (change: string) => Promise<unknown>
  /** Makes its tables, as a version does that has one migration more. */
  readonly applyNewerMigration: () => Promise<unknown>
  /** Where nothing listens. */
  readonly findFreePort: () => Promise<number>
  /** Where something else does. */
  readonly startOtherServer: () => Promise<number>
}

type Start<Url> = readonly [id: string, name: string, url: Url, line: RegExp]

/** Its password is hunter2, or has it in it: what is printed never does. */
export const HIDDEN_PASSWORD = 'hunter2'

const FORM = 'must begin with "file:", or with "postgres://" and name a host'
const ENCODED =
  'must have what is special in a password percent-encoded, as %23 for #, %25 for %, %2F for / and %40 for @'
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
const setting = (words: string) =>
  new RegExp(
    `^The settings are not right:\\n {2}DATABASE_URL: ${escaped(words)}\\. For example: DATABASE_URL=\\S+\\n$`,
  )
const opening = (words: RegExp) =>
  new RegExp(`^The database cannot be opened: ${words.source}\\. Check DATABASE_URL\\.\\n$`)
const changed = (
  url: URL,
  change: Partial<Record<'hostname' | 'port' | 'username' | 'pathname' | 'search', string>>,
) => Object.assign(new URL(url), change)

/** Addresses that are wrong as they are written: exit 2, and nobody is asked. Numbers are permanent. */
export const INVALID_DATABASE_URLS: readonly Start<string>[] = [
  ['E01', 'another database', `mysql://root:${HIDDEN_PASSWORD}@127.0.0.1/books`, setting(FORM)],
  ['E02', 'one slash', 'postgres:/books', setting(FORM)],
  ['E03', 'no host', 'postgres://', setting(FORM)],
  ['E04', 'a path in place of a host', 'postgres:///books', setting(FORM)],
  ['E05', 'a letter that is no UTF-8', `postgres://u:${HIDDEN_PASSWORD}%E9@127.0.0.1/b`, setting(ENCODED)],
  ['E06', 'a bare %', `postgres://u:${HIDDEN_PASSWORD}%zz@127.0.0.1/b`, setting(ENCODED)],
  ['E07', 'a bare / behind digits', `postgres://u:12/${HIDDEN_PASSWORD}@127.0.0.1/b`, setting(ENCODED)],
  ['E08', 'a bare # behind digits', `postgres://u:12#${HIDDEN_PASSWORD}@127.0.0.1/b`, setting(ENCODED)],
  ['E09', 'a bare / behind letters', `postgres://u:${HIDDEN_PASSWORD}/x@127.0.0.1/b`, setting(FORM)],
  [
    'E10',
    'no such sslmode',
    `postgres://u:${HIDDEN_PASSWORD}@127.0.0.1/b?sslmode=verfy-full`,
    setting('must have an sslmode that there is: disable, verify-full or no-verify'),
  ],
]

/** Databases that cannot be had: exit 1. */
export const UNAVAILABLE_DATABASES: readonly Start<(place: DatabaseFixture) => Promise<URL>>[] = [
  [
    'E20',
    'nothing listens',
    async ({ url, findFreePort }) => changed(url, { port: String(await findFreePort()) }),
    opening(/connect ECONNREFUSED 127\.0\.0\.1:\d+ \(nothing listens there\)/),
  ],
  [
    'E21',
    'nothing listens at any of its addresses',
    async ({ url, findFreePort }) =>
      changed(url, { hostname: 'localhost', port: String(await findFreePort()) }),
    opening(/connect ECONNREFUSED \S+:\d+(?:, connect ECONNREFUSED \S+:\d+)? \(nothing listens there\)/),
  ],
  [
    'E22',
    'no such host',
    async ({ url }) => changed(url, { hostname: 'fakebook.invalid' }),
    opening(
      /getaddrinfo (?:ENOTFOUND fakebook\.invalid \(there is no such host\)|EAI_AGAIN fakebook\.invalid \(the name of the host cannot be looked up\))/,
    ),
  ],
  [
    'E23',
    'something else listens',
    async ({ url, startOtherServer }) => changed(url, { port: String(await startOtherServer()) }),
    opening(
      /Connection terminated due to connection timeout \(the server does not answer, or is not PostgreSQL\)/,
    ),
  ],
  [
    'E24',
    'no such database',
    async ({ url }) => changed(url, { pathname: '/fakebook_none' }),
    opening(/database "fakebook_none" does not exist \(make it with "createdb", or name another\)/),
  ],
  [
    'E25',
    'no such role',
    async ({ url }) => changed(url, { username: 'fakebook_nobody' }),
    opening(
      /role "fakebook_nobody" does not exist \(the server does not know this user, or does not let it in from here\)/,
    ),
  ],
  [
    'E26',
    'no right to create tables',
    ({ createRoleUrl }) => createRoleUrl(),
    opening(
      /permission denied for schema public \(the user needs the right to create tables: grant create on schema public to it\)/,
    ),
  ],
  [
    'E27',
    'a database that takes no writes',
    async ({ url, alter }) => {
      await alter('set default_transaction_read_only = on')
      return url
    },
    opening(
      /cannot execute CREATE TABLE in a read-only transaction \(the database or its server takes no writes: look at default_transaction_read_only, or for its primary\)/,
    ),
  ],
  [
    'E29',
    'no connection left',
    async ({ createRoleUrl, alter }) => {
      await alter('connection limit 0')
      return createRoleUrl()
    },
    opening(
      /too many connections for database "\w+" \(no connection is left: raise the limit, or lower DATABASE_POOL\)/,
    ),
  ],
  [
    'E30',
    'a certificate that is not there',
    async ({ url }) => changed(url, { search: '?sslmode=verify-full&sslrootcert=/nope.crt' }),
    opening(/the file of sslrootcert cannot be read: ENOENT: no such file or directory, open '\/nope\.crt'/),
  ],
  [
    'E31',
    'TLS is asked for, and the server has none',
    async ({ url }) => changed(url, { search: '?sslmode=verify-full' }),
    opening(/The server does not support SSL connections \(leave sslmode out, or turn TLS on there\)/),
  ],
  [
    'E32',
    'the same by a weaker word, without a warning of pg’s',
    async ({ url }) => changed(url, { search: '?sslmode=require' }),
    opening(/The server does not support SSL connections \(leave sslmode out, or turn TLS on there\)/),
  ],
  [
    'E33',
    'a newer version was here',
    async ({ url, applyNewerMigration }) => {
      await applyNewerMigration()
      return url
    },
    opening(
      /corrupted migrations: previously executed migration 999_later is missing \(a newer version of this project was here: update this one\)/,
    ),
  ],
]
