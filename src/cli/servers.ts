import cluster from 'node:cluster'
import type { Command } from 'commander'
import { API_RULES, isRemote, requireIssuer, START_RULES, WEBAPP_RULES } from '../app/required-settings.ts'
import { loadConfig, loadSettings } from '../config/config.ts'
import { printSettings } from './print-settings.ts'

export function addServerCommands(program: Command): void {
  program
    .command('start')
    .description('starts the API, the authorization server and the web app on one machine')
    .action(async () => {
      const { startAll } = await import('../app/start.ts')
      await startAll(loadConfig(START_RULES))
    })
  program
    .command('api')
    .description('starts the API alone; requires OKTA_ISSUER')
    .option('--check', 'validates the settings, prints them without secrets, and exits')
    .action(startApi)
  program
    .command('authorization-server')
    .alias('issuer')
    .description('starts the embedded authorization server alone')
    .action(async () => {
      const { startAuthorizationServerAlone } = await import('../app/start.ts')
      await startAuthorizationServerAlone(loadConfig([]))
    })
  program
    .command('webapp')
    .description('starts the web app alone')
    .action(async () => {
      const { startWebappAlone } = await import('../app/start.ts')
      await startWebappAlone(loadConfig(WEBAPP_RULES))
    })
}

async function startApi({ check }: { readonly check?: boolean }): Promise<void> {
  const config = loadConfig(API_RULES)
  const issuer = requireIssuer(config)
  if (check) {
    const { listProductionWarnings } = await import('../app/production-warnings.ts')
    // The web app's settings are used if it has a client.
    const servers = config.webapp.client ? ['api', 'webapp'] : ['api']
    printSettings(loadSettings(), isRemote(issuer))
    for (const warning of listProductionWarnings(config, servers)) console.log(`Warning: ${warning}`)
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
}
