import type { Clock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { startEmbedded } from '../../src/start-issuer.ts'

/** The embedded authorization server on a free port. */
export const startTestIssuer = (
  dataFolder?: string,
  settings: Record<string, string> = {},
  clock?: Pick<Clock, 'now' | 'elapsed'>,
) => startEmbedded(readConfig({ ISSUER_PORT: '0', ...settings }), dataFolder, undefined, clock)
