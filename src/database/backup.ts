import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { ExitError, UsageError } from '../errors/exit-error.ts'
import { getSqlitePath, IN_MEMORY_PATH, OWNER_ONLY_FILE } from './sqlite.ts'

/** All pages in one step, so that the copy is a snapshot even while others write. */
const PAGES_PER_STEP = 2 ** 31 - 1

/**
 * Copies an SQLite database with SQLite's online backup, while the server runs. The copy is a single file whose integrity
 * is checked. It appears complete or not at all, and only its owner can read it. To restore it, stop the server, replace
 * the database file with it and delete the old `-wal` and `-shm` files.
 * @param url `file:PATH`
 * @param target the path of the copy, which must not exist
 * @returns the number of books in the copy, and its size
 * @throws ExitError, or UsageError for PostgreSQL
 */
export async function backupDatabase(url: string, target: string) {
  if (!url.startsWith('file:'))
    throw new UsageError(`Back up PostgreSQL with its own command: ${createDumpCommand(url, target)}`)
  const source = getSqlitePath(url)
  if (source === IN_MEMORY_PATH)
    throw new ExitError('DATABASE_URL is in memory, so there is nothing to back up.')
  if (!existsSync(source)) throw new ExitError(`There is no database at ${source}. Check DATABASE_URL.`)
  if (existsSync(target)) throw new ExitError(`${target} already exists. Choose another name.`)
  const folder = dirname(target)
  if (!existsSync(folder))
    throw new ExitError(`There is no folder ${folder}. Create it, or choose another path.`)
  const partial = `${target}.partial`
  try {
    // A file or link at this path, such as that of an interrupted backup, is not reused: its permissions may be wider.
    rmSync(partial, { force: true })
    writeFileSync(partial, '', { flag: 'wx', mode: OWNER_ONLY_FILE })
    using database = new DatabaseSync(source, { readOnly: true })
    await backup(database, partial, { rate: PAGES_PER_STEP })
    const books = finalizeCopy(partial)
    renameSync(partial, target)
    return { books, bytes: statSync(target).size }
  } catch (error) {
    throw new ExitError(`The database was not backed up: ${(error as Error).message}.`, 1, { cause: error })
  } finally {
    rmSync(partial, { force: true })
  }
}

/** Makes the copy a single file, checks its integrity and returns the number of books. */
function finalizeCopy(file: string): number {
  using database = new DatabaseSync(file)
  // The copy inherits WAL mode, which would create further files beside it.
  database.exec('PRAGMA journal_mode = DELETE')
  const check = database.prepare('PRAGMA integrity_check(1)').get()
  if (check?.integrity_check !== 'ok') throw new Error(`the copy is damaged: ${check?.integrity_check}`)
  return Number(database.prepare('select count(*) as books from books').get()?.books)
}

/** Builds the shell command that dumps a PostgreSQL database. It contains no password: pg_dump asks for it. */
function createDumpCommand(url: string, target: string): string {
  const server = new URL(url)
  const { searchParams } = server
  server.password = ''
  for (const name of ['password', 'ssl', 'uselibpqcompat']) searchParams.delete(name)
  // libpq's name for a certificate that is not verified.
  if (searchParams.get('sslmode') === 'no-verify') searchParams.set('sslmode', 'require')
  return `pg_dump --format=custom --no-owner --file=${quoteForShell(target)} ${quoteForShell(server.href)}`
}

const quoteForShell = (text: string) =>
  /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
