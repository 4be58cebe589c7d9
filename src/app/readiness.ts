import type { BookRepository } from '../database/book-repository.ts'
import type { createAuthentication } from './authentication.ts'

type Authentication = ReturnType<typeof createAuthentication>

/** Creates the check behind `/readyz` and the readiness metric. It ignores Redis, on which only DPoP depends. */
export function createCheckReadiness({ keys, redis }: Authentication, books: BookRepository) {
  return async function checkReadiness() {
    const hasKeys = keys.isUsable
    const [ping] = await Promise.allSettled([books.ping()])
    const hasDatabase = ping.status === 'fulfilled'
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
