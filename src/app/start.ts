import {
  describeAccess,
  EMBEDDED_IDE_CLIENT_ID,
  EMBEDDED_JOB_CLIENT,
  EMBEDDED_WEBAPP_CLIENT,
  USERS,
} from '../authorization-server/clients-and-users.ts'
import type { Config } from '../config/config.ts'
import type { SettingName } from '../config/settings.ts'
import { SCOPES } from '../generated/scopes.ts'
import { createLogger } from '../observability/logger.ts'
import { type Addresses, announce } from './announce.ts'
import { startApiServer } from './api-server.ts'
import { startEmbeddedAuthorizationServer } from './authorization-server.ts'
import { exitOnUncaughtException, type StoppableServer, shutDownOnSignals } from './lifecycle.ts'
import { explainListenErrors } from './listen-errors.ts'
import { embeddedIssuerUrl, resolvePublicUrls } from './public-urls.ts'
import { startWebapp } from './webapp.ts'

/** Folder of the signing keys of the embedded authorization server and of a generated session secret. */
const DATA_FOLDER = 'data'

type StartServer = () => Promise<StoppableServer & { readonly url: string }>

/** Starts the API, the web app and, unless an issuer is set, the embedded authorization server. */
export async function startAll(config: Config): Promise<void> {
  const log = await createLogger(config)
  exitOnUncaughtException(log)
  const running: StoppableServer[] = []
  const publicUrls = { ...resolvePublicUrls(config) }
  async function run(portSetting: SettingName, start: StartServer): Promise<string> {
    const server = await explainListenErrors(portSetting, start)
    running.unshift(server)
    return server.url
  }
  try {
    const startIssuer = () => startEmbeddedAuthorizationServer(config, DATA_FOLDER, () => publicUrls)
    const issuerUrl = config.issuer ?? (await run('ISSUER_PORT', startIssuer))
    const api = await run('PORT', () => startApiServer(config, issuerUrl))
    publicUrls.api = config.apiUrl ?? api
    const upstreams = { issuerUrl, apiUrl: publicUrls.api }
    const webapp = await run('WEBAPP_PORT', () => startWebapp(config, upstreams, DATA_FOLDER))
    publicUrls.webapp = webapp

    shutDownOnSignals(running, config.http.drainDelayMs)
    announce(config, log, { api, authorizationServer: issuerUrl, webapp })
    if (config.logFormat === 'pretty') printAccess(api, issuerUrl, config.issuer === undefined)
  } catch (error) {
    for (const server of running) await server.close()
    throw error
  }
}

export const startApiAlone = (config: Config, issuer: string) =>
  startAlone(config, 'PORT', 'api', () => startApiServer(config, issuer))

export const startAuthorizationServerAlone = (config: Config) =>
  startAlone(config, 'ISSUER_PORT', 'authorizationServer', () =>
    startEmbeddedAuthorizationServer(config, DATA_FOLDER),
  )

/** Starts the web app alone; the API and the authorization server run elsewhere. */
export function startWebappAlone(config: Config): Promise<void> {
  const issuerUrl = config.issuer ?? embeddedIssuerUrl(config)
  const apiUrl = resolvePublicUrls(config).api
  return startAlone(config, 'WEBAPP_PORT', 'webapp', () =>
    startWebapp(config, { issuerUrl, apiUrl }, DATA_FOLDER),
  )
}

async function startAlone(
  config: Config,
  portSetting: SettingName,
  name: keyof Addresses,
  start: StartServer,
): Promise<void> {
  const log = await createLogger(config)
  exitOnUncaughtException(log)
  const server = await explainListenErrors(portSetting, start)
  shutDownOnSignals([server], config.http.drainDelayMs)
  announce(config, log, { [name]: server.url })
}

function printAccess(apiUrl: string, issuerUrl: string, isEmbedded: boolean): void {
  console.log('GraphQL IDE           open the API’s address in a browser')
  if (!isEmbedded) return
  const accounts = USERS.map((user) => {
    const note = user.deniedScopes.length > 0 ? ` (${describeAccess(user)})` : ''
    return `Demo account          ${user.login} / ${user.password}${note}`
  })
  console.log(`${accounts.join('\n')}
Job client            ${EMBEDDED_JOB_CLIENT.id} / ${EMBEDDED_JOB_CLIENT.secret}
Web app client        ${EMBEDDED_WEBAPP_CLIENT.id} / ${EMBEDDED_WEBAPP_CLIENT.secret}
IDE client            ${EMBEDDED_IDE_CLIENT_ID}

Try it:
${firstCall(apiUrl, issuerUrl)}
`)
}

/** Returns a curl line that requests a token with the read scope and then book 1. */
const firstCall = (apiUrl: string, issuerUrl: string) =>
  `curl -s ${apiUrl}/graphql -H 'content-type: application/json' -d '{"query":"{ book(id: 1) { title author cost } }"}' \\
  -H "authorization: Bearer $(curl -s ${issuerUrl}/v1/token -u ${EMBEDDED_JOB_CLIENT.id}:${EMBEDDED_JOB_CLIENT.secret} \\
  -d 'grant_type=client_credentials&scope=${SCOPES[0]?.name}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')"`
