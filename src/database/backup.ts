import { chmodSync, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { ExitError } from '../errors/exit-error.ts'
import { getSqlitePath, IN_MEMORY_PATH } from './sqlite.ts'

/** A copy cannot be made; the message says why. */
class BackupError extends ExitError {
  override readonly name = 'BackupError'
}

/** Whoever typed the command needs another one. */
class UsageError extends ExitError {
  override readonly name = 'UsageError'

  constructor(message: string) {
    super(message, 2)
  }
}

/** All pages in one step: what is copied is one moment of the database, whoever writes meanwhile. */
const PAGES_A_STEP = 2 ** 31 - 1
/** For whoever runs the service: what is in it is nobody else's to read. */
const MODE = 0o600

/**
 * Copies an SQLite database while the server runs, by SQLite's online backup: readers and writers go on. The copy is one file,
 * checked, and there as a whole or not at all. To restore it, put it in the place of the file, with the server stopped and
 * the old file's `-wal` and `-shm` gone.
 * @param url `file:PATH`
 * @param target where to; a file that is there is not written over
 * @returns how many books are in it, and its size in bytes
 * @throws BackupFault, and UsageFault for PostgreSQL, which has programs of its own for it
 */
export async function backupDatabase(
  url: string,
  target: string,
): Promise<{ readonly books: number; readonly bytes: number }> {
  if (!url.startsWith('file:'))
    throw new UsageError(`PostgreSQL is copied by its own program: ${dumpLine(url, target)}`)
  const source = getSqlitePath(url)
  if (source === IN_MEMORY_PATH) throw new BackupError('DATABASE_URL is in memory: there is nothing to copy.')
  if (!existsSync(source)) throw new BackupError(`There is no database at ${source}. Check DATABASE_URL.`)
  if (existsSync(target)) throw new BackupError(`${target} is there already. Choose another name.`)
  const partial = `${target}.partial`
  try {
    await copied(source, partial)
    const books = checked(partial)
    chmodSync(partial, MODE)
    renameSync(partial, target)
    return { books, bytes: statSync(target).size }
  } catch (error) {
    throw new BackupError(`The database was not copied: ${(error as Error).message}.`)
  } finally {
    rmSync(partial, { force: true })
  }
}

async function copied(source: string, partial: string): Promise<void> {
  const database = new DatabaseSync(source, { readOnly: true })
  try {
    await backup(database, partial, { rate: PAGES_A_STEP })
  } finally {
    database.close()
  }
}

/** @returns how many books there are */
function checked(file: string): number {
  const database = new DatabaseSync(file)
  try {
    // One file to carry away: the copy takes over that there is a journal beside it (WAL).
    database.exec('PRAGMA journal_mode = DELETE')
    const verdict = database.prepare('PRAGMA integrity_check(1)').get()
    if (verdict?.integrity_check !== 'ok') throw new Error(`its copy is damaged: ${verdict?.integrity_check}`)
    return Number(database.prepare('select count(*) as books from books').get()?.books)
  } finally {
    database.close()
  }
}

/** What copies a database of PostgreSQL, as a line for a shell; the password is asked for, or in `~/.pgpass`. */
function dumpLine(url: string, target: string): string {
  const server = new URL(url)
  const { searchParams: given } = server
  server.password = ''
  for (const name of ['password', 'ssl', 'uselibpqcompat']) given.delete(name)
  // libpq's word for a certificate that nobody looks at.
  if (given.get('sslmode') === 'no-verify') given.set('sslmode', 'require')
  return `pg_dump --format=custom --no-owner --file=${quoted(target)} ${quoted(server.href)}`
}

const quoted = (text: string) => (/^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
