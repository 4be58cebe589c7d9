import { hash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { JobError } from './errors.ts'

/**
 * Acquires the lock that allows one import to an API at a time on this machine. SQLite's lock is a lock of the operating
 * system, which releases it however the process ends.
 * @returns a function that releases the lock
 * @throws JobError when another import holds it
 */
export function acquireImportLock(apiUrl: string): () => void {
  const digest = hash('sha256', new URL(apiUrl).href).slice(0, 16)
  const path = join(tmpdir(), `fakebook-import-${digest}.lock`)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec('begin exclusive')
  } catch (error) {
    database?.close()
    if (!isBusy(error))
      throw new JobError(`The lock file ${path} cannot be opened: ${(error as Error).message}`)
    throw new JobError(`Another import to ${apiUrl} is running and holds ${path}. Nothing was imported.`)
  }
  return () => database.close()
}

const SQLITE_BUSY = 5
const isBusy = (error: unknown) => (error as { errcode?: unknown }).errcode === SQLITE_BUSY
