import { startEmbedded } from '../../../src/app/authorization-server.ts'
import { readConfig } from '../../../src/config/config.ts'
import type { Clock } from '../../../src/lib/clock.ts'

/** The embedded authorization server on a free port. */
export const startTestIssuer = (
  dataFolder?: string,
  settings: Record<string, string> = {},
  clock?: Pick<Clock, 'now' | 'elapsed'>,
) => startEmbedded(readConfig({ ISSUER_PORT: '0', ...settings }), dataFolder, undefined, clock)
