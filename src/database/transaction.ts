import type { Database } from './database.ts'
import { isConnectionLost, isTransactionConflict, outageToApiError } from './errors.ts'
import type { WriteTransaction } from './tables.ts'

const MAX_ATTEMPTS = 5

/**
 * Runs a function in a transaction. It is retried when it has certainly not been committed: after a conflict with another
 * transaction, and once after the connection broke before the commit.
 * @throws ApiError `SERVICE_UNAVAILABLE` during an outage; the transaction may or may not have been committed then. The same
 *   or `INTERNAL_SERVER_ERROR` if the file of an SQLite database has a fault
 */
export async function runInTransaction<T>(
  database: Database,
  work: (transaction: WriteTransaction) => Promise<T>,
): Promise<T> {
  let wasConnectionLost = false
  for (let attempt = 1; ; attempt += 1) {
    let isCommitting = false
    // The rollback on a broken connection fails too, and hides this error.
    let workError: unknown
    try {
      database.file?.check()
      const result = await database.transaction().execute(async (transaction) => {
        const uncommitted = await work(transaction).catch((error) => {
          workError = error
          throw error
        })
        isCommitting = true
        return uncommitted
      })
      database.file?.check()
      return result
    } catch (transactionError) {
      const error = workError ?? transactionError
      const isLost = isConnectionLost(error)
      const canRetry = isTransactionConflict(error) || (isLost && !isCommitting && !wasConnectionLost)
      if (!canRetry || attempt === MAX_ATTEMPTS) throw outageToApiError(error)
      wasConnectionLost ||= isLost
    }
  }
}
