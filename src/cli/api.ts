import cluster from 'node:cluster'
import type { Command } from 'commander'
import { type Config, loadConfig, loadSettings } from '../config/config.ts'

export function addApiCommand(program: Command): void {
  program
    .command('api')
    .description('starts the API alone; requires OKTA_ISSUER')
    .option('--check', 'validates the settings, prints them without secrets, and exits')
    .action(async ({ check }: { readonly check?: boolean }) => {
      const config = loadConfig()
      const { requireIssuer } = await import('../app/required-settings.ts')
      const issuer = requireIssuer(config)
      if (check) await printSettings()
      else if (config.workers > 1) await startCluster(config, issuer)
      else await startSingle(config)
    })
}

async function printSettings(): Promise<void> {
  const { printSettings } = await import('./settings.ts')
  printSettings(loadSettings())
}

/** This command runs again in each worker that the primary forks. */
async function startCluster(config: Config, issuer: string): Promise<void> {
  if (cluster.isPrimary) await (await import('../app/workers/primary.ts')).startPrimary(config)
  else await (await import('../app/workers/worker.ts')).startWorker(config, issuer)
}

async function startSingle(config: Config): Promise<void> {
  const { startApiAlone } = await import('../app/start.ts')
  await startApiAlone(config)
}
