import { startEmbeddedAuthorizationServer } from '../../../src/app/authorization-server.ts'
import { parseConfig } from '../../../src/config/config.ts'
import type { Clock } from '../../../src/lib/clock.ts'

/** The embedded authorization server on a free port. */
export const startTestAuthorizationServer = (
  dataFolder?: string,
  settings: Record<string, string> = {},
  clock?: Pick<Clock, 'now' | 'monotonicNow'>,
) =>
  startEmbeddedAuthorizationServer(
    parseConfig({ ISSUER_PORT: '0', ...settings }),
    dataFolder,
    undefined,
    clock,
  )
