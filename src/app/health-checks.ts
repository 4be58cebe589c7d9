import type { KeySet } from '../auth/key-set.ts'
import type { BookRepository } from '../database/book-repository.ts'
import type { HealthCheck } from '../http/health.ts'

type Connection = { readonly isConnected: () => boolean }

/** What `/readyz` and the numbers tell of each part that the API leans on. */
export const createHealthChecks = (
  { keys, redis }: { readonly keys: KeySet; readonly redis: Connection | undefined },
  books: BookRepository,
): readonly HealthCheck[] => [keysCheck(keys), storeCheck(books), ...(redis ? [redisCheck(redis)] : [])]

const keysCheck = (keys: KeySet): HealthCheck => ({
  name: 'keys',
  findFailure: async () => (keys.isUsable ? undefined : 'the issuer’s keys cannot be had'),
  getDetails: () => ({
    count: keys.size,
    ageSeconds: Number.isFinite(keys.ageSeconds) ? Math.round(keys.ageSeconds) : null,
  }),
})

const storeCheck = (books: BookRepository): HealthCheck => ({
  name: 'store',
  findFailure: () =>
    books.ping().then(
      () => undefined,
      () => 'the book store cannot be reached',
    ),
})

/** Without Redis all but DPoP goes on: it is told, and nobody is turned away for it. */
const redisCheck = (redis: Connection): HealthCheck => ({
  name: 'redis',
  getDetails: () => ({ up: redis.isConnected(), connected: redis.isConnected() }),
})
