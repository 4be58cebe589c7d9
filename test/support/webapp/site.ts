import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApiServer } from '../../../src/app/api-server.ts'
import { resolvePublicUrls, startEmbeddedAuthorizationServer } from '../../../src/app/authorization-server.ts'
import { startWebapp } from '../../../src/app/webapp.ts'
import { parseConfig } from '../../../src/config/config.ts'
import type { Clock } from '../../../src/lib/clock.ts'
import { TEST_SETTINGS } from '../service.ts'
import { createWebClient } from './web-client.ts'

/**
 * The whole site on free ports: embedded issuer, API, web app.
 * @param clock the web app's
 * @param webappSettings what is set for the web app alone
 * @param rewriteApiUrl gets the API's address, and has the one where the web app finds it
 */
export async function startSite(
  settings: Record<string, string> = {},
  clock?: Clock,
  webappSettings: Record<string, string> = {},
  rewriteApiUrl: (api: string) => string = (api) => api,
) {
  const config = parseConfig({ ...TEST_SETTINGS, WEBAPP_PORT: '0', ...settings })
  const webappConfig = parseConfig({ ...TEST_SETTINGS, WEBAPP_PORT: '0', ...settings, ...webappSettings })
  const urls = { ...resolvePublicUrls(config) }
  const keys = mkdtempSync(join(tmpdir(), 'fakebook-'))
  let issuer = await startEmbeddedAuthorizationServer(config, keys, () => urls)
  const api = await startApiServer(config, issuer.url)
  const places = { issuerUrl: issuer.url, apiUrl: rewriteApiUrl(api.url) }
  const webapp = await startWebapp(webappConfig, places, undefined, clock)
  const copies = [webapp]
  urls.api = api.url
  urls.webapp = webapp.url
  return {
    issuerUrl: issuer.url,
    apiUrl: api.url,
    url: webapp.url,
    newClient: () => createWebClient(webapp.url),
    /** One more copy of the web app; they share what they keep if the settings say so. @returns its origin */
    async startCopy() {
      const copy = await startWebapp(webappConfig, places, undefined, clock)
      copies.push(copy)
      return copy.url
    },
    stopApi: () => api.close(),
    stopIssuer: () => issuer.close(),
    /** The same address and keys; it has forgotten all sessions and refresh tokens. */
    async restartIssuer() {
      const { port } = new URL(issuer.url)
      await issuer.close()
      issuer = await startEmbeddedAuthorizationServer(
        { ...config, issuerPort: Number(port) },
        keys,
        () => urls,
      )
    },
    async close() {
      for (const copy of copies) await copy.close()
      await api.close()
      await issuer.close()
    },
  }
}

export type Site = Awaited<ReturnType<typeof startSite>>

/** For what must know its port before it listens. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
