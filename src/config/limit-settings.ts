import { z } from 'zod'
import { amount, count, milliseconds, networks, redisUrl, type Setting } from './setting.ts'

/** Settings of how much the service takes, how long it waits, and what copies remember together. */
export const BOUNDS = {
  BODY_LIMIT: amount(262_144, 16_777_216, 'the largest body, bytes'),
  HEADER_LIMIT: amount(16_384, 131_072, 'the largest headers, bytes'),
  HEADERS_TIMEOUT: milliseconds(10_000, 'how long headers may take to arrive'),
  REQUEST_TIMEOUT: milliseconds(30_000, 'how long a request may take to arrive'),
  DRAIN_TIMEOUT: milliseconds(10_000, 'how long requests in flight may take to finish at a stop'),
  KEEP_ALIVE_TIMEOUT: milliseconds(65_000, 'how long an idle connection is kept'),
  CONNECTION_LIMIT: amount(10_000, 1_000_000, 'the most open connections; what comes on top is closed'),
  RATE_LIMIT: {
    check: count(1_000_000),
    standard: 'none',
    example: '600',
    about: 'the most requests from one address in a minute; health is not counted',
  },
  CLIENT_RATE_LIMIT: {
    check: count(10_000_000),
    standard: 'none',
    example: '6000',
    about: 'the most requests of one client (the token’s `cid`) in a minute',
  },
  TRUSTED_PROXIES: {
    check: networks,
    standard: 'none',
    example: '10.0.0.0/8',
    about: 'addresses of proxies in front, with commas between: what they forward is the client’s address',
  },
  // `npm run bench:load -- overload` at three times the peak: who is served waits 25 ms in the middle with 20 here, 60 with
  // 50, and no more of them are served. 50 lets some hundred requests come at once without a refusal.
  LOOP_DELAY_LIMIT: milliseconds(
    50,
    'how long requests may wait for the event loop before more are refused (503)',
  ),
  DRAIN_DELAY: milliseconds(0, 'how long a stopping server says “not ready” before it takes no more', {
    least: 0,
  }),
  // What waits for the database or the issuer's keys. The shortest answer takes 70 µs of CPU: a thousand of them are served
  // in 70 ms, and what is more of them waits longer than its client is better told to come again.
  IN_FLIGHT_LIMIT: amount(1_000, 100_000, 'the most requests under way at once'),
  KEYS_REFRESH: milliseconds(300_000, 'how often the issuer’s keys are fetched', {
    least: 10_000,
    most: 3_600_000,
  }),
  KEYS_TIMEOUT: milliseconds(3_000, 'how long the issuer’s keys may take to arrive'),
  KEYS_OUTAGE: milliseconds(3_600_000, 'how long the last good keys serve while the issuer is away', {
    most: 86_400_000,
  }),
  TOKEN_CACHE_LIMIT: amount(10_000, 1_000_000, 'the most verified tokens that are remembered for a minute'),
  DPOP_NONCE: {
    check: z.enum(['optional', 'required']),
    standard: 'optional',
    fallback: 'optional',
    example: 'required',
    about: 'whether DPoP proofs must carry a nonce of this service: `optional` or `required`',
  },
  DPOP_MEMORY_LIMIT: amount(1_000_000, 10_000_000, 'the most DPoP proofs that are remembered without Redis'),
  WORKERS: amount(1, 64, 'how many processes serve the API together, under one more that starts them'),
  REDIS_URL: {
    secret: 'in the address',
    check: redisUrl,
    standard: 'none: each copy remembers its own',
    example: 'redis://127.0.0.1:6379',
    about: 'Redis 7, where many copies remember DPoP proofs and count requests together',
  },
  REDIS_TIMEOUT: milliseconds(1_000, 'how long one question to Redis may take'),
  IDEMPOTENCY_LIFE: milliseconds(86_400_000, 'how long a write’s Idempotency-Key is remembered', {
    most: 2_592_000_000,
  }),
  PAGE_LIMIT: amount(100, 10_000, 'the most books in one page'),
  BATCH_LIMIT: amount(1_000, 10_000, 'the most books in one `addBooks`'),
  TOKEN_LIMIT: amount(2_000, 20_000, 'the most tokens (words and signs) in a document'),
  DEPTH_LIMIT: amount(20, 1_000, 'the most selections in each other'),
  ALIAS_LIMIT: amount(50, 10_000, 'the most aliases in a document'),
  ROOT_FIELD_LIMIT: amount(20, 10_000, 'the most fields at the root of an operation'),
  DIRECTIVE_LIMIT: amount(50, 10_000, 'the most directives in a document'),
  COST_LIMIT: amount(
    10_000,
    10_000_000,
    'the most fields that an operation may answer, pages counted in full',
  ),
} as const satisfies Record<string, Setting>
