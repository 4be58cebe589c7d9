import type { Command } from 'commander'
import { loadConfig } from '../config/config.ts'

export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('starts the API, the authorization server and the web app on one machine')
    .action(async () => {
      const { startAll } = await import('../app/start.ts')
      await startAll(loadConfig())
    })
}
