import type { Transaction } from 'kysely'
import type { Database } from './database.ts'
import { databaseUnavailable, isConnectionLost, isTransactionConflict, outageToApiError } from './errors.ts'
import type { Tables } from './tables.ts'

/** Somebody else was quicker at the same thing: what they did is seen the next time. */
export class WriteConflictError extends Error {
  override readonly name = 'WriteConflictError'
}

const ATTEMPTS = 5

type Stage = 'begin' | 'work' | 'commit'

/**
 * Runs what writes, as a whole or not at all, and again where it surely was not done: when another transaction was in
 * the way, and, once, when the connection broke before the end was asked for.
 * @throws Refusal `SERVICE_UNAVAILABLE` when the database can't be had: then what was written is there or is not
 */
export async function runInTransaction<T>(
  database: Database,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  let broken = 0
  for (let attempt = 1; ; attempt += 1) {
    const { stage, result, error } = await attempted(database, work)
    if (error === undefined) return result as T
    if (isConnectionLost(error)) broken += 1
    const undone =
      error instanceof WriteConflictError ||
      isTransactionConflict(error) ||
      (isConnectionLost(error) && stage !== 'commit' && broken === 1)
    if (!undone || attempt === ATTEMPTS)
      throw error instanceof WriteConflictError ? databaseUnavailable() : outageToApiError(error)
  }
}

async function attempted<T>(database: Database, work: (transaction: Transaction<Tables>) => Promise<T>) {
  let stage = 'begin' as Stage
  // A broken connection cannot be rolled back either: what is told is why it broke.
  let reason: unknown
  try {
    const result = await database.transaction().execute(async (transaction) => {
      stage = 'work'
      const done = await work(transaction).catch((error) => {
        reason = error
        throw error
      })
      stage = 'commit'
      return done
    })
    return { stage: 'commit' as Stage, result }
  } catch (error) {
    return { stage, error: reason ?? error }
  }
}
