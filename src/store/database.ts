import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from './migrations.ts'
import { sqliteDialect } from './sqlite.ts'

/** What is kept. Money is whole cents; moments are RFC 3339 text in UTC. */
export type Tables = {
  books: {
    id: number
    title: string
    author: string
    cents: number
    num_pages: number
    added_by: string
    added_at: string
  }
}

export type Database = Kysely<Tables>

/**
 * Opens the database and brings its tables up to date.
 * @param url `file:PATH` or `file::memory:`
 * @throws when it can't be opened, written or migrated
 */
export async function openDatabase(url: string): Promise<Database> {
  const database = new Kysely<Tables>({ dialect: sqliteDialect(url.slice('file:'.length)) })
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error) {
    await database.destroy()
    throw error
  }
  return database
}
