import { type Config, SettingsFaults } from './config.ts'
import { SCOPES } from './generated/scopes.ts'
import { JOB_CLIENT } from './issuer/registry.ts'
import type { SettingName } from './settings.ts'
import { type Running, startApiServer } from './start-api.ts'
import { startEmbedded } from './start-issuer.ts'

const DATA_FOLDER = 'data'

/** A start that cannot be; its message says how it can. */
class StartFault extends Error {
  override readonly name = 'StartFault'
}

/** The whole thing on one machine; says where each part listens and how to make a first call. */
export async function startAll(config: Config): Promise<void> {
  const issuer = config.issuer === undefined ? await startEmbeddedHere(config) : undefined
  const url = config.issuer ?? issuer?.url ?? ''
  const api = await startOr(issuer, () => onPort('PORT', () => startApiServer(config, url)))
  stopOnSignals(issuer ? [api, issuer] : [api])
  console.log(`API                   ${api.url}/graphql\nAuthorization server  ${url}`)
  if (issuer)
    console.log(
      `The job's client      ${JOB_CLIENT.id} / ${JOB_CLIENT.secret}\n\nTry it:\n${firstCall(api.url, url)}`,
    )
}

/** The API as in production. */
export async function startApiAlone(config: Config): Promise<void> {
  if (config.issuer === undefined)
    throw new SettingsFaults([
      'OKTA_ISSUER: is required here. For example: OKTA_ISSUER=https://example.okta.com/oauth2/default',
    ])
  const { issuer } = config
  const api = await onPort('PORT', () => startApiServer(config, issuer))
  stopOnSignals([api])
  console.log(`API                   ${api.url}/graphql`)
}

/** The embedded authorization server alone. */
export async function startIssuerAlone(config: Config): Promise<void> {
  const issuer = await startEmbeddedHere(config)
  stopOnSignals([issuer])
  console.log(`Authorization server  ${issuer.url}`)
}

const startEmbeddedHere = (config: Config) => onPort('ISSUER_PORT', () => startEmbedded(config, DATA_FOLDER))

async function onPort<T>(setting: SettingName, start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (error) {
    const { code, port } = error as { code?: string; port?: number }
    if (code !== 'EADDRINUSE' || port === undefined) throw error
    throw new StartFault(`Port ${port} is in use. Set ${setting} to another, as ${setting}=${port + 1}.`)
  }
}

async function startOr(
  issuer: { close(): Promise<void> } | undefined,
  start: () => Promise<Running>,
): Promise<Running> {
  try {
    return await start()
  } catch (error) {
    await issuer?.close()
    throw error
  }
}

/** A curl line that works as it stands: a token for the least scope, then book 1. */
const firstCall = (api: string, issuer: string) =>
  `curl -s ${api}/graphql -H 'content-type: application/json' -d '{"query":"{ book(id: 1) { title author cost } }"}' \\
  -H "authorization: Bearer $(curl -s ${issuer}/v1/token -u ${JOB_CLIENT.id}:${JOB_CLIENT.secret} \\
  -d 'grant_type=client_credentials&scope=${SCOPES[0]?.name}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')"`

/** SIGTERM and SIGINT drain and exit 0; a second one does not wait. */
function stopOnSignals(parts: readonly { close(): Promise<void> }[]): void {
  let stopping = false
  const stop = async () => {
    if (stopping) process.exit(1)
    stopping = true
    for (const part of parts) await part.close()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
