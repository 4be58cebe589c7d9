import { hash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { JobError } from './errors.ts'

/**
 * Keeps other imports to the same API away, on this machine. SQLite's lock is the operating system's: it ends with its
 * process, however that ends, and nothing is left that somebody would have to clear away.
 * @returns what lets others in again
 * @throws JobError when another import is running
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
    if (!isBusy(error)) throw new JobError(`The lock ${path} cannot be had: ${(error as Error).message}`)
    throw new JobError(`Another import to ${apiUrl} is running (it holds ${path}). Nothing was done.`)
  }
  return () => database.close()
}

const SQLITE_BUSY = 5
const isBusy = (error: unknown) => (error as { errcode?: unknown }).errcode === SQLITE_BUSY
