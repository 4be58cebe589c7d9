import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { EMBEDDED_WEBAPP_CLIENT } from '../authorization-server/clients-and-users.ts'
import { createWebapp } from '../clients/webapp/webapp.ts'
import { type Config, InvalidSettingsError } from '../config/config.ts'
import { SETTINGS } from '../config/settings.ts'
import { openDatabase } from '../database/database.ts'
import { createEncryptedStore } from '../database/encrypted-store.ts'
import { ExitError } from '../errors/exit-error.ts'
import { createGetClientAddress } from '../lib/client-address.ts'
import { createClientBuffers } from '../lib/client-buffers.ts'
import { type Clock, runInBatches, startInterval, systemClock } from '../lib/clock.ts'
import { createRateLimit } from '../lib/rate-limit.ts'
import { connectToRedis } from '../lib/redis-client.ts'
import { createRequestQueue } from '../lib/request-queue.ts'
import { deriveKeys } from '../lib/seal.ts'
import { readSecretFile, writeSecretFile } from '../lib/secret-file.ts'
import { createLogger } from '../observability/logger.ts'

const DELETE_EXPIRED_INTERVAL_MS = 600_000
const SECRET_BYTES = 32
const MIN_SECRET_LENGTH = 32

/**
 * Starts the web app with its own database connection; `WEBAPP_RULES` checks its settings. The issuer and the API may be unavailable at the time.
 * @param dataFolder folder of a generated session secret; undefined keeps it in memory
 * @returns the running server; `url` is its origin
 * @throws InvalidSettingsError for a redirect URI with the path of a page, DatabaseOpenError, and EADDRINUSE when the port is taken
 */
export async function startWebapp(
  config: Config,
  { issuerUrl, apiUrl }: { readonly issuerUrl: string; readonly apiUrl: string },
  dataFolder: string | undefined,
  clock: Clock = systemClock,
) {
  const client = config.webapp.client ?? EMBEDDED_WEBAPP_CLIENT
  const isInMemory = config.databaseUrl === 'file::memory:'
  const { sessionSecrets } = config.webapp
  const secrets =
    sessionSecrets.length > 0
      ? sessionSecrets
      : [loadOrCreateSessionSecret(isInMemory ? undefined : dataFolder)]
  const database = await openDatabase(config.databaseUrl, config.database)
  const stores = createEncryptedStore(database, secrets, clock.now)
  const log = await createLogger(config)
  const logError = (error: unknown) => log.error(error)
  const { requestsPerMinute: maxPerMinute, trustedProxies } = config.http
  const redis =
    maxPerMinute && config.redisUrl ? connectToRedis(config.redisUrl, config.redisTimeoutMs, log) : undefined
  const limitAddress = maxPerMinute
    ? createRateLimit({ name: 'address', maxPerMinute, redisClient: redis?.client, clock })
    : undefined
  const buffers = createClientBuffers(config.http, clock, (reason) =>
    log.warn({ reason }, 'connection closed'),
  )
  const webapp = createWebapp({
    issuer: issuerUrl,
    apiUrl,
    client,
    isClientSecretPublic: client === EMBEDDED_WEBAPP_CLIENT,
    redirectUri: config.webapp.redirectUri,
    isProduction: config.isProduction,
    stores,
    lifetimes: config.webapp.sessionLifetimes,
    deriveKeys: (purpose) => deriveKeys(secrets, '', `fakebook ${purpose}`),
    requestQueue: createRequestQueue(config.http),
    buffers,
    limitAddress,
    getClientAddress: createGetClientAddress(trustedProxies),
    now: clock.now,
    limits: config.http,
    log,
  })
  const deleteExpired = (signal: AbortSignal) => runInBatches(clock, signal, stores.deleteExpiredBatch)
  const stopDeletingExpired = startInterval(clock, DELETE_EXPIRED_INTERVAL_MS, deleteExpired, logError)
  async function close(keepIdleConnections?: boolean): Promise<void> {
    stopDeletingExpired()
    await webapp.close(keepIdleConnections)
    buffers.stop()
    redis?.close()
    await database.destroy()
  }
  try {
    return { url: await webapp.listen(config.webapp.port, config.host), close }
  } catch (error) {
    await close()
    if ((error as { code?: unknown }).code === 'FST_ERR_DUPLICATED_ROUTE')
      throw new InvalidSettingsError([
        `WEBAPP_REDIRECT_URI: must not have the path of a page of the web app. For example: WEBAPP_REDIRECT_URI=${SETTINGS.WEBAPP_REDIRECT_URI.example}`,
      ])
    throw error
  }
}

/**
 * Reads the session secret of an earlier start, or creates one, readable by its owner only.
 * @param dataFolder undefined keeps the secret in memory, so that a restart signs everyone out
 * @throws ExitError when the file is empty or too short: anyone could guess the key
 */
export function loadOrCreateSessionSecret(dataFolder: string | undefined): string {
  const file = dataFolder && join(dataFolder, 'session-secret')
  const stored = readSecretFile(file)?.trim()
  if (stored !== undefined && stored.length < MIN_SECRET_LENGTH)
    throw new ExitError(`${file} is not a session secret. Delete it to create a new one.`)
  if (stored !== undefined) return stored
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  writeSecretFile(file, secret)
  return secret
}
