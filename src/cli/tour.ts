import type { Command } from 'commander'
import { parseConfig } from '../config/config.ts'

/** Free ports, no files, and no output besides the tour's own. */
const TOUR_SETTINGS = {
  PORT: '0',
  ISSUER_PORT: '0',
  WEBAPP_PORT: '0',
  DATABASE_URL: 'file::memory:',
  LOG_LEVEL: 'silent',
  AUDIT_LOG: 'off',
}

export function addTourCommand(program: Command): void {
  program
    .command('tour')
    .description('runs the flows of all clients with real requests, on free ports')
    .action(async () => {
      const { runTour } = await import('../tour/tour.ts')
      process.exitCode = await runTour(parseConfig(TOUR_SETTINGS))
    })
}
