import type { BookRepository } from '../database/book-repository.ts'
import type { Clock } from '../lib/clock.ts'
import type { createAuthentication } from './authentication.ts'

type Authentication = ReturnType<typeof createAuthentication>

/** The time for which a check waits for the database. Probes of orchestrators have a time limit of one second or more. */
const MAX_WAIT_MS = 800

/**
 * Creates the check behind `/readyz` and the readiness metric. It reports what this copy cannot do without: a database that
 * is slow, locked or busy stays ready, since all copies share it. It ignores Redis, on which only DPoP depends.
 */
export function createCheckReadiness({ keys, redis }: Authentication, books: BookRepository, clock: Clock) {
  const checkDatabase = createDatabaseCheck(books, clock)
  return async function checkReadiness() {
    const hasKeys = keys.isUsable
    const hasDatabase = await checkDatabase()
    return {
      isReady: hasKeys && hasDatabase,
      reasons: {
        ...(!hasKeys && { keys: 'the issuer’s keys are unavailable' }),
        ...(!hasDatabase && { store: 'the database is unavailable' }),
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

/** Returns a check of the database that resolves to its last known state if the database takes too long to answer. */
function createDatabaseCheck(books: BookRepository, clock: Clock): () => Promise<boolean> {
  let isAvailable = true
  let pending: Promise<void> | undefined
  async function ping(): Promise<void> {
    isAvailable = await books.ping().then(
      () => true,
      () => false,
    )
    pending = undefined
  }
  return async function checkDatabase() {
    pending ??= ping()
    let cancel = () => {}
    const timeout = new Promise<void>((resolve) => {
      cancel = clock.schedule(MAX_WAIT_MS, resolve)
    })
    await Promise.race([pending, timeout])
    cancel()
    return isAvailable
  }
}
