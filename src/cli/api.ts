import cluster from 'node:cluster'
import type { Command } from 'commander'
import { loadConfig, loadSettings } from '../config/config.ts'
import { printSettings } from './print-settings.ts'

export function addApiCommand(program: Command): void {
  program
    .command('api')
    .description('starts the API alone; requires OKTA_ISSUER')
    .option('--check', 'validates the settings, prints them without secrets, and exits')
    .action(async ({ check }: { readonly check?: boolean }) => {
      const config = loadConfig()
      const { isRemote, requireIssuer } = await import('../app/required-settings.ts')
      const issuer = requireIssuer(config)
      if (check) {
        printSettings(loadSettings(), isRemote(issuer))
      } else if (config.workers === 1) {
        const { startApiAlone } = await import('../app/start.ts')
        await startApiAlone(config, issuer)
      } else if (cluster.isPrimary) {
        const { startPrimary } = await import('../app/workers/primary.ts')
        await startPrimary(config)
      } else {
        // The primary forks workers that run this command again.
        const { startWorker } = await import('../app/workers/worker.ts')
        await startWorker(config, issuer)
      }
    })
}
