import type { KeySet } from '../auth/key-set.ts'
import type { Books } from '../database/book-repository.ts'
import type { Check } from '../http/health.ts'

type Connection = { readonly connected: () => boolean }

/** What `/readyz` and the numbers tell of each part that the API leans on. */
export const checksOf = (
  { keys, redis }: { readonly keys: KeySet; readonly redis: Connection | undefined },
  books: Books,
): readonly Check[] => [keysCheck(keys), storeCheck(books), ...(redis ? [redisCheck(redis)] : [])]

const keysCheck = (keys: KeySet): Check => ({
  name: 'keys',
  reason: async () => (keys.usable ? undefined : 'the issuer’s keys cannot be had'),
  state: () => ({ count: keys.size, ageSeconds: Number.isFinite(keys.age) ? Math.round(keys.age) : null }),
})

const storeCheck = (books: Books): Check => ({
  name: 'store',
  reason: () =>
    books.ping().then(
      () => undefined,
      () => 'the book store cannot be reached',
    ),
})

/** Without Redis all but DPoP goes on: it is told, and nobody is turned away for it. */
const redisCheck = (redis: Connection): Check => ({
  name: 'redis',
  state: () => ({ up: redis.connected(), connected: redis.connected() }),
})
