import type { KeySet } from '../auth/key-set.ts'
import type { BookRepository } from '../database/book-repository.ts'
import { checkReadiness, type HealthCheck } from '../http/health.ts'

type RedisState = { readonly isConnected: () => boolean }

/** Returns the checks behind `/readyz` and the readiness metric: keys and database are required, Redis is not. */
export const createHealthChecks = (
  { keys, redis }: { readonly keys: KeySet; readonly redis: RedisState | undefined },
  books: BookRepository,
): readonly HealthCheck[] => [
  createKeysCheck(keys),
  createDatabaseCheck(books),
  ...(redis ? [createRedisCheck(redis)] : []),
]

const createKeysCheck = (keys: KeySet): HealthCheck => ({
  name: 'keys',
  findFailure: async () => (keys.isUsable ? undefined : 'the issuer’s keys are unavailable'),
  getDetails: () => ({
    count: keys.size,
    ageSeconds: Number.isFinite(keys.ageSeconds) ? Math.round(keys.ageSeconds) : null,
  }),
})

const createDatabaseCheck = (books: BookRepository): HealthCheck => ({
  name: 'store',
  findFailure: () =>
    books.ping().then(
      () => undefined,
      () => 'the database is unavailable',
    ),
})

/** Reports Redis without failing readiness: only DPoP depends on it. */
const createRedisCheck = (redis: RedisState): HealthCheck => ({
  name: 'redis',
  getDetails: () => ({ up: redis.isConnected(), connected: redis.isConnected() }),
})

/** Returns, for each required dependency, true when it is available. */
export async function checkDependencies(checks: readonly HealthCheck[]): Promise<Record<string, boolean>> {
  const { reasons } = await checkReadiness(checks)
  const required = checks.filter(({ findFailure }) => findFailure !== undefined)
  return Object.fromEntries(required.map(({ name }) => [name, reasons[name] === undefined]))
}
