import type { Transaction } from 'kysely'
import type { Database } from './database.ts'
import {
  databaseUnavailable,
  isConnectionLost,
  isTransactionConflict,
  outageToApiError,
  WriteConflictError,
} from './errors.ts'
import type { Tables } from './tables.ts'

const MAX_ATTEMPTS = 5

type Stage = 'begin' | 'work' | 'commit'

/**
 * Runs a function in a transaction. It is retried when it has certainly not been committed: after a conflict with another
 * transaction, and once after the connection broke before the commit.
 * @throws ApiError `SERVICE_UNAVAILABLE` during an outage; the transaction may or may not have been committed then
 */
export async function runInTransaction<T>(
  database: Database,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  let lostConnections = 0
  for (let attempt = 1; ; attempt += 1) {
    const { stage, result, error } = await attemptTransaction(database, work)
    if (error === undefined) return result as T
    if (isConnectionLost(error)) lostConnections += 1
    const canRetry =
      error instanceof WriteConflictError ||
      isTransactionConflict(error) ||
      (isConnectionLost(error) && stage !== 'commit' && lostConnections === 1)
    if (!canRetry || attempt === MAX_ATTEMPTS)
      throw error instanceof WriteConflictError ? databaseUnavailable() : outageToApiError(error)
  }
}

async function attemptTransaction<T>(
  database: Database,
  work: (transaction: Transaction<Tables>) => Promise<T>,
) {
  let stage = 'begin' as Stage
  // The rollback on a broken connection fails too, and hides this error.
  let workError: unknown
  try {
    const result = await database.transaction().execute(async (transaction) => {
      stage = 'work'
      const value = await work(transaction).catch((error) => {
        workError = error
        throw error
      })
      stage = 'commit'
      return value
    })
    return { stage: 'commit' as Stage, result }
  } catch (error) {
    return { stage, error: workError ?? error }
  }
}
