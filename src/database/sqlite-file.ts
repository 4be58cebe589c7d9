import { realpathSync, statSync } from 'node:fs'
import { type ApiError, internalError } from '../errors/api-error.ts'
import { LastingError } from '../errors/lasting-error.ts'
import { databaseUnavailable, isDamaged } from './errors.ts'

/**
 * The file of an open SQLite database. SQLite does not notice when it is deleted or replaced: what it writes then is gone
 * after the next start. A file that is overwritten in place is only noticed when SQLite finds it damaged.
 */
export class SqliteFile {
  readonly #path: string
  #watched: readonly WatchedFile[] = []
  #replaced: ApiError | undefined
  #damage: ApiError | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** Remembers the file, its write-ahead log and the log's index, which exist until all connections are closed. */
  watch(): void {
    // SQLite creates the others beside the file that a symbolic link leads to.
    const realPath = realpathSync(this.#path)
    const paths = [this.#path, `${realPath}-wal`, `${realPath}-shm`]
    this.#watched = paths.map((path) => ({ path, identity: identifyFile(path) }))
  }

  /**
   * Compares the files with those that were opened.
   * @throws ApiError `SERVICE_UNAVAILABLE` while they differ, `INTERNAL_SERVER_ERROR` after a statement has found damage
   */
  check(): void {
    if (this.#damage) throw this.#damage
    if (
      this.#watched.every(({ path, identity }) => identity !== undefined && identifyFile(path) === identity)
    ) {
      this.#replaced = undefined
      return
    }
    this.#replaced ??= createReplacedError(this.#path)
    throw this.#replaced
  }

  /** Returns the error to throw in place of one of SQLite. At start, a damaged file is reported like any other error. */
  readonly mapError = (error: unknown): unknown => {
    if (this.#watched.length === 0 || !isDamaged(error)) return error
    this.#damage ??= createDamageError(this.#path, error)
    return this.#damage
  }
}

type WatchedFile = { readonly path: string; readonly identity: string | undefined }

/** Returns the device and inode of a file; undefined if it does not exist. */
function identifyFile(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats && `${stats.dev} ${stats.ino}`
}

function createReplacedError(path: string): ApiError {
  const message = `The database file ${path} or its -wal or -shm has been deleted or replaced, so writes are rejected. Put the original files back, or restart with the right file in place: see docs/operating.md.`
  const reason = 'the database file has been deleted or replaced: restart with the right file in place'
  return databaseUnavailable(new LastingError(message, reason))
}

function createDamageError(path: string, error: unknown): ApiError {
  const message = `The database file ${path} is damaged: ${Object(error).message}. Stop the server and restore a backup, as docs/operating.md describes.`
  return Object.assign(internalError(), { cause: new LastingError(message, 'the database file is damaged') })
}
