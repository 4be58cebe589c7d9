import { rmSync } from 'node:fs'
import { startApiServer } from '../../../src/app/api-server.ts'
import { startEmbeddedAuthorizationServer } from '../../../src/app/authorization-server.ts'
import { resolvePublicUrls } from '../../../src/app/public-urls.ts'
import { startWebapp } from '../../../src/app/webapp.ts'
import { parseConfig } from '../../../src/config/config.ts'
import type { Clock } from '../../../src/lib/clock.ts'
import { TEST_SETTINGS } from '../service.ts'
import { createTemporaryFolder } from '../temporary-folder.ts'
import { createWebClient } from './web-client.ts'

type SiteOptions = {
  readonly settings?: Record<string, string>
  /** Settings of the web app only. */
  readonly webappSettings?: Record<string, string>
  /** The web app's clock. */
  readonly clock?: Clock
  /** Maps the API's URL to the one that the web app uses, for a proxy in between. */
  readonly rewriteApiUrl?: (apiUrl: string) => string
}

/** Starts the embedded authorization server, the API and the web app on free ports. */
export async function startSite({
  settings = {},
  webappSettings = {},
  clock,
  rewriteApiUrl = (apiUrl) => apiUrl,
}: SiteOptions = {}) {
  const config = parseConfig({ ...TEST_SETTINGS, WEBAPP_PORT: '0', ...settings })
  const parseWebappConfig = (copySettings: Record<string, string> = {}) =>
    parseConfig({ ...TEST_SETTINGS, WEBAPP_PORT: '0', ...settings, ...webappSettings, ...copySettings })
  const publicUrls = { ...resolvePublicUrls(config) }
  const dataFolder = createTemporaryFolder()
  let issuer = await startEmbeddedAuthorizationServer(config, dataFolder, () => publicUrls)
  const api = await startApiServer(config, issuer.url)
  const upstreams = { issuerUrl: issuer.url, apiUrl: rewriteApiUrl(api.url) }
  const webapp = await startWebapp(parseWebappConfig(), upstreams, undefined, clock)
  const webapps = [webapp]
  publicUrls.api = api.url
  publicUrls.webapp = webapp.url
  return {
    issuerUrl: issuer.url,
    apiUrl: api.url,
    url: webapp.url,
    newClient: () => createWebClient(webapp.url),
    /** Starts another copy of the web app. They share sessions if they share DATABASE_URL and SESSION_SECRET. @returns its origin */
    async startCopy(copySettings?: Record<string, string>) {
      const copy = await startWebapp(parseWebappConfig(copySettings), upstreams, undefined, clock)
      webapps.push(copy)
      return copy.url
    },
    stopApi: () => api.close(),
    stopIssuer: () => issuer.close(),
    /** Restarts the issuer with the same URL and keys. Its sessions and refresh tokens are lost. */
    async restartIssuer() {
      const issuerPort = Number(new URL(issuer.url).port)
      await issuer.close()
      issuer = await startEmbeddedAuthorizationServer({ ...config, issuerPort }, dataFolder, () => publicUrls)
    },
    async close() {
      for (const copy of webapps) await copy.close()
      await api.close()
      await issuer.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

export type Site = Awaited<ReturnType<typeof startSite>>
