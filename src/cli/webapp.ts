import type { Command } from 'commander'
import { loadConfig } from '../config/config.ts'

export function addWebappCommand(program: Command): void {
  program
    .command('webapp')
    .description('starts the web app alone')
    .action(async () => {
      const { startWebappAlone } = await import('../app/start.ts')
      await startWebappAlone(loadConfig())
    })
}
