import { DEMO_USER, EMBEDDED_JOB_CLIENT } from '../authorization-server/clients-and-users.ts'
import { type Config, InvalidSettingsError, requireIssuer } from '../config/config.ts'
import type { SettingName } from '../config/settings.ts'
import { SCOPES } from '../generated/scopes.ts'
import { createLogger } from '../observability/logger.ts'
import { type RunningServer, startApiServer } from './api-server.ts'
import {
  embeddedIssuerUrl,
  type PublicUrls,
  resolvePublicUrls,
  startEmbeddedAuthorizationServer,
} from './authorization-server.ts'
import { exitOnUncaughtException, type StoppableServer, shutDownOnSignals } from './lifecycle.ts'
import { startWebapp } from './webapp.ts'

const DATA_FOLDER = 'data'

/** A start that cannot be; its message says how it can. */
class StartError extends Error {
  override readonly name = 'StartError'
}

/**
 * The whole thing on one machine; says where each part listens and how to make a first call.
 * @throws InvalidSettingsError where several processes are asked for: they are the API's alone
 */
export async function startAll(config: Config): Promise<void> {
  if (config.workers > 1)
    throw new InvalidSettingsError([
      'WORKERS: is for the API alone. Start the parts by themselves ("npm run api", "npm run webapp"), or leave it out.',
    ])
  exitOnUncaughtException(await createLogger(config))
  const urls = { ...resolvePublicUrls(config) }
  const issuer = config.issuer === undefined ? await startEmbeddedHere(config, () => urls) : undefined
  const url = config.issuer ?? issuer?.url ?? ''
  const api = await startOr(issuer ? [issuer] : [], () =>
    explainListenErrors('PORT', () => startApiServer(config, url)),
  )
  const others = issuer ? [api, issuer] : [api]
  const places = { issuerUrl: url, apiUrl: config.apiUrl ?? api.url }
  const webapp = await startOr(others, () =>
    explainListenErrors('WEBAPP_PORT', () => startWebapp(config, places, DATA_FOLDER)),
  )
  urls.api = places.apiUrl
  urls.webapp = webapp.url
  shutDownOnSignals([webapp, ...others], config.http.drainDelayMs)
  console.log(
    `API                   ${api.url}/graphql\nAuthorization server  ${url}\nWeb app               ${webapp.url}` +
      '\nGraphQL IDE           the API’s address, in a browser',
  )
  if (issuer)
    console.log(
      `Sign in to both as    ${DEMO_USER.login} / ${DEMO_USER.password}\nThe job's client      ${EMBEDDED_JOB_CLIENT.id} / ${EMBEDDED_JOB_CLIENT.secret}` +
        `\n\nTry it:\n${firstCall(api.url, url)}`,
    )
}

/** The API as in production. */
export async function startApiAlone(config: Config): Promise<void> {
  const issuer = requireIssuer(config)
  exitOnUncaughtException(await createLogger(config))
  const api = await explainListenErrors('PORT', () => startApiServer(config, issuer))
  shutDownOnSignals([api], config.http.drainDelayMs)
  console.log(`API                   ${api.url}/graphql`)
}

/** The embedded authorization server alone. */
export async function startAuthorizationServerAlone(config: Config): Promise<void> {
  exitOnUncaughtException(await createLogger(config))
  const issuer = await startEmbeddedHere(config)
  shutDownOnSignals([issuer], config.http.drainDelayMs)
  console.log(`Authorization server  ${issuer.url}`)
}

/** The web app alone, for an API and an authorization server that run elsewhere. */
export async function startWebappAlone(config: Config): Promise<void> {
  exitOnUncaughtException(await createLogger(config))
  const { api: apiUrl } = resolvePublicUrls(config)
  const issuerUrl = config.issuer ?? embeddedIssuerUrl(config)
  const webapp = await explainListenErrors('WEBAPP_PORT', () =>
    startWebapp(config, { issuerUrl, apiUrl }, DATA_FOLDER),
  )
  shutDownOnSignals([webapp], config.http.drainDelayMs)
  console.log(`Web app               ${webapp.url}`)
}

const startEmbeddedHere = (config: Config, urls?: () => PublicUrls) =>
  explainListenErrors('ISSUER_PORT', () => startEmbeddedAuthorizationServer(config, DATA_FOLDER, urls))

/**
 * Starts what listens.
 * @throws StartError in place of what the system says when it cannot: it names the setting
 */
export async function explainListenErrors<T>(setting: SettingName, start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (error) {
    const fault = listenFault(error as Listening, setting)
    throw fault === undefined ? error : new StartError(fault)
  }
}

type Listening = {
  readonly code?: string
  readonly port?: number
  readonly address?: string
  readonly hostname?: string
}

/** Why nobody can listen there, and which setting changes it; undefined for any other fault. */
function listenFault(
  { code, port = 0, address, hostname }: Listening,
  setting: SettingName,
): string | undefined {
  const another = `Set ${setting} to another, as ${setting}=`
  if (code === 'EADDRINUSE') return `Port ${port} is in use. ${another}${port + 1}.`
  if (code === 'EACCES' && port > 0) return `Port ${port} is not for this user. ${another}${port + 4_000}.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `This machine has no address ${address ?? hostname}. Set HOST to one that it has, as HOST=127.0.0.1.`
  return undefined
}

/** Starts one more part; where that cannot be, those that run already are closed. */
async function startOr(
  parts: readonly StoppableServer[],
  start: () => Promise<RunningServer>,
): Promise<RunningServer> {
  try {
    return await start()
  } catch (error) {
    for (const part of parts) await part.close()
    throw error
  }
}

/** A curl line that works as it stands: a token for the least scope, then book 1. */
const firstCall = (api: string, issuer: string) =>
  `curl -s ${api}/graphql -H 'content-type: application/json' -d '{"query":"{ book(id: 1) { title author cost } }"}' \\
  -H "authorization: Bearer $(curl -s ${issuer}/v1/token -u ${EMBEDDED_JOB_CLIENT.id}:${EMBEDDED_JOB_CLIENT.secret} \\
  -d 'grant_type=client_credentials&scope=${SCOPES[0]?.name}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')"`
