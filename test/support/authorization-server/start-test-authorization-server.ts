import type { JWK } from 'oidc-provider'
import { startEmbeddedAuthorizationServer } from '../../../src/app/authorization-server.ts'
import { startAuthorizationServer } from '../../../src/authorization-server/server.ts'
import { parseConfig } from '../../../src/config/config.ts'
import { type Clock, systemClock } from '../../../src/lib/clock.ts'

type TestAuthorizationServerOptions = {
  /** Undefined keeps the keys in memory. */
  readonly dataFolder?: string
  readonly clock?: Clock
}

/** Starts the embedded authorization server on a free port. */
export const startTestAuthorizationServer = ({ dataFolder, clock }: TestAuthorizationServerOptions = {}) =>
  startEmbeddedAuthorizationServer(parseConfig({ ISSUER_PORT: '0' }), dataFolder, undefined, clock)

/**
 * Starts the authorization server with one more client for the job, `fakebook-cron-key`.
 * @param jobKeys its public keys
 */
export const startServerWithJobKeys = (jobKeys: readonly JWK[], scopes: readonly string[]) =>
  startAuthorizationServer({
    port: 0,
    dataFolder: undefined,
    limits: parseConfig({}).http,
    log: { error: () => undefined },
    clock: systemClock,
    audience: 'api://default',
    scopes,
    redirectUris: () => ({ webapp: [], ide: [] }),
    jobKeys,
  })

export type TestAuthorizationServer = Awaited<ReturnType<typeof startTestAuthorizationServer>>
