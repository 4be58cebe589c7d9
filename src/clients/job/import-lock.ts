import { hash } from 'node:crypto'
import { statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { JobError } from './errors.ts'

const SQLITE_BUSY = 5

/**
 * Acquires the lock that allows one import to an API at a time on this machine. SQLite's lock is a lock of the operating
 * system, which releases it however the process ends.
 * @returns a function that releases the lock
 * @throws JobError when another import holds it
 */
export function acquireImportLock(apiUrl: string): () => void {
  const digest = hash('sha256', new URL(apiUrl).href).slice(0, 16)
  const path = join(tmpdir(), `fakebook-import-${digest}.lock`)
  try {
    const database = new DatabaseSync(path, { timeout: 0 })
    database.exec('begin exclusive')
    return () => database.close()
  } catch (error) {
    const { errcode, message } = error as Error & { readonly errcode?: number }
    if (errcode === SQLITE_BUSY)
      throw new JobError(`Another import to ${apiUrl} is running and holds ${path}. Nothing was imported.`)
    const hint = isOwnedByOther(path) ? ' Another user created it. Delete it when no import is running.' : ''
    throw new JobError(`The lock file ${path} cannot be opened: ${message}.${hint}`)
  }
}

function isOwnedByOther(path: string): boolean {
  const owner = statSync(path, { throwIfNoEntry: false })?.uid
  return owner !== undefined && owner !== process.getuid?.()
}
