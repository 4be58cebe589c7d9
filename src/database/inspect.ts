import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { inspectPostgres } from './inspect-postgres.ts'
import { type DatabaseInspection, getMigrationState } from './inspection.ts'
import { BUSY_TIMEOUT_MS, getSqlitePath, IN_MEMORY_PATH } from './sqlite.ts'

/**
 * Looks at the database without making, migrating or writing anything: a file is opened to be read.
 * Left to `openDatabase`: whether each table is as its migration made it.
 * @param url `file:PATH`, `file::memory:` or `postgres://…`
 */
export async function inspectDatabase(url: string): Promise<DatabaseInspection> {
  return url.startsWith('file:') ? inspectFile(getSqlitePath(url)) : inspectPostgres(url)
}

function inspectFile(path: string): DatabaseInspection {
  if (path === IN_MEMORY_PATH) return { state: 'memory' }
  try {
    if (!existsSync(path)) return absent(path)
    const found = getMigrationState(migrationsIn(path), path)
    if (found.state === 'newer') return found
    const fault = writeFault(path) ?? writeFault(dirname(path))
    return fault === undefined ? found : { state: 'read-only', description: fault }
  } catch (error) {
    return { state: 'unopened', description: (error as Error).message }
  }
}

/** A file that is made at the first start, where the nearest folder that there is may be written. */
function absent(path: string): DatabaseInspection {
  let folder = dirname(resolve(path))
  while (!existsSync(folder)) folder = dirname(folder)
  accessSync(`${folder}/`, constants.W_OK)
  return { state: 'absent', location: path }
}

function migrationsIn(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  try {
    const known = database.prepare("select 1 from sqlite_schema where name = 'kysely_migration'").get()
    if (!known) return []
    return database
      .prepare('select name from kysely_migration')
      .all()
      .map(({ name }) => String(name))
  } finally {
    database.close()
  }
}

/** Beside the file SQLite keeps what was not merged yet, so the folder is written too. */
function writeFault(path: string): string | undefined {
  try {
    accessSync(path, constants.W_OK)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
