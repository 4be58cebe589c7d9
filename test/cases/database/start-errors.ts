/** A new database on the test server, with ways to break it. */
export type DatabaseFixture = {
  /** The URL of a superuser. */
  readonly url: URL
  /** Creates a role without any privilege. */
  readonly createRoleUrl: () => Promise<URL>
  /** Runs `alter database … {change}`. */
  readonly alter: (change: string) => Promise<unknown>
  /** Migrates the database as a version with one more migration does. */
  readonly applyNewerMigration: () => Promise<unknown>
  readonly findFreePort: () => Promise<number>
  /** Starts a server that is not PostgreSQL and returns its port. */
  readonly startOtherServer: () => Promise<number>
}

type StartErrorCase = {
  readonly id: string
  readonly title: string
  /** The only line on stderr. */
  readonly line: RegExp
}

/** A part of every password here. No output may contain it. */
export const HIDDEN_PASSWORD = 'hunter2'

const FORM = 'must begin with "file:", or with "postgres://" and a host'
const ENCODED =
  'must have special characters of the password percent-encoded: %23 for #, %25 for %, %2F for / and %40 for @'
const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
const invalidSetting = (text: string) =>
  new RegExp(
    `^Invalid configuration:\\n {2}DATABASE_URL: ${escapeRegExp(text)}\\. For example: DATABASE_URL=\\S+\\n$`,
  )
const cannotOpen = (reason: RegExp) =>
  new RegExp(`^The database cannot be opened: ${reason.source}\\. Check DATABASE_URL\\.\\n$`)
const withParts = (
  url: URL,
  parts: Partial<Record<'hostname' | 'port' | 'username' | 'pathname' | 'search', string>>,
) => Object.assign(new URL(url), parts)

/** URLs that are rejected with exit status 2, without connecting. The ids are permanent. */
export const INVALID_DATABASE_URLS: readonly (StartErrorCase & { readonly url: string })[] = [
  {
    id: 'database/E01',
    title: 'another database system',
    url: `mysql://root:${HIDDEN_PASSWORD}@127.0.0.1/books`,
    line: invalidSetting(FORM),
  },
  { id: 'database/E02', title: 'one slash', url: 'postgres:/books', line: invalidSetting(FORM) },
  { id: 'database/E03', title: 'no host', url: 'postgres://', line: invalidSetting(FORM) },
  {
    id: 'database/E04',
    title: 'a path in place of a host',
    url: 'postgres:///books',
    line: invalidSetting(FORM),
  },
  {
    id: 'database/E05',
    title: 'a percent-encoded byte that is not UTF-8',
    url: `postgres://u:${HIDDEN_PASSWORD}%E9@127.0.0.1/b`,
    line: invalidSetting(ENCODED),
  },
  {
    id: 'database/E06',
    title: 'an unencoded %',
    url: `postgres://u:${HIDDEN_PASSWORD}%zz@127.0.0.1/b`,
    line: invalidSetting(ENCODED),
  },
  {
    id: 'database/E07',
    title: 'an unencoded / after digits',
    url: `postgres://u:12/${HIDDEN_PASSWORD}@127.0.0.1/b`,
    line: invalidSetting(ENCODED),
  },
  {
    id: 'database/E08',
    title: 'an unencoded # after digits',
    url: `postgres://u:12#${HIDDEN_PASSWORD}@127.0.0.1/b`,
    line: invalidSetting(ENCODED),
  },
  {
    id: 'database/E09',
    title: 'an unencoded / after letters',
    url: `postgres://u:${HIDDEN_PASSWORD}/x@127.0.0.1/b`,
    line: invalidSetting(FORM),
  },
  {
    id: 'database/E10',
    title: 'an unknown sslmode',
    url: `postgres://u:${HIDDEN_PASSWORD}@127.0.0.1/b?sslmode=verfy-full`,
    line: invalidSetting(
      'must have a known sslmode: disable, prefer, require, verify-ca, verify-full, no-verify',
    ),
  },
]

