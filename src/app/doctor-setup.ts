import { parseCompactJws, validateJoseHeader } from '../auth/compact-jws.ts'
import { fetchJwks, parseJwks } from '../auth/jwks.ts'
import { KeySet } from '../auth/key-set.ts'
import { CLOCK_TOLERANCE_SECONDS, createVerifyToken, verifySignature } from '../auth/verify-token.ts'
import {
  EMBEDDED_IDE_CLIENT_ID,
  EMBEDDED_JOB_CLIENT,
  EMBEDDED_WEBAPP_CLIENT,
} from '../authorization-server/clients-and-users.ts'
import type { Config } from '../config/config.ts'
import { inspectDatabase } from '../database/inspect.ts'
import type { ConfiguredClient, ListenPort, Setup } from '../doctor/setup.ts'
import { invalidToken } from '../errors/api-error.ts'
import { SCOPES } from '../generated/scopes.ts'
import { createApiScopes, loadSchema } from '../graphql/load-schema.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { inspectRedis } from '../lib/redis-client.ts'
import { describeScopes, type TableRow } from '../scopes/index.ts'
import { embeddedIssuerUrl, resolveJwksUrl, resolvePublicUrls } from './public-urls.ts'

type DoctorOptions = { readonly clock?: Clock; readonly timeoutMs?: number; readonly nodeVersion?: string }

/**
 * Builds the set-up that doctor checks, with the API's own functions, so that both give the same result. The embedded
 * clients are defaults for the embedded authorization server only.
 */
export function createDoctorSetup(
  config: Config,
  { clock = systemClock, timeoutMs = 5_000, nodeVersion = process.versions.node }: DoctorOptions = {},
): Setup {
  const isEmbedded = config.issuer === undefined
  const { issuer = embeddedIssuerUrl(config), audience, scopeClaims } = config
  const jwksUrl = resolveJwksUrl(config, issuer)
  const orEmbedded = (client: ConfiguredClient | undefined, embedded: ConfiguredClient) =>
    client ?? (isEmbedded ? embedded : undefined)
  const { api, webapp } = resolvePublicUrls(config)
  const ide = config.ideClientId === undefined ? undefined : { id: config.ideClientId }
  const rules = createApiScopes(loadSchema()).table()
  // Not started, so there is no timer: keys are fetched when a token needs one.
  const keys = new KeySet({
    ...config.keySet,
    fetchJwks: () => fetchJwks(jwksUrl, config.keySet.timeoutMs),
    clock,
    random: () => 0,
    onFetch: () => undefined,
  })
  return {
    issuer,
    isEmbedded,
    isOkta: config.jwksUrl === undefined,
    jwksUrl,
    audience,
    scopeClaims,
    apiScopes: SCOPES.map((scope) => scope.name),
    job: orEmbedded(config.jobClient, EMBEDDED_JOB_CLIENT),
    webapp: {
      client: orEmbedded(config.webapp.client, EMBEDDED_WEBAPP_CLIENT),
      redirectUri: config.webapp.redirectUri ?? `${webapp}/callback`,
    },
    ide: { client: orEmbedded(ide, { id: EMBEDDED_IDE_CLIENT_ID }), redirectUri: `${api}/graphql` },
    ports: listPorts(config),
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
    nodeVersion,
    clock,
    clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
    timeoutMs,
    parseJwks,
    verifyToken: createVerifyToken({ policy: { issuer, audience, scopeClaims }, findKey: keys.find, clock }),
    async verifySignature(token) {
      const segments = parseCompactJws(token, invalidToken)
      verifySignature(segments, await keys.find(validateJoseHeader(segments.header)))
    },
    listFieldAccess(scopes) {
      const isAllowed = (rule: TableRow) =>
        rule.scopes.some((alternative) => alternative.every((scope) => scopes.includes(scope)))
      const denied = rules.filter((rule) => !isAllowed(rule))
      return {
        allowed: rules.filter(isAllowed).map(({ coordinate }) => coordinate),
        denied: denied.map((rule) => `${rule.coordinate} (${describeScopes(rule.scopes)})`),
      }
    },
    inspectDatabase,
    inspectRedis,
  }
}

/** Lists the ports to check; the content recognizes this project's own server on a port in use. */
function listPorts(config: Config): readonly ListenPort[] {
  const { host, port, webapp, issuerPort } = config
  const path = '/oauth2/default/.well-known/openid-configuration'
  const content = `"issuer":"${embeddedIssuerUrl(config)}"`
  return [
    { settingName: 'PORT', port, host, path: '/healthz', content: '"status":"up"' },
    { settingName: 'WEBAPP_PORT', port: webapp.port, host, path: '/', content: '<title>FakeBook</title>' },
    ...(config.issuer === undefined
      ? [{ settingName: 'ISSUER_PORT', port: issuerPort, host: '127.0.0.1', path, content }]
      : []),
  ]
}
