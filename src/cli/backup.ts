import type { Command } from 'commander'
import { loadConfig } from '../config/config.ts'

export function addBackupCommand(program: Command): void {
  program
    .command('backup <file>')
    .description(
      'copies an SQLite database to a file while the server runs; for PostgreSQL, prints the pg_dump line',
    )
    .action(async (file: string) => {
      const { backupDatabase } = await import('../database/backup.ts')
      const { books, bytes } = await backupDatabase(loadConfig([]).databaseUrl, file)
      console.log(`${books} books, ${Math.ceil(bytes / 1_000)} kB: ${file}`)
    })
}
