import type { Command } from 'commander'
import { loadConfig } from '../config/config.ts'

export function addAuthorizationServerCommand(program: Command): void {
  program
    .command('authorization-server')
    .alias('issuer')
    .description('starts the embedded authorization server alone')
    .action(async () => {
      const { startAuthorizationServerAlone } = await import('../app/start.ts')
      await startAuthorizationServerAlone(loadConfig())
    })
}
