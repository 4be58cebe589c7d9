import { startEmbeddedAuthorizationServer } from '../../../src/app/authorization-server.ts'
import { parseConfig } from '../../../src/config/config.ts'
import type { Clock } from '../../../src/lib/clock.ts'

type TestAuthorizationServerOptions = {
  /** Undefined keeps the keys in memory. */
  readonly dataFolder?: string
  readonly clock?: Clock
}

/** Starts the embedded authorization server on a free port. */
export const startTestAuthorizationServer = ({ dataFolder, clock }: TestAuthorizationServerOptions = {}) =>
  startEmbeddedAuthorizationServer(parseConfig({ ISSUER_PORT: '0' }), dataFolder, undefined, clock)

export type TestAuthorizationServer = Awaited<ReturnType<typeof startTestAuthorizationServer>>
