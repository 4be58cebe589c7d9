import { describeAccess, EMBEDDED_JOB_CLIENT, USERS } from '../authorization-server/clients-and-users.ts'
import { type Config, InvalidSettingsError } from '../config/config.ts'
import { SCOPES } from '../generated/scopes.ts'
import { createLogger } from '../observability/logger.ts'
import { startApiServer } from './api-server.ts'
import { startEmbeddedAuthorizationServer } from './authorization-server.ts'
import { exitOnUncaughtException, type StoppableServer, shutDownOnSignals } from './lifecycle.ts'
import { explainListenErrors } from './listen-errors.ts'
import { embeddedIssuerUrl, resolvePublicUrls } from './public-urls.ts'
import { startWebapp } from './webapp.ts'

/** Folder of the signing keys of the embedded authorization server and of a generated session secret. */
const DATA_FOLDER = 'data'

/**
 * Starts the API, the web app and, unless an issuer is set, the embedded authorization server, and prints how to call
 * them.
 * @throws InvalidSettingsError with WORKERS above 1, which the API alone supports
 */
export async function startAll(config: Config): Promise<void> {
  if (config.workers > 1)
    throw new InvalidSettingsError([
      'WORKERS: must be 1 with "npm start". Start the API and the web app separately ("npm run api", "npm run webapp"), or leave WORKERS out.',
    ])
  exitOnUncaughtException(await createLogger(config))
  const running: StoppableServer[] = []
  const publicUrls = { ...resolvePublicUrls(config) }
  try {
    const authorizationServer =
      config.issuer === undefined
        ? await explainListenErrors('ISSUER_PORT', () =>
            startEmbeddedAuthorizationServer(config, DATA_FOLDER, () => publicUrls),
          )
        : undefined
    if (authorizationServer) running.unshift(authorizationServer)
    const issuerUrl = config.issuer ?? authorizationServer?.url ?? ''

    const api = await explainListenErrors('PORT', () => startApiServer(config, issuerUrl))
    running.unshift(api)
    publicUrls.api = config.apiUrl ?? api.url

    const webapp = await explainListenErrors('WEBAPP_PORT', () =>
      startWebapp(config, { issuerUrl, apiUrl: publicUrls.api }, DATA_FOLDER),
    )
    running.unshift(webapp)
    publicUrls.webapp = webapp.url

    shutDownOnSignals(running, config.http.drainDelayMs)
    printAddresses(api.url, issuerUrl, webapp.url)
    if (authorizationServer) printDemoAccess(api.url, issuerUrl)
  } catch (error) {
    for (const server of running) await server.close()
    throw error
  }
}

/** Starts the API alone. */
export async function startApiAlone(config: Config, issuer: string): Promise<void> {
  exitOnUncaughtException(await createLogger(config))
  const api = await explainListenErrors('PORT', () => startApiServer(config, issuer))
  shutDownOnSignals([api], config.http.drainDelayMs)
  console.log(`API                   ${api.url}/graphql`)
}

/** Starts the embedded authorization server alone. */
export async function startAuthorizationServerAlone(config: Config): Promise<void> {
  exitOnUncaughtException(await createLogger(config))
  const authorizationServer = await explainListenErrors('ISSUER_PORT', () =>
    startEmbeddedAuthorizationServer(config, DATA_FOLDER),
  )
  shutDownOnSignals([authorizationServer], config.http.drainDelayMs)
  console.log(`Authorization server  ${authorizationServer.url}`)
}

/** Starts the web app alone; the API and the authorization server run elsewhere. */
export async function startWebappAlone(config: Config): Promise<void> {
  exitOnUncaughtException(await createLogger(config))
  const issuerUrl = config.issuer ?? embeddedIssuerUrl(config)
  const apiUrl = resolvePublicUrls(config).api
  const webapp = await explainListenErrors('WEBAPP_PORT', () =>
    startWebapp(config, { issuerUrl, apiUrl }, DATA_FOLDER),
  )
  shutDownOnSignals([webapp], config.http.drainDelayMs)
  console.log(`Web app               ${webapp.url}`)
}

function printAddresses(apiUrl: string, issuerUrl: string, webappUrl: string): void {
  console.log(`API                   ${apiUrl}/graphql
Authorization server  ${issuerUrl}
Web app               ${webappUrl}
GraphQL IDE           open the API’s address in a browser`)
}

function printDemoAccess(apiUrl: string, issuerUrl: string): void {
  const accounts = USERS.map((user) => {
    const note = user.deniedScopes.length > 0 ? ` (${describeAccess(user)})` : ''
    return `Demo account          ${user.login} / ${user.password}${note}`
  })
  console.log(`${accounts.join('\n')}
The job's client      ${EMBEDDED_JOB_CLIENT.id} / ${EMBEDDED_JOB_CLIENT.secret}

Try it:
${firstCall(apiUrl, issuerUrl)}`)
}

/** Returns a curl line that requests a token with the read scope and then book 1. */
const firstCall = (apiUrl: string, issuerUrl: string) =>
  `curl -s ${apiUrl}/graphql -H 'content-type: application/json' -d '{"query":"{ book(id: 1) { title author cost } }"}' \\
  -H "authorization: Bearer $(curl -s ${issuerUrl}/v1/token -u ${EMBEDDED_JOB_CLIENT.id}:${EMBEDDED_JOB_CLIENT.secret} \\
  -d 'grant_type=client_credentials&scope=${SCOPES[0]?.name}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')"`
