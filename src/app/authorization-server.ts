import type { ClientRedirectUris } from '../authorization-server/clients-and-users.ts'
import { type Config, InvalidSettingsError } from '../config/config.ts'
import { SCOPES } from '../generated/scopes.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { createLogger } from '../observability/logger.ts'

/** Where the embedded clients' pages are: origins. */
export type PublicUrls = { readonly api: string; readonly webapp: string }

/** Where they are by the settings; other ports may be taken when 0 is set. */
export const resolvePublicUrls = (config: Config): PublicUrls => ({
  api: config.apiUrl ?? `http://localhost:${config.port}`,
  webapp: `http://localhost:${config.webapp.port}`,
})

/** What the embedded authorization server is called, by the settings. */
export const embeddedIssuerUrl = (config: Config) => `http://localhost:${config.issuerPort}/oauth2/default`

/**
 * Starts the embedded authorization server for this configuration's audience, scopes and clients.
 * @param dataFolder where its keys are kept; undefined keeps them in memory
 * @param clock what waits and graces are timed with
 * @throws InvalidSettingsError in production, and EADDRINUSE when the port is taken
 */
export async function startEmbeddedAuthorizationServer(
  config: Config,
  dataFolder: string | undefined,
  urls: () => PublicUrls = () => resolvePublicUrls(config),
  clock: Pick<Clock, 'now' | 'monotonicNow'> = systemClock,
) {
  if (config.isProduction)
    throw new InvalidSettingsError([
      'OKTA_ISSUER: is required in production; the embedded one is for development alone.',
    ])
  // Loaded where it runs: the API alone has no authorization server in its memory.
  const { startAuthorizationServer } = await import('../authorization-server/server.ts')
  return startAuthorizationServer({
    port: config.issuerPort,
    dataFolder,
    audience: config.audience,
    scopes: SCOPES.map((scope) => scope.name),
    redirectUris: () => placesOf(urls(), config.webapp.redirectUri),
    log: await createLogger(config),
    clock,
  })
}

/** What is registered for people's clients: the seed's two addresses of the web app, and the IDE's page by both names of this machine. */
function placesOf({ api, webapp }: PublicUrls, redirectUri = `${webapp}/callback`): ClientRedirectUris {
  const ide = `${api}/graphql`
  return {
    webapp: [...new Set([webapp, `${webapp}/callback`, redirectUri])],
    ide: [...new Set([ide, ide.replace('//localhost:', '//127.0.0.1:')])],
  }
}
