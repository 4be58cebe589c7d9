import { Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from './migrations.ts'
import { BUSY_MS, pathOf, sqliteDialect } from './sqlite.ts'

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
  /** What expires: sessions and the like, readable only with the key that each was kept under. */
  keep: {
    id: string
    sealed: string
    /** Milliseconds since 1970. */
    expires_at: number
    /** To when the end can be put off at most. */
    ends_at: number
    /** What kind of thing it is: so that one kind can be bounded. */
    room: string
  }
}

export type Database = Kysely<Tables>

/** The database can't be used as it is set; its message says what to look at. */
class StoreFault extends Error {
  override readonly name = 'StoreFault'

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`The database cannot be opened: ${reason}. Check DATABASE_URL.`, { cause })
  }
}

/**
 * Opens the database and brings its tables up to date.
 * @param url `file:PATH` or `file::memory:`
 * @throws StoreFault when it can't be opened, written or migrated
 */
export async function openDatabase(url: string): Promise<Database> {
  const database = new Kysely<Tables>({ dialect: opened(pathOf(url)) })
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error) {
    await database.destroy()
    throw new StoreFault(error)
  }
  await sql.raw(`PRAGMA busy_timeout = ${BUSY_MS}`).execute(database)
  return database
}

function opened(path: string) {
  try {
    return sqliteDialect(path)
  } catch (error) {
    throw new StoreFault(error)
  }
}
