import { type Config, InvalidSettingsError } from '../config/config.ts'
import { SCOPES } from '../generated/scopes.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { createLogger } from '../observability/logger.ts'
import { type PublicUrls, resolvePublicUrls } from './public-urls.ts'

/**
 * Starts the embedded authorization server with the audience, scopes and clients of this configuration.
 * @param dataFolder folder of its signing keys; undefined keeps them in memory
 * @param getPublicUrls read on each request, since the other servers start later and may listen on any free port
 * @throws InvalidSettingsError in production, and EADDRINUSE when the port is taken
 */
export async function startEmbeddedAuthorizationServer(
  config: Config,
  dataFolder: string | undefined,
  getPublicUrls: () => PublicUrls = () => resolvePublicUrls(config),
  clock: Clock = systemClock,
) {
  if (config.isProduction)
    throw new InvalidSettingsError([
      'NODE_ENV: must not be production with the embedded authorization server, which is for development.',
    ])
  // Imported on demand, so that the API alone does not load oidc-provider.
  const { startAuthorizationServer } = await import('../authorization-server/server.ts')
  return startAuthorizationServer({
    port: config.issuerPort,
    dataFolder,
    limits: config.http,
    audience: config.audience,
    scopes: SCOPES.map((scope) => scope.name),
    redirectUris: () => redirectUris(getPublicUrls(), config.webapp.redirectUri),
    log: await createLogger(config),
    clock,
  })
}

/** The web app may use its root or `/callback`, as the seed does; the IDE may be opened by both names of this machine. */
function redirectUris({ api, webapp }: PublicUrls, webappRedirectUri = `${webapp}/callback`) {
  const ide = `${api}/graphql`
  return {
    webapp: [...new Set([webapp, `${webapp}/callback`, webappRedirectUri])],
    ide: [...new Set([ide, ide.replace('//localhost:', '//127.0.0.1:')])],
  }
}
