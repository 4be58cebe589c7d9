import { durationSetting, integerSetting, type Setting } from './setting-definition.ts'
import { enumSchema, networksSchema, redisUrlSchema, wholeNumberSchema } from './setting-schemas.ts'

/** Settings for limits, timeouts, and state that several copies share. */
export const LIMIT_SETTINGS = {
  BODY_LIMIT: integerSetting(262_144, 16_777_216, 'maximum size of a request body, bytes'),
  HEADER_LIMIT: integerSetting(16_384, 131_072, 'maximum size of the request headers, bytes'),
  HEADERS_TIMEOUT: durationSetting(10_000, 'maximum time to receive the request headers'),
  REQUEST_TIMEOUT: durationSetting(30_000, 'maximum time to receive a whole request'),
  DRAIN_TIMEOUT: durationSetting(10_000, 'maximum time for requests in flight to finish at shutdown'),
  KEEP_ALIVE_TIMEOUT: durationSetting(65_000, 'time after which an idle connection is closed'),
  CONNECTION_LIMIT: integerSetting(
    10_000,
    1_000_000,
    'maximum number of open connections; further ones are closed',
  ),
  RATE_LIMIT: {
    schema: wholeNumberSchema(1, 1_000_000),
    defaultText: 'none',
    example: '600',
    description: 'maximum number of requests per minute from one address; health endpoints are not counted',
  },
  CLIENT_RATE_LIMIT: {
    schema: wholeNumberSchema(1, 10_000_000),
    defaultText: 'none',
    example: '6000',
    description: 'maximum number of requests per minute from one client (the token’s `cid`)',
  },
  TRUSTED_PROXIES: {
    schema: networksSchema,
    defaultText: 'none',
    example: '10.0.0.0/8',
    description:
      'addresses of trusted proxies, separated by commas; their `X-Forwarded-For` gives the client address',
  },
  // At three times the peak load (`npm run bench:load -- overload`), the median latency of served requests is 25 ms with a
  // limit of 20 and 60 ms with 50; the number of served requests is the same. 50 tolerates a burst of about 100 requests.
  LOOP_DELAY_LIMIT: durationSetting(50, 'event loop delay above which new requests are rejected with 503'),
  DRAIN_DELAY: durationSetting(0, 'time between reporting “not ready” and closing the listener at shutdown', {
    minMs: 0,
  }),
  // Requests that wait for the database or for the issuer's keys. The cheapest request takes 70 µs of CPU, so 1,000 of them
  // take 70 ms; beyond that, a 503 with Retry-After serves the client better than the queue.
  IN_FLIGHT_LIMIT: integerSetting(1_000, 100_000, 'maximum number of requests in flight'),
  KEYS_REFRESH: durationSetting(300_000, 'interval between fetches of the issuer’s keys', {
    minMs: 10_000,
    maxMs: 3_600_000,
  }),
  KEYS_TIMEOUT: durationSetting(3_000, 'timeout of a fetch of the issuer’s keys'),
  KEYS_OUTAGE: durationSetting(
    3_600_000,
    'time for which the last fetched keys are used while the issuer is unavailable',
    {
      maxMs: 86_400_000,
    },
  ),
  TOKEN_CACHE_LIMIT: integerSetting(
    10_000,
    1_000_000,
    'maximum number of verified tokens in the cache; each is cached for a minute',
  ),
  DPOP_NONCE: {
    schema: enumSchema(['optional', 'required']),
    defaultText: 'optional',
    defaultValue: 'optional',
    example: 'required',
    description: 'server-provided nonce in DPoP proofs: `optional` or `required`',
  },
  DPOP_MEMORY_LIMIT: integerSetting(
    1_000_000,
    10_000_000,
    'maximum number of DPoP proofs remembered in memory, without Redis',
  ),
  WORKERS: integerSetting(1, 64, 'number of API processes that share the port, under one primary process'),
  REDIS_URL: {
    secret: 'in the address',
    schema: redisUrlSchema,
    defaultText: 'none: each process has its own memory',
    example: 'redis://127.0.0.1:6379',
    description: 'Redis 7, in which several processes share DPoP proofs and rate limits',
  },
  REDIS_TIMEOUT: durationSetting(1_000, 'timeout of a Redis command'),
  IDEMPOTENCY_LIFE: durationSetting(86_400_000, 'lifetime of an Idempotency-Key', {
    maxMs: 2_592_000_000,
  }),
  PAGE_LIMIT: integerSetting(100, 10_000, 'maximum number of books in a page'),
  BATCH_LIMIT: integerSetting(1_000, 10_000, 'maximum number of books in one `addBooks`'),
  TOKEN_LIMIT: integerSetting(2_000, 20_000, 'maximum number of lexical tokens in a document'),
  DEPTH_LIMIT: integerSetting(20, 1_000, 'maximum depth of nested selections'),
  ALIAS_LIMIT: integerSetting(50, 10_000, 'maximum number of aliases in a document'),
  ROOT_FIELD_LIMIT: integerSetting(20, 10_000, 'maximum number of root fields in an operation'),
  DIRECTIVE_LIMIT: integerSetting(50, 10_000, 'maximum number of directives in a document'),
  COST_LIMIT: integerSetting(
    10_000,
    10_000_000,
    'maximum number of fields in a response, full pages assumed',
  ),
} as const satisfies Record<string, Setting>
