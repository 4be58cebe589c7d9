import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { DialectSql } from './dialect.ts'
import { createMigrations } from './migrations.ts'
import type { Tables } from './tables.ts'

/** The end of the name of a migration that releases without it can run with. */
const ADDITIVE = /_additive$/
/** The end of the name of any other migration since 009: the first release that can run with it. */
const NEEDED_VERSION = /_needs_(\d+)_(\d+)$/

export const isAdditive = (name: string): boolean => ADDITIVE.test(name)

/** Returns the version in the name of a migration that is not additive, such as `0.3`. */
export function readNeededVersion(name: string): string | undefined {
  const [, major, minor] = NEEDED_VERSION.exec(name) ?? []
  return major && `${major}.${minor}`
}

/**
 * Runs the pending migrations. Those of a newer release that are not known here are accepted if they are additive.
 * @throws Error for other unknown migrations, or when a migration fails
 */
export async function migrateToLatest(database: Kysely<Tables>, dialectSql: DialectSql): Promise<void> {
  const known = createMigrations(dialectSql)
  for (let accepted: readonly string[] = []; ; ) {
    const migrations = { ...known, ...createPlaceholders(accepted) }
    const provider = { getMigrations: async () => migrations }
    const { error } = await new Migrator({ db: database, provider }).migrateToLatest()
    if (!error) return
    // Not read before: a newer release may migrate while this one waits for its lock.
    const unknown = (await readMigrationNames(database)).filter((name) => !Object.hasOwn(known, name))
    const versions = unknown.flatMap((name) => readNeededVersion(name) ?? [])
    const [needed] = versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    if (needed !== undefined) throw new Error(`it needs version ${needed} or later of this project`)
    const additive = unknown.filter(isAdditive)
    if (additive.length === accepted.length) throw error
    accepted = additive
  }
}

/** Kysely requires every migration that has been executed. It does not execute one again. */
const createPlaceholders = (names: readonly string[]) =>
  Object.fromEntries(names.map((name): [string, Migration] => [name, { up: async () => undefined }]))

/** Returns the executed migrations in their order. */
async function readMigrationNames(database: Kysely<Tables>): Promise<string[]> {
  try {
    const query = sql<{ name: string }>`select name from kysely_migration`
    return (await query.execute(database)).rows.map(({ name }) => name).sort()
  } catch {
    // The error of the migration tells more.
    return []
  }
}
