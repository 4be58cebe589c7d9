import { JOB_CLIENT, KNOWN_USER } from '../authorization-server/clients-and-users.ts'
import { type Config, requireIssuer, SettingsFaults } from '../config/config.ts'
import type { SettingName } from '../config/settings.ts'
import { SCOPES } from '../generated/scopes.ts'
import { createLog } from '../observability/logger.ts'
import { type Running, startApiServer } from './api-server.ts'
import { configuredUrls, embeddedIssuer, startEmbedded, type Urls } from './authorization-server.ts'
import { endOnFault, type Part, stopOnSignals } from './lifecycle.ts'
import { startWebapp } from './webapp.ts'

const DATA_FOLDER = 'data'

/** A start that cannot be; its message says how it can. */
class StartFault extends Error {
  override readonly name = 'StartFault'
}

/**
 * The whole thing on one machine; says where each part listens and how to make a first call.
 * @throws SettingsFaults where several processes are asked for: they are the API's alone
 */
export async function startAll(config: Config): Promise<void> {
  if (config.workers > 1)
    throw new SettingsFaults([
      'WORKERS: is for the API alone. Start the parts by themselves ("npm run api", "npm run webapp"), or leave it out.',
    ])
  endOnFault(await createLog(config))
  const urls = { ...configuredUrls(config) }
  const issuer = config.issuer === undefined ? await startEmbeddedHere(config, () => urls) : undefined
  const url = config.issuer ?? issuer?.url ?? ''
  const api = await startOr(issuer ? [issuer] : [], () => onPort('PORT', () => startApiServer(config, url)))
  const others = issuer ? [api, issuer] : [api]
  const places = { issuer: url, api: config.apiUrl ?? api.url }
  const webapp = await startOr(others, () =>
    onPort('WEBAPP_PORT', () => startWebapp(config, places, DATA_FOLDER)),
  )
  urls.api = places.api
  urls.webapp = webapp.url
  stopOnSignals([webapp, ...others], config.http.drainDelayMs)
  console.log(
    `API                   ${api.url}/graphql\nAuthorization server  ${url}\nWeb app               ${webapp.url}` +
      '\nGraphQL IDE           the API’s address, in a browser',
  )
  if (issuer)
    console.log(
      `Sign in to both as    ${KNOWN_USER.login} / ${KNOWN_USER.password}\nThe job's client      ${JOB_CLIENT.id} / ${JOB_CLIENT.secret}` +
        `\n\nTry it:\n${firstCall(api.url, url)}`,
    )
}

/** The API as in production. */
export async function startApiAlone(config: Config): Promise<void> {
  const issuer = requireIssuer(config)
  endOnFault(await createLog(config))
  const api = await onPort('PORT', () => startApiServer(config, issuer))
  stopOnSignals([api], config.http.drainDelayMs)
  console.log(`API                   ${api.url}/graphql`)
}

/** The embedded authorization server alone. */
export async function startIssuerAlone(config: Config): Promise<void> {
  endOnFault(await createLog(config))
  const issuer = await startEmbeddedHere(config)
  stopOnSignals([issuer], config.http.drainDelayMs)
  console.log(`Authorization server  ${issuer.url}`)
}

/** The web app alone, for an API and an authorization server that run elsewhere. */
export async function startWebappAlone(config: Config): Promise<void> {
  endOnFault(await createLog(config))
  const { api } = configuredUrls(config)
  const issuer = config.issuer ?? embeddedIssuer(config)
  const webapp = await onPort('WEBAPP_PORT', () => startWebapp(config, { issuer, api }, DATA_FOLDER))
  stopOnSignals([webapp], config.http.drainDelayMs)
  console.log(`Web app               ${webapp.url}`)
}

const startEmbeddedHere = (config: Config, urls?: () => Urls) =>
  onPort('ISSUER_PORT', () => startEmbedded(config, DATA_FOLDER, urls))

/**
 * Starts what listens.
 * @throws StartFault in place of what the system says when it cannot: it names the setting
 */
export async function onPort<T>(setting: SettingName, start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (error) {
    const fault = listenFault(error as Listening, setting)
    throw fault === undefined ? error : new StartFault(fault)
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
async function startOr(parts: readonly Part[], start: () => Promise<Running>): Promise<Running> {
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
  -H "authorization: Bearer $(curl -s ${issuer}/v1/token -u ${JOB_CLIENT.id}:${JOB_CLIENT.secret} \\
  -d 'grant_type=client_credentials&scope=${SCOPES[0]?.name}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')"`
