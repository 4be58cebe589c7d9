import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { migrationsOf } from './migrations.ts'
import { BUSY_MS, MEMORY, pathOf, SQLITE } from './sqlite.ts'

const MIGRATIONS = migrationsOf(SQLITE)

/** What is known of a database without changing it. */
export type Inspection =
  | { readonly state: 'memory' }
  | { readonly state: 'absent' | 'current' | 'older'; readonly path: string }
  /** Migrations that only a newer version of this project has. */
  | { readonly state: 'newer'; readonly names: readonly string[] }
  | { readonly state: 'unopened' | 'read-only'; readonly words: string }

/**
 * Looks at the database without making, migrating or writing anything: a file is opened to be read.
 * Left to `openDatabase`: whether each table is as its migration made it.
 * @param url `file:PATH` or `file::memory:`
 */
export function inspectDatabase(url: string): Inspection {
  const path = pathOf(url)
  if (path === MEMORY) return { state: 'memory' }
  try {
    if (!existsSync(path)) return absent(path)
    const done = migrationsIn(path)
    const unknown = done.filter((name) => !Object.hasOwn(MIGRATIONS, name))
    if (unknown.length > 0) return { state: 'newer', names: unknown }
    const fault = writeFault(path) ?? writeFault(dirname(path))
    if (fault !== undefined) return { state: 'read-only', words: fault }
    return { state: done.length === Object.keys(MIGRATIONS).length ? 'current' : 'older', path }
  } catch (error) {
    return { state: 'unopened', words: (error as Error).message }
  }
}

/** A file that is made at the first start, where the nearest folder that there is may be written. */
function absent(path: string): Inspection {
  let folder = dirname(resolve(path))
  while (!existsSync(folder)) folder = dirname(folder)
  accessSync(`${folder}/`, constants.W_OK)
  return { state: 'absent', path }
}

function migrationsIn(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS })
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
