import {
  EMBEDDED_IDE_CLIENT_ID,
  EMBEDDED_JOB_CLIENT,
  EMBEDDED_WEBAPP_CLIENT,
} from '../authorization-server/clients-and-users.ts'
import type { Config } from '../config/config.ts'
import type { ConfiguredClient, ListenPort, Setup } from '../doctor/setup.ts'
import { SCOPES } from '../generated/scopes.ts'
import { embeddedIssuerUrl, resolvePublicUrls } from './authorization-server.ts'

/** Builds the set-up that doctor checks. The embedded clients are defaults for the embedded authorization server only. */
export function createDoctorSetup(config: Config): Setup {
  const isEmbedded = config.issuer === undefined
  const orEmbedded = (client: ConfiguredClient | undefined, embedded: ConfiguredClient) =>
    client ?? (isEmbedded ? embedded : undefined)
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
    ports: listenPorts(config),
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
  })
}

/** The ports to check; the fingerprint recognizes this project's own server on a port in use. */
function listenPorts(config: Config): readonly ListenPort[] {
  const issuer = embeddedIssuerUrl(config)
  const api: ListenPort = {
    settingName: 'PORT',
    port: config.port,
    host: config.host,
    fingerprint: { path: '/healthz', text: '"status":"up"' },
  }
  const webapp: ListenPort = {
    settingName: 'WEBAPP_PORT',
    port: config.webapp.port,
    host: config.host,
    fingerprint: { path: '/', text: '<title>FakeBook</title>' },
  }
  const authorizationServer: ListenPort = {
    settingName: 'ISSUER_PORT',
    port: config.issuerPort,
    host: '127.0.0.1',
    fingerprint: {
      path: '/oauth2/default/.well-known/openid-configuration',
      text: `"issuer":"${issuer}"`,
    },
  }
  return config.issuer === undefined ? [api, webapp, authorizationServer] : [api, webapp]
}
