import {
  EMBEDDED_IDE_CLIENT_ID,
  EMBEDDED_JOB_CLIENT,
  EMBEDDED_WEBAPP_CLIENT,
} from '../authorization-server/clients-and-users.ts'
import type { Config } from '../config/config.ts'
import type { ConfiguredClient, ListenPort, Setup } from '../doctor/setup.ts'
import { SCOPES } from '../generated/scopes.ts'
import { embeddedIssuerUrl, resolvePublicUrls } from './authorization-server.ts'

/** Builds doctor's set-up from the settings. Falls back to the embedded clients only with the embedded server. */
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
    ports: listPorts(config),
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
  })
}

function listPorts(config: Config): readonly ListenPort[] {
  const { host } = config
  const api = {
    settingName: 'PORT',
    port: config.port,
    host,
    fingerprint: { path: '/healthz', text: '"status":"up"' },
  }
  const webapp = {
    settingName: 'WEBAPP_PORT',
    port: config.webapp.port,
    host,
    fingerprint: { path: '/', text: '<title>FakeBook</title>' },
  }
  if (config.issuer !== undefined) return [api, webapp]
  const embeddedIssuer = {
    settingName: 'ISSUER_PORT',
    port: config.issuerPort,
    host: '127.0.0.1',
    fingerprint: {
      path: '/oauth2/default/.well-known/openid-configuration',
      text: `"issuer":"${embeddedIssuerUrl(config)}"`,
    },
  }
  return [api, webapp, embeddedIssuer]
}
