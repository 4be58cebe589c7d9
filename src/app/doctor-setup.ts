import { IDE_CLIENT, JOB_CLIENT, WEBAPP_CLIENT } from '../authorization-server/clients-and-users.ts'
import type { Config } from '../config/config.ts'
import type { Client, Port, Setup } from '../doctor/setup.ts'
import { SCOPES } from '../generated/scopes.ts'
import { configuredUrls, embeddedIssuer } from './authorization-server.ts'

/** What is to be looked at; the embedded clients stand in only for the embedded server. */
export function setupOf(config: Config): Setup {
  const embedded = config.issuer === undefined
  const orEmbedded = (client: Client | undefined, known: Client) => client ?? (embedded ? known : undefined)
  const { api, webapp } = configuredUrls(config)
  const ide = config.ideClientId === undefined ? undefined : { id: config.ideClientId }
  return Object.freeze({
    issuer: config.issuer ?? embeddedIssuer(config),
    embedded,
    audience: config.audience,
    scopes: SCOPES.map((scope) => scope.name),
    job: orEmbedded(config.client, JOB_CLIENT),
    webapp: {
      client: orEmbedded(config.webapp.client, WEBAPP_CLIENT),
      redirectUri: config.webapp.redirectUri ?? `${webapp}/callback`,
    },
    ide: { client: orEmbedded(ide, { id: IDE_CLIENT }), redirectUri: `${api}/graphql` },
    ports: portsOf(config),
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
  })
}

function portsOf(config: Config): readonly Port[] {
  const up = { path: '/healthz', text: '"status":"up"' }
  const home = { path: '/', text: '<title>FakeBook</title>' }
  const issuer = embeddedIssuer(config)
  const document = {
    path: '/oauth2/default/.well-known/openid-configuration',
    text: `"issuer":"${issuer}"`,
  }
  const port = (setting: string, number: number, host: string, sign: Port['sign']) => ({
    setting,
    port: number,
    host,
    sign,
  })
  return [
    port('PORT', config.port, config.host, up),
    port('WEBAPP_PORT', config.webapp.port, config.host, home),
    ...(config.issuer === undefined ? [port('ISSUER_PORT', config.issuerPort, '127.0.0.1', document)] : []),
  ]
}
