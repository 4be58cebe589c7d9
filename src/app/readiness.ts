import type { BookRepository } from '../database/book-repository.ts'
import { findLastingError } from '../errors/lasting-error.ts'
import type { createAuthentication } from './authentication.ts'

type Authentication = ReturnType<typeof createAuthentication>

/**
 * Creates the check behind `/readyz` and the readiness metric. It ignores Redis, on which only DPoP depends.
 * @param logError called for a lasting error of the database
 */
export function createCheckReadiness(
  { keys, redis }: Authentication,
  books: BookRepository,
  logError: (error: unknown) => void,
) {
  return async function checkReadiness() {
    const hasKeys = keys.isUsable
    const [ping] = await Promise.allSettled([books.ping()])
    const hasDatabase = ping.status === 'fulfilled'
    const error = ping.status === 'rejected' ? ping.reason : undefined
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
