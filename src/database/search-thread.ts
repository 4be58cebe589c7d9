import { Worker } from 'node:worker_threads'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { type Clock, systemClock } from '../lib/clock.ts'
import { NoConnectionError, ReadTimeoutError } from './errors.ts'
import type { SqliteFile } from './sqlite-file.ts'

const WORKER_FILE = new URL('./search-worker.ts', import.meta.url)
/** The share of the time limit for which a statement may wait before further ones are rejected. */
const MAX_WAIT_RATIO = 1 / 4

type Reply = { readonly rows: unknown[] } | { readonly error: Readonly<Record<string, unknown>> }

type PendingStatement = {
  readonly query: CompiledQuery
  readonly startMs: number
  readonly resolve: (rows: unknown[]) => void
  readonly reject: (error: unknown) => void
}

type SearchThreadOptions = {
  readonly path: string
  /**
   * The time limit of a statement, its wait included. SQLite cannot be interrupted: the statement goes on in the thread,
   * and those behind it wait.
   */
  readonly timeoutMs: number
  readonly file?: SqliteFile | undefined
  readonly clock?: Clock
}

/**
 * Creates a Kysely dialect that reads an SQLite file in a worker thread, one statement after the other, so that a slow
 * statement does not block the event loop. The thread starts with the first statement.
 */
export function createSearchThreadDialect(options: SearchThreadOptions): Dialect {
  const thread = new SearchThread(options)
  const connection: DatabaseConnection = {
    executeQuery: async <Row>(query: CompiledQuery) => ({ rows: (await thread.execute(query)) as Row[] }),
    streamQuery: () => rejectUnsupported(),
  }
  return {
    createAdapter: () => new QueueingAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createDriver: () => ({
      init: async () => undefined,
      acquireConnection: async () => connection,
      releaseConnection: async () => undefined,
      beginTransaction: async () => rejectUnsupported(),
      commitTransaction: async () => rejectUnsupported(),
      rollbackTransaction: async () => rejectUnsupported(),
      destroy: () => thread.close(),
    }),
  }
}

/** The thread has a queue of its own, with a time limit; Kysely's has none. */
class QueueingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

function rejectUnsupported(): never {
  throw new Error('the search thread only executes single statements')
}

class SearchThread {
  readonly #path: string
  readonly #timeoutMs: number
  readonly #file: SqliteFile | undefined
  readonly #clock: Clock
  readonly #waiting = new Set<PendingStatement>()
  #running: PendingStatement | undefined
  #worker: Worker | undefined

  constructor({ path, timeoutMs, file, clock = systemClock }: SearchThreadOptions) {
    this.#path = path
    this.#timeoutMs = timeoutMs
    this.#file = file
    this.#clock = clock
  }

  /** @throws NoConnectionError, ReadTimeoutError, an error of SQLite, or an ApiError about the file */
  async execute(query: CompiledQuery): Promise<unknown[]> {
    const [oldest] = this.#waiting
    const startMs = this.#clock.monotonicNow()
    if (oldest && startMs - oldest.startMs > this.#timeoutMs * MAX_WAIT_RATIO) throw new NoConnectionError()
    const { promise, resolve, reject } = Promise.withResolvers<unknown[]>()
    const statement: PendingStatement = { query, startMs, resolve, reject }
    this.#waiting.add(statement)
    const cancel = this.#clock.schedule(this.#timeoutMs, () => {
      this.#waiting.delete(statement)
      reject(new ReadTimeoutError('the time limit of searches was exceeded'))
    })
    this.#runNext()
    return promise.finally(cancel)
  }

  async close(): Promise<void> {
    for (const { reject } of this.#waiting) reject(createSqliteError('the search thread is closed'))
    this.#waiting.clear()
    await this.#worker?.terminate()
  }

  #runNext(): void {
    const [next] = this.#waiting
    if (this.#running || !next) return
    this.#waiting.delete(next)
    this.#running = next
    try {
      this.#worker ??= this.#start()
      const { sql, parameters } = next.query
      this.#worker.postMessage({ sql, parameters })
    } catch (error) {
      this.#endRunning(({ reject }) => reject(error))
    }
  }

  #start(): Worker {
    // The thread would open another file than the other connections have open.
    this.#file?.check()
    const worker = new Worker(WORKER_FILE, { workerData: this.#path })
    let cause = 'the search thread ended'
    worker.unref()
    worker.on('message', (reply: Reply) =>
      this.#endRunning(({ resolve, reject }) => {
        if ('rows' in reply) return resolve(reply.rows)
        const error = Object.assign(new Error(), reply.error)
        reject(this.#file?.mapError(error) ?? error)
      }),
    )
    worker.on('error', ({ message }) => {
      cause = message
    })
    // A thread that cannot open the file, or runs out of memory, ends. The next statement starts another one.
    worker.on('exit', () => {
      this.#worker = undefined
      this.#endRunning(({ reject }) => reject(createSqliteError(cause)))
    })
    return worker
  }

  #endRunning(end: (statement: PendingStatement) => void): void {
    if (this.#running) end(this.#running)
    this.#running = undefined
    this.#runNext()
  }
}

/** Creates an error as `node:sqlite` does. */
const createSqliteError = (message: string) => Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR' })
