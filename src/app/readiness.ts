import type { BookRepository } from '../database/book-repository.ts'
import { findLastingError } from '../errors/lasting-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { createAuthentication } from './authentication.ts'

type ReadinessOptions = {
  readonly authentication: ReturnType<typeof createAuthentication>
  readonly books: BookRepository
  readonly clock: Clock
  /** Called for a lasting error of the database. */
  readonly logError: (error: unknown) => void
}

/** The time for which a check waits for the database: the time limit of a probe is usually a second or more. */
export const READINESS_WAIT_MS = 800

/**
 * Creates the check behind `/readyz` and the readiness metric. The copy stays ready while
 * the database is slow, locked or busy, since all copies share it. It ignores Redis, on which only DPoP depends.
 */
export function createCheckReadiness({ authentication, books, clock, logError }: ReadinessOptions) {
  const { keys, redis } = authentication
  const checkDatabase = createDatabaseCheck(books, clock)
  return async function checkReadiness() {
    const hasKeys = keys.isUsable
    const error = await checkDatabase()
    const hasDatabase = error === undefined
    const lastingError = findLastingError(error)
    if (lastingError) logError(error)
    return {
      isReady: hasKeys && hasDatabase,
      reasons: {
        ...(!hasKeys && { keys: 'the issuer’s keys are unavailable' }),
        ...(!hasDatabase && { store: lastingError?.reason ?? 'the database is unavailable' }),
      },
      dependencies: {
        keys: {
          up: hasKeys,
          count: keys.size,
          ageSeconds: Number.isFinite(keys.ageSeconds) ? Math.round(keys.ageSeconds) : null,
        },
        store: { up: hasDatabase },
        ...(redis && { redis: { up: redis.isConnected(), connected: redis.isConnected() } }),
      },
    }
  }
}

/**
 * Returns a check of the database. If the database takes too long to answer, it resolves to the result of the last check.
 * @returns a function that resolves to undefined if the database is available, and otherwise to its error
 */
function createDatabaseCheck(books: BookRepository, clock: Clock): () => Promise<unknown> {
  let lastError: unknown
  let pending: Promise<void> | undefined
  async function ping(): Promise<void> {
    lastError = await books.ping().catch((error) => error)
    pending = undefined
  }
  return async function checkDatabase() {
    pending ??= ping()
    const { promise: timeout, resolve } = Promise.withResolvers<void>()
    const cancel = clock.schedule(READINESS_WAIT_MS, resolve)
    await Promise.race([pending, timeout])
    cancel()
    return lastError
  }
}
