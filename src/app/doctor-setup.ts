import {
  EMBEDDED_IDE_CLIENT_ID,
  EMBEDDED_JOB_CLIENT,
  EMBEDDED_WEBAPP_CLIENT,
} from '../authorization-server/clients-and-users.ts'
import type { Config } from '../config/config.ts'
import type { ConfiguredClient, ListenPort, Setup } from '../doctor/setup.ts'
import { SCOPES } from '../generated/scopes.ts'
import { embeddedIssuerUrl, resolvePublicUrls } from './authorization-server.ts'

/** What is to be looked at; the embedded clients stand in only for the embedded server. */
export function createDoctorSetup(config: Config): Setup {
  const isEmbedded = config.issuer === undefined
  const orEmbedded = (client: ConfiguredClient | undefined, known: ConfiguredClient) =>
    client ?? (isEmbedded ? known : undefined)
  const { api, webapp } = resolvePublicUrls(config)
  const ide = config.ideClientId === undefined ? undefined : { id: config.ideClientId }
  return Object.freeze({
    issuer: config.issuer ?? embeddedIssuerUrl(config),
    isEmbedded,
    audience: config.audience,
    scopes: SCOPES.map((scope) => scope.name),
    job: orEmbedded(config.jobClient, EMBEDDED_JOB_CLIENT),
    webapp: {
      client: orEmbedded(config.webapp.client, EMBEDDED_WEBAPP_CLIENT),
      redirectUri: config.webapp.redirectUri ?? `${webapp}/callback`,
    },
    ide: { client: orEmbedded(ide, { id: EMBEDDED_IDE_CLIENT_ID }), redirectUri: `${api}/graphql` },
    ports: portsOf(config),
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
  })
}

function portsOf(config: Config): readonly ListenPort[] {
  const up = { path: '/healthz', text: '"status":"up"' }
  const home = { path: '/', text: '<title>FakeBook</title>' }
  const issuer = embeddedIssuerUrl(config)
  const document = {
    path: '/oauth2/default/.well-known/openid-configuration',
    text: `"issuer":"${issuer}"`,
  }
  const port = (settingName: string, port: number, host: string, fingerprint: ListenPort['fingerprint']) => ({
    settingName,
    port,
    host,
    fingerprint,
  })
  return [
    port('PORT', config.port, config.host, up),
    port('WEBAPP_PORT', config.webapp.port, config.host, home),
    ...(config.issuer === undefined ? [port('ISSUER_PORT', config.issuerPort, '127.0.0.1', document)] : []),
  ]
}
