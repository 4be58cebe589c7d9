import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import type pg from 'pg'

/** What `DATABASE_URL` says about TLS; all else in it is pg's to read. */
const FILES = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' } as const
const TLS = ['ssl', 'sslmode', 'sslnegotiation', 'uselibpqcompat', ...Object.keys(FILES)]

/**
 * How to reach PostgreSQL. Whatever asks for TLS asks for a certificate that is checked, and for this host, as
 * `sslmode=verify-full` does: libpq's `prefer` and `require` would take anybody's. Certificates are read once.
 * @param url `postgres://…`, as libpq writes it
 * @throws when a certificate's file cannot be read
 */
export function parsePostgresUrl(url: string): pg.ClientConfig {
  const plain = new URL(url)
  const { searchParams: given } = plain
  const ssl = tlsOf(given)
  const negotiation = given.get('sslnegotiation')
  for (const name of TLS) given.delete(name)
  return {
    connectionString: plain.href,
    ...(ssl !== undefined && { ssl }),
    ...(negotiation === 'direct' && { sslnegotiation: negotiation }),
  }
}

/** @returns false: none; undefined: nothing is said of it */
function tlsOf(given: URLSearchParams): ConnectionOptions | false | undefined {
  if (!TLS.some((name) => given.has(name))) return undefined
  const mode = given.get('sslmode') ?? given.get('ssl')
  if (mode === 'disable' || mode === '0' || mode === 'false') return false
  const files = Object.entries(FILES).map(
    ([name, option]) => [option, fileOf(name, given.get(name))] as const,
  )
  return {
    ...Object.fromEntries(files.filter(([, text]) => text !== undefined)),
    ...(mode === 'no-verify' && { rejectUnauthorized: false }),
  }
}

function fileOf(name: string, path: string | null): string | undefined {
  if (path === null) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`the file of ${name} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