/** Databases that cannot be opened: exit status 1. The ids are permanent. */
export const UNAVAILABLE_DATABASES: readonly (StartErrorCase & {
  readonly createUrl: (fixture: DatabaseFixture) => Promise<URL>
})[] = [
  {
    id: 'database/E20',
    title: 'no listener',
    createUrl: async ({ url, findFreePort }) => withParts(url, { port: String(await findFreePort()) }),
    line: cannotOpen(/connect ECONNREFUSED 127\.0\.0\.1:\d+ \(nothing listens there\)/),
  },
  {
    id: 'database/E21',
    title: 'no listener at any address of the host',
    createUrl: async ({ url, findFreePort }) =>
      withParts(url, { hostname: 'localhost', port: String(await findFreePort()) }),
    line: cannotOpen(
      /connect ECONNREFUSED \S+:\d+(?:, connect ECONNREFUSED \S+:\d+)? \(nothing listens there\)/,
    ),
  },
  {
    id: 'database/E22',
    title: 'an unknown host',
    createUrl: async ({ url }) => withParts(url, { hostname: 'fakebook.invalid' }),
    line: cannotOpen(
      /getaddrinfo (?:ENOTFOUND fakebook\.invalid \(the host does not exist\)|EAI_AGAIN fakebook\.invalid \(the host name cannot be resolved\))/,
    ),
  },
  {
    id: 'database/E23',
    title: 'a listener that is not PostgreSQL',
    createUrl: async ({ url, startOtherServer }) =>
      withParts(url, { port: String(await startOtherServer()) }),
    line: cannotOpen(
      /Connection terminated due to connection timeout \(the server does not answer, or is not PostgreSQL\)/,
    ),
  },
  {
    id: 'database/E24',
    title: 'an unknown database',
    createUrl: async ({ url }) => withParts(url, { pathname: '/fakebook_none' }),
    line: cannotOpen(
      /database "fakebook_none" does not exist \(make it with "createdb", or use another one\)/,
    ),
  },
  {
    id: 'database/E25',
    title: 'an unknown role',
    createUrl: async ({ url }) => withParts(url, { username: 'fakebook_nobody' }),
    line: cannotOpen(
      /role "fakebook_nobody" does not exist \(the server does not know this user, or does not allow it to connect from here\)/,
    ),
  },
  {
    id: 'database/E26',
    title: 'a role that may not create tables',
    createUrl: ({ createRoleUrl }) => createRoleUrl(),
    line: cannotOpen(
      /permission denied for schema public \(the user needs the right to create tables: grant create on schema public to it\)/,
    ),
  },
  {
    id: 'database/E27',
    title: 'a read-only database',
    createUrl: async ({ url, alter }) => {
      await alter('set default_transaction_read_only = on')
      return url
    },
    line: cannotOpen(
      /cannot execute CREATE TABLE in a read-only transaction \(check default_transaction_read_only, or connect to the primary server\)/,
    ),
  },
  {
    id: 'database/E29',
    title: 'no connection left',
    createUrl: async ({ createRoleUrl, alter }) => {
      await alter('connection limit 0')
      return createRoleUrl()
    },
    line: cannotOpen(
      /too many connections for database "\w+" \(no connection is left: raise the limit, or lower DATABASE_POOL\)/,
    ),
  },
  {
    id: 'database/E30',
    title: 'a certificate file that does not exist',
    createUrl: async ({ url }) => withParts(url, { search: '?sslmode=verify-full&sslrootcert=/nope.crt' }),
    line: cannotOpen(
      /ENOENT: no such file or directory, open '\/nope\.crt' \(sslrootcert, sslcert and sslkey must name files that exist\)/,
    ),
  },
  {
    id: 'database/E31',
    title: 'sslmode=verify-full with a server without TLS',
    createUrl: async ({ url }) => withParts(url, { search: '?sslmode=verify-full' }),
    line: cannotOpen(
      /The server does not support SSL connections \(leave sslmode out, or enable TLS on the server\)/,
    ),
  },
  {
    id: 'database/E32',
    title: 'sslmode=require with a server without TLS, without a warning of pg',
    createUrl: async ({ url }) => withParts(url, { search: '?sslmode=require' }),
    line: cannotOpen(
      /The server does not support SSL connections \(leave sslmode out, or enable TLS on the server\)/,
    ),
  },
  {
    id: 'database/E33',
    title: 'a database of a newer version',
    createUrl: async ({ url, applyNewerMigration }) => {
      await applyNewerMigration()
      return url
    },
    line: cannotOpen(
      /corrupted migrations: previously executed migration 999_later is missing \(a newer version of this project has migrated it: update this one\)/,
    ),
  },
]
