import { hkdfSync, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { EMBEDDED_WEBAPP_CLIENT } from '../authorization-server/clients-and-users.ts'
import { createWebapp } from '../clients/webapp/webapp.ts'
import { type Config, InvalidSettingsError, missingClientErrors } from '../config/config.ts'
import { SETTINGS } from '../config/settings.ts'
import { openDatabase } from '../database/database.ts'
import { createEncryptedStore } from '../database/encrypted-store.ts'
import { ApiError } from '../errors/api-error.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { startInterval } from '../lib/interval.ts'
import { readSecretFile, writeSecretFile } from '../lib/secret-file.ts'
import { createLogger } from '../observability/logger.ts'
import type { StoppableServer } from './lifecycle.ts'

/** Where the servers are that it calls: the issuer, and the API's origin. */
type Places = { readonly issuerUrl: string; readonly apiUrl: string }

const SWEEP_MS = 600_000
const SECRET_BYTES = 32

/**
 * Starts the web app, with a connection of its own to the database; issuer and API may be away.
 * @param dataFolder where a secret that is made is kept; undefined keeps it in memory
 * @returns its origin
 * @throws InvalidSettingsError in production without its settings, and without a client of its own at an issuer elsewhere, DatabaseOpenError, and EADDRINUSE when the port is taken
 */
export async function startWebapp(
  config: Config,
  { issuerUrl, apiUrl }: Places,
  dataFolder: string | undefined,
  clock: Clock = systemClock,
): Promise<StoppableServer & { url: string }> {
  requireClient(config)
  requireInProduction(config)
  const client = config.webapp.client ?? EMBEDDED_WEBAPP_CLIENT
  const inMemory = config.databaseUrl === 'file::memory:'
  const secret = config.webapp.sessionSecret ?? loadOrCreateSessionSecret(inMemory ? undefined : dataFolder)
  const database = await openDatabase(config.databaseUrl, config.databasePool)
  const keep = createEncryptedStore(database, secret, clock.now)
  const webapp = createWebapp({
    issuer: issuerUrl,
    apiUrl,
    client,
    isClientSecretPublic: client === EMBEDDED_WEBAPP_CLIENT,
    redirectUri: config.webapp.redirectUri,
    isProduction: config.isProduction,
    stores: keep,
    lifetimes: config.webapp.sessionLifetimes,
    cookieSecret: Buffer.from(hkdfSync('sha256', secret, '', 'fakebook cookie', 32)).toString('base64url'),
    now: clock.now,
    isStorageOutage: (error) => error instanceof ApiError && error.details.code === 'SERVICE_UNAVAILABLE',
    limits: config.http,
    log: await createLogger(config),
  })
  const stopSweeping = startInterval(clock, SWEEP_MS, () => keep.deleteExpired())
  const close = async (politely?: boolean) => {
    stopSweeping()
    await webapp.close(politely)
    await database.destroy()
  }
  try {
    return { url: await webapp.listen(config.webapp.port, config.host), close }
  } catch (error) {
    await close()
    if ((error as { code?: unknown }).code === 'FST_ERR_DUPLICATED_ROUTE')
      throw new InvalidSettingsError([
        `WEBAPP_REDIRECT_URI: its path is that of a page. For example: WEBAPP_REDIRECT_URI=${SETTINGS.WEBAPP_REDIRECT_URI.example}`,
      ])
    throw error
  }
}

/**
 * Reads the session secret of an earlier start, or creates one, readable by its owner only.
 * @param dataFolder undefined keeps the secret in memory, so that a restart signs everyone out
 */
export function loadOrCreateSessionSecret(dataFolder: string | undefined): string {
  const file = dataFolder && join(dataFolder, 'session-secret')
  const stored = readSecretFile(file)
  if (stored !== undefined) return stored.trim()
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  writeSecretFile(file, secret)
  return secret
}

/** @throws InvalidSettingsError without a client of its own at an issuer that is not on this machine */
function requireClient({ issuer, webapp, isProduction }: Config): void {
  const faults = isProduction ? [] : missingClientErrors(issuer, webapp.client, 'WEBAPP')
  if (faults.length > 0)
    throw new InvalidSettingsError(
      faults.map((fault) => `${fault} The API alone ("npm run api") needs neither.`),
    )
}

/** @throws InvalidSettingsError in production, where nothing is made up */
function requireInProduction({ isProduction, webapp }: Config): void {
  const faults = [
    ...(webapp.client ? [] : ['WEBAPP_CLIENT_ID and WEBAPP_CLIENT_SECRET: are required in production.']),
    ...(webapp.sessionSecret
      ? []
      : ['SESSION_SECRET: is required in production, the output of "openssl rand -base64 32".']),
  ]
  if (isProduction && faults.length > 0) throw new InvalidSettingsError(faults)
}
