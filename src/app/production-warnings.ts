import type { Config } from '../config/config.ts'
import { parsePostgresUrl } from '../database/postgres.ts'
import { isLoopbackUrl } from '../lib/loopback.ts'

const LOCAL_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1'])

/**
 * Returns a line for each setting that is valid but insecure in production: what, why, and what to do.
 * @param servers the servers that use the settings: `api`, `webapp`
 */
export function listProductionWarnings(config: Config, servers: readonly string[]): readonly string[] {
  if (!config.isProduction) return []
  const { issuer, redisUrl, databaseUrl, http, webapp } = config
  const warnings: readonly (readonly [isInsecure: boolean | undefined, text: string])[] = [
    [
      issuer?.startsWith('http:'),
      'OKTA_ISSUER: is plain http on this machine, so any program that listens on its port can issue tokens. Set it to an https URL.',
    ],
    [
      databaseUrl.startsWith('postgres') && isExposedPostgres(databaseUrl),
      'DATABASE_URL: is used without verified TLS, so others on the network can read the password and the books. Add sslmode=verify-full.',
    ],
    [
      redisUrl?.startsWith('redis:') && !isLoopbackUrl(new URL(redisUrl)),
      'REDIS_URL: is used without TLS, so others on the network can read the password. Set it to a rediss:// URL.',
    ],
    [
      servers.includes('api') && http.requestsPerMinute === undefined,
      'RATE_LIMIT: is not set, so one client can use all of the capacity. Set it, unless the proxy limits requests.',
    ],
    [
      servers.includes('webapp') && !webapp.redirectUri?.startsWith('https:'),
      'WEBAPP_REDIRECT_URI: is not an https URL, so session cookies are sent in plain text. Set it to the https URL of the web app.',
    ],
  ]
  return warnings.filter(([isInsecure]) => isInsecure).map(([, text]) => text)
}

/** Tests for connections to another machine without TLS, or without a check of the certificate. */
function isExposedPostgres(url: string): boolean {
  try {
    const { host = '', ssl } = parsePostgresUrl(url)
    if (host.startsWith('/') || LOCAL_HOSTS.has(host)) return false
    return !ssl || Object(ssl).rejectUnauthorized === false
  } catch {
    // A certificate file that cannot be read: the start reports it.
    return false
  }
}
