import type { Clock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { startApiServer } from '../../src/start-api.ts'
import { configuredUrls, startEmbedded } from '../../src/start-issuer.ts'
import { startWebapp } from '../../src/start-webapp.ts'

const FREE = {
  PORT: '0',
  ISSUER_PORT: '0',
  WEBAPP_PORT: '0',
  LOG_LEVEL: 'silent',
  DATABASE_URL: 'file::memory:',
}

/**
 * The whole site on free ports: embedded issuer, API, web app.
 * @param clock the web app's
 */
export async function startSite(settings: Record<string, string> = {}, clock?: Clock) {
  const config = readConfig({ ...FREE, ...settings })
  const urls = { ...configuredUrls(config) }
  const issuer = await startEmbedded(config, undefined, () => urls)
  const api = await startApiServer(config, issuer.url)
  const webapp = await startWebapp(config, { issuer: issuer.url, api: api.url }, undefined, clock)
  urls.api = api.url
  urls.webapp = webapp.url
  return {
    issuer,
    api,
    webapp,
    url: webapp.url,
    async close() {
      await webapp.close()
      await api.close()
      await issuer.close()
    },
  }
}

export type Site = Awaited<ReturnType<typeof startSite>>
