import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import type pg from 'pg'

const CERTIFICATE_PARAMETERS = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' } as const
const TLS_PARAMETERS = [
  'ssl',
  'sslmode',
  'sslnegotiation',
  'uselibpqcompat',
  ...Object.keys(CERTIFICATE_PARAMETERS),
]

/**
 * Parses the TLS parameters of a PostgreSQL URL; pg parses the rest. Every mode with TLS verifies the certificate and its
 * host, as `sslmode=verify-full` does, since libpq's `prefer` and `require` would accept any certificate. Certificate
 * files are read once.
 * @param url `postgres://…`, in libpq's format
 * @throws Error when a certificate file cannot be read
 */
export function parsePostgresUrl(url: string): pg.ClientConfig {
  const plainUrl = new URL(url)
  const { searchParams } = plainUrl
  const ssl = parseTlsOptions(searchParams)
  const negotiation = searchParams.get('sslnegotiation')
  for (const name of TLS_PARAMETERS) searchParams.delete(name)
  return {
    connectionString: plainUrl.href,
    ...(ssl !== undefined && { ssl }),
    ...(negotiation === 'direct' && { sslnegotiation: negotiation }),
  }
}

/** Returns false if TLS is disabled, and undefined if the URL has no parameter for it. */
function parseTlsOptions(searchParams: URLSearchParams): ConnectionOptions | false | undefined {
  if (!TLS_PARAMETERS.some((name) => searchParams.has(name))) return undefined
  const mode = searchParams.get('sslmode') ?? searchParams.get('ssl')
  if (mode === 'disable' || mode === '0' || mode === 'false') return false
  const options: ConnectionOptions = mode === 'no-verify' ? { rejectUnauthorized: false } : {}
  for (const [name, option] of Object.entries(CERTIFICATE_PARAMETERS)) {
    const path = searchParams.get(name)
    if (path !== null) options[option] = readCertificate(name, path)
  }
  return options
}

function readCertificate(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`the file of ${name} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}
