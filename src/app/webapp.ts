import { hkdfSync } from 'node:crypto'
import { WEBAPP_CLIENT } from '../authorization-server/clients-and-users.ts'
import { madeSecret } from '../clients/webapp/session-secret.ts'
import { createWebapp } from '../clients/webapp/webapp.ts'
import { type Config, missingClient, SettingsFaults } from '../config/config.ts'
import { SETTINGS } from '../config/settings.ts'
import { openDatabase } from '../database/database.ts'
import { createKeep } from '../database/encrypted-store.ts'
import { Refusal } from '../errors/api-error.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { repeated } from '../lib/interval.ts'
import { createLog } from '../observability/logger.ts'
import type { Part } from './lifecycle.ts'

/** Where the servers are that it calls: the issuer, and the API's origin. */
type Places = { readonly issuer: string; readonly api: string }

const SWEEP_MS = 600_000

/**
 * Starts the web app, with a connection of its own to the database; issuer and API may be away.
 * @param dataFolder where a secret that is made is kept; undefined keeps it in memory
 * @returns its origin
 * @throws SettingsFaults in production without its settings, and without a client of its own at an issuer elsewhere, StoreFault, and EADDRINUSE when the port is taken
 */
export async function startWebapp(
  config: Config,
  { issuer, api }: Places,
  dataFolder: string | undefined,
  clock: Clock = systemClock,
): Promise<Part & { url: string }> {
  requireClient(config)
  requireInProduction(config)
  const client = config.webapp.client ?? WEBAPP_CLIENT
  const inMemory = config.databaseUrl === 'file::memory:'
  const secret = config.webapp.sessionSecret ?? madeSecret(inMemory ? undefined : dataFolder)
  const database = await openDatabase(config.databaseUrl, config.pool)
  const keep = createKeep(database, secret, clock.now)
  const webapp = createWebapp({
    issuer,
    api,
    client,
    wellKnown: client === WEBAPP_CLIENT,
    redirectUri: config.webapp.redirectUri,
    production: config.production,
    rooms: keep,
    lives: config.webapp.lives,
    cookieSecret: Buffer.from(hkdfSync('sha256', secret, '', 'fakebook cookie', 32)).toString('base64url'),
    now: clock.now,
    outage: (error) => error instanceof Refusal && error.details.code === 'SERVICE_UNAVAILABLE',
    limits: config.http,
    log: await createLog(config),
  })
  const stopSweeping = repeated(clock, SWEEP_MS, () => keep.sweep())
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
      throw new SettingsFaults([
        `WEBAPP_REDIRECT_URI: its path is that of a page. For example: WEBAPP_REDIRECT_URI=${SETTINGS.WEBAPP_REDIRECT_URI.example}`,
      ])
    throw error
  }
}

/** @throws SettingsFaults without a client of its own at an issuer that is not on this machine */
function requireClient({ issuer, webapp, production }: Config): void {
  const faults = production ? [] : missingClient(issuer, webapp.client, 'WEBAPP')
  if (faults.length > 0)
    throw new SettingsFaults(faults.map((fault) => `${fault} The API alone ("npm run api") needs neither.`))
}

/** @throws SettingsFaults in production, where nothing is made up */
function requireInProduction({ production, webapp }: Config): void {
  const faults = [
    ...(webapp.client ? [] : ['WEBAPP_CLIENT_ID and WEBAPP_CLIENT_SECRET: are required in production.']),
    ...(webapp.sessionSecret
      ? []
      : ['SESSION_SECRET: is required in production, the output of "openssl rand -base64 32".']),
  ]
  if (production && faults.length > 0) throw new SettingsFaults(faults)
}
