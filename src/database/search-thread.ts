import { Worker } from 'node:worker_threads'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { NoConnectionError, ReadTimeoutError } from './errors.ts'
import type { MapError } from './sqlite-adapter.ts'

const WORKER_FILE = new URL('./search-worker.ts', import.meta.url)
/** The share of the time limit for which a statement may wait before further ones are rejected. */
const MAX_WAIT_RATIO = 1 / 4
/** The code of the errors of `node:sqlite`. */
const SQLITE_ERROR_CODE = 'ERR_SQLITE_ERROR'

type Reply = { readonly rows: unknown[] } | { readonly error: Readonly<Record<string, unknown>> }

type PendingStatement = {
  readonly query: CompiledQuery
  readonly startMs: number
  readonly end: (reply: Reply) => void
}

/**
 * Creates a Kysely dialect that reads an SQLite file in a worker thread, one statement after the other, so that a slow
 * statement does not block the event loop. The thread starts with the first statement.
 * @param timeoutMs the time limit of a statement, its wait included. SQLite cannot be interrupted: the statement goes on in
 *   the thread, and those behind it wait
 * @param mapError returns the error to throw in place of one of SQLite
 */
export function createSearchThreadDialect(
  path: string,
  timeoutMs: number,
  mapError: MapError = (error) => error,
): Dialect {
  const thread = new SearchThread(path, timeoutMs, mapError)
  const connection: DatabaseConnection = {
    executeQuery: <Row>(query: CompiledQuery) => thread.execute(query) as Promise<QueryResult<Row>>,
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
  readonly #mapError: MapError
  readonly #waiting = new Set<PendingStatement>()
  #running: PendingStatement | undefined
  #worker: Worker | undefined

  constructor(path: string, timeoutMs: number, mapError: MapError) {
    this.#path = path
    this.#timeoutMs = timeoutMs
    this.#mapError = mapError
  }

  /** @throws NoConnectionError, ReadTimeoutError, or an error of SQLite */
  async execute(query: CompiledQuery): Promise<{ rows: unknown[] }> {
    const [oldest] = this.#waiting
    const startMs = performance.now()
    if (oldest && startMs - oldest.startMs > this.#timeoutMs * MAX_WAIT_RATIO) throw new NoConnectionError()
    const { promise, resolve, reject } = Promise.withResolvers<Reply>()
    const statement: PendingStatement = { query, startMs, end: resolve }
    this.#waiting.add(statement)
    const timer = setTimeout(() => {
      this.#waiting.delete(statement)
      reject(new ReadTimeoutError('the time limit of searches was exceeded'))
    }, this.#timeoutMs)
    this.#runNext()
    try {
      const reply = await promise
      if ('error' in reply) throw this.#mapError(Object.assign(new Error(), reply.error))
      return reply
    } finally {
      clearTimeout(timer)
    }
  }

  async close(): Promise<void> {
    const closed = { error: { message: 'the search thread is closed', code: SQLITE_ERROR_CODE } }
    for (const { end } of this.#waiting) end(closed)
    this.#waiting.clear()
    await this.#worker?.terminate()
  }

  #runNext(): void {
    const [next] = this.#waiting
    if (this.#running || !next) return
    this.#waiting.delete(next)
    this.#running = next
    this.#worker ??= this.#start()
    const { sql, parameters } = next.query
    this.#worker.postMessage({ sql, parameters })
  }

  #start(): Worker {
    const worker = new Worker(WORKER_FILE, { workerData: this.#path })
    let error: Readonly<Record<string, unknown>> = {
      message: 'the search thread ended',
      code: SQLITE_ERROR_CODE,
    }
    worker.unref()
    worker.on('message', (reply: Reply) => this.#endRunning(reply))
    worker.on('error', ({ message }) => {
      error = { message, code: SQLITE_ERROR_CODE }
    })
    // A thread that cannot open the file, or runs out of memory, ends. The next statement starts another one.
    worker.on('exit', () => {
      this.#worker = undefined
      this.#endRunning({ error })
    })
    return worker
  }

  #endRunning(reply: Reply): void {
    this.#running?.end(reply)
    this.#running = undefined
    this.#runNext()
  }
}
