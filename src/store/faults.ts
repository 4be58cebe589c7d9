import { unavailable } from '../refusal.ts'

const RETRY_AFTER_SECONDS = 5

/** Runs a query; the database being away, full or locked is an outage, not a bug. */
export async function reaching<T>(query: Promise<T>): Promise<T> {
  try {
    return await query
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'ERR_SQLITE_ERROR')
      throw Object.assign(unavailable('The book store', RETRY_AFTER_SECONDS), { cause: error })
    throw error
  }
}
