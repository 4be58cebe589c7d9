import type { DatabaseSync } from 'node:sqlite'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { type CompiledQuery, type DatabaseConnection, type SqliteDialectConfig, SqliteDriver } from 'kysely'
import { isBusy } from './errors.ts'

/** The time that a write waits for one of another process. */
const BUSY_TIMEOUT_MS = 500
const BUSY_STEP_MS = 5

/**
 * A driver that yields to the event loop between transactions and while another process writes, although every statement
 * is synchronous. SQLite's own busy timeout would block the event loop.
 */
export class YieldingSqliteDriver extends SqliteDriver {
  readonly #database: DatabaseSync
  #connection: DatabaseConnection | undefined
  /** The time since which every statement has found another process writing, and the last time that one has. */
  #busySinceMs = 0
  #lastBusyMs = Number.NEGATIVE_INFINITY

  constructor(database: DatabaseSync, config: SqliteDialectConfig) {
    super(config)
    this.#database = database
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= this.#wrap(await super.acquireConnection())
    return this.#connection
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await setImmediate()
    await super.beginTransaction(connection)
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // SQLite rolls back by itself when the disk is full.
    if (this.#database.isTransaction) await super.rollbackTransaction(connection)
  }

  #wrap(connection: DatabaseConnection): DatabaseConnection {
    return {
      // A transaction that has begun has the lock.
      executeQuery: <Row>(query: CompiledQuery) =>
        this.#database.isTransaction
          ? connection.executeQuery<Row>(query)
          : this.#retryWhileBusy(() => connection.executeQuery<Row>(query)),
      streamQuery: <Row>(query: CompiledQuery, chunkSize: number) =>
        connection.streamQuery<Row>(query, chunkSize),
    }
  }

  /** Statements that follow do not wait again for a process that has been writing for longer than the timeout. */
  async #retryWhileBusy<Result>(execute: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        const result = await execute()
        this.#lastBusyMs = Number.NEGATIVE_INFINITY
        return result
      } catch (error) {
        if (!isBusy(error)) throw error
        const nowMs = performance.now()
        if (nowMs - this.#lastBusyMs > BUSY_TIMEOUT_MS) this.#busySinceMs = nowMs
        this.#lastBusyMs = nowMs
        if (nowMs - this.#busySinceMs > BUSY_TIMEOUT_MS) throw error
        await setTimeout(BUSY_STEP_MS)
      }
    }
  }
}
