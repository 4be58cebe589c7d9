import { z } from 'zod'
import {
  durationSetting,
  integerSetting,
  networksSchema,
  positiveIntegerSchema,
  redisUrlSchema,
  type Setting,
} from './setting.ts'

/** Settings of how much the service takes, how long it waits, and what copies remember together. */
export const LIMIT_SETTINGS = {
  BODY_LIMIT: integerSetting(262_144, 16_777_216, 'the largest body, bytes'),
  HEADER_LIMIT: integerSetting(16_384, 131_072, 'the largest headers, bytes'),
  HEADERS_TIMEOUT: durationSetting(10_000, 'how long headers may take to arrive'),
  REQUEST_TIMEOUT: durationSetting(30_000, 'how long a request may take to arrive'),
  DRAIN_TIMEOUT: durationSetting(10_000, 'how long requests in flight may take to finish at a stop'),
  KEEP_ALIVE_TIMEOUT: durationSetting(65_000, 'how long an idle connection is kept'),
  CONNECTION_LIMIT: integerSetting(
    10_000,
    1_000_000,
    'the most open connections; what comes on top is closed',
  ),
  RATE_LIMIT: {
    schema: positiveIntegerSchema(1_000_000),
    defaultText: 'none',
    example: '600',
    description: 'the most requests from one address in a minute; health is not counted',
  },
  CLIENT_RATE_LIMIT: {
    schema: positiveIntegerSchema(10_000_000),
    defaultText: 'none',
    example: '6000',
    description: 'the most requests of one client (the token’s `cid`) in a minute',
  },
  TRUSTED_PROXIES: {
    schema: networksSchema,
    defaultText: 'none',
    example: '10.0.0.0/8',
    description:
      'addresses of proxies in front, with commas between: what they forward is the client’s address',
  },
  // `npm run bench -- load` at three times the peak: who is served waits 25 ms in the middle with 20 here, 60 with
  // 50, and no more of them are served. 50 lets some hundred requests come at once without a refusal.
  LOOP_DELAY_LIMIT: durationSetting(
    50,
    'how long requests may wait for the event loop before more are refused (503)',
  ),
  DRAIN_DELAY: durationSetting(0, 'how long a stopping server says “not ready” before it takes no more', {
    minMs: 0,
  }),
  // What waits for the database or the issuer's keys. The shortest answer takes 70 µs of CPU: a thousand of them are served
  // in 70 ms, and what is more of them waits longer than its client is better told to come again.
  IN_FLIGHT_LIMIT: integerSetting(1_000, 100_000, 'the most requests under way at once'),
  KEYS_REFRESH: durationSetting(300_000, 'how often the issuer’s keys are fetched', {
    minMs: 10_000,
    maxMs: 3_600_000,
  }),
  KEYS_TIMEOUT: durationSetting(3_000, 'how long the issuer’s keys may take to arrive'),
  KEYS_OUTAGE: durationSetting(3_600_000, 'how long the last good keys serve while the issuer is away', {
    maxMs: 86_400_000,
  }),
  TOKEN_CACHE_LIMIT: integerSetting(
    10_000,
    1_000_000,
    'the most verified tokens that are remembered for a minute',
  ),
  DPOP_NONCE: {
    schema: z.enum(['optional', 'required']),
    defaultText: 'optional',
    defaultValue: 'optional',
    example: 'required',
    description: 'whether DPoP proofs must carry a nonce of this service: `optional` or `required`',
  },
  DPOP_MEMORY_LIMIT: integerSetting(
    1_000_000,
    10_000_000,
    'the most DPoP proofs that are remembered without Redis',
  ),
  WORKERS: integerSetting(
    1,
    64,
    'how many processes serve the API together, under one more that starts them',
  ),
  REDIS_URL: {
    secret: 'in the address',
    schema: redisUrlSchema,
    defaultText: 'none: each copy remembers its own',
    example: 'redis://127.0.0.1:6379',
    description: 'Redis 7, where many copies remember DPoP proofs and count requests together',
  },
  REDIS_TIMEOUT: durationSetting(1_000, 'how long one question to Redis may take'),
  IDEMPOTENCY_LIFE: durationSetting(86_400_000, 'how long a write’s Idempotency-Key is remembered', {
    maxMs: 2_592_000_000,
  }),
  PAGE_LIMIT: integerSetting(100, 10_000, 'the most books in one page'),
  BATCH_LIMIT: integerSetting(1_000, 10_000, 'the most books in one `addBooks`'),
  TOKEN_LIMIT: integerSetting(2_000, 20_000, 'the most tokens (words and signs) in a document'),
  DEPTH_LIMIT: integerSetting(20, 1_000, 'the most selections in each other'),
  ALIAS_LIMIT: integerSetting(50, 10_000, 'the most aliases in a document'),
  ROOT_FIELD_LIMIT: integerSetting(20, 10_000, 'the most fields at the root of an operation'),
  DIRECTIVE_LIMIT: integerSetting(50, 10_000, 'the most directives in a document'),
  COST_LIMIT: integerSetting(
    10_000,
    10_000_000,
    'the most fields that an operation may answer, pages counted in full',
  ),
} as const satisfies Record<string, Setting>
