import { z } from 'zod'

const port = z.coerce.number().int().min(0).max(65_535)
const count = (most: number) => z.coerce.number().int().min(1).max(most)
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

function isWebUrl(text: string): boolean {
  const url = URL.parse(text)
  if (!url || url.username || url.password || /[?#]|\/$/.test(text)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))
}
const webUrl = z
  .string()
  .refine(isWebUrl, 'must be https, or http on loopback, without a query or a slash at the end')

function isRedisUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== ''
}

/** One setting: what may stand in it, what it is when left out, an example, and what it is for. */
export type Setting = {
  readonly check: z.ZodType<string | number>
  /** In words, for people; how it is derived where it is not a constant. */
  readonly standard: string
  readonly fallback?: string
  readonly example: string
  readonly about: string
}

const milliseconds = (fallback: number, about: string, { least = 1, most = 600_000 } = {}): Setting => ({
  check: z.coerce.number().int().min(least).max(most),
  standard: String(fallback),
  fallback: String(fallback),
  example: String(fallback),
  about: `${about}, milliseconds`,
})

const amount = (fallback: number, most: number, about: string): Setting => ({
  check: count(most),
  standard: String(fallback),
  fallback: String(fallback),
  example: String(fallback),
  about,
})

/** Every setting of the product. The README's table is made from this. */
export const SETTINGS = {
  PORT: { check: port, standard: '4000', fallback: '4000', example: '4000', about: 'the API' },
  HOST: {
    check: z.string().min(1),
    standard: '127.0.0.1',
    fallback: '127.0.0.1',
    example: '127.0.0.1',
    about: 'the address that the API listens on',
  },
  DATABASE_URL: {
    check: z.string().regex(/^file:.+/, 'must begin with "file:"'),
    standard: 'file:data/fakebook.db',
    fallback: 'file:data/fakebook.db',
    example: 'file:data/fakebook.db',
    about: 'where the books are; `file::memory:` forgets them',
  },
  OKTA_ISSUER: {
    check: webUrl,
    standard: 'the embedded one',
    example: 'https://example.okta.com/oauth2/default',
    about: 'whose tokens are accepted',
  },
  OKTA_AUDIENCE: {
    check: z.string().min(1),
    standard: 'api://default',
    fallback: 'api://default',
    example: 'api://default',
    about: 'whom tokens must be for',
  },
  OKTA_CLIENT_ID: {
    check: z.string().min(1),
    standard: 'embedded: fakebook-cron',
    example: 'fakebook-cron',
    about: 'the job',
  },
  OKTA_CLIENT_SECRET: {
    check: z.string().min(1),
    standard: 'embedded: fakebook-cron-secret',
    example: 'the secret from Okta’s console',
    about: 'the job',
  },
  API_URL: {
    check: webUrl,
    standard: 'http://localhost:{PORT}',
    example: 'https://books.example.com',
    about: 'the API’s public address: what the job calls, challenges point to and DPoP proofs must name',
  },
  ISSUER_PORT: {
    check: port,
    standard: '4400',
    fallback: '4400',
    example: '4400',
    about: 'the embedded authorization server, loopback only',
  },
  INTROSPECTION: {
    check: z.enum(['open', 'authenticated', 'off']),
    standard: 'open; in production authenticated',
    example: 'authenticated',
    about: 'who may read the schema: `open`, `authenticated` or `off`',
  },
  LOG_LEVEL: {
    check: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    standard: 'info',
    fallback: 'info',
    example: 'info',
    about: 'pino’s names',
  },
  BODY_LIMIT: amount(262_144, 16_777_216, 'the largest body, bytes'),
  HEADER_LIMIT: amount(16_384, 131_072, 'the largest headers, bytes'),
  HEADERS_TIMEOUT: milliseconds(10_000, 'how long headers may take to arrive'),
  REQUEST_TIMEOUT: milliseconds(30_000, 'how long a request may take to arrive'),
  DRAIN_TIMEOUT: milliseconds(10_000, 'how long requests in flight may take to finish at a stop'),
  KEEP_ALIVE_TIMEOUT: milliseconds(65_000, 'how long an idle connection is kept'),
  RATE_LIMIT: {
    check: count(1_000_000),
    standard: 'none',
    example: '600',
    about: 'the most requests from one address in a minute; health is not counted',
  },
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
  REDIS_URL: {
    check: z.string().refine(isRedisUrl, 'must begin with "redis://" or "rediss://" and name a host'),
    standard: 'none: each copy remembers its own',
    example: 'redis://127.0.0.1:6379',
    about: 'Redis 7, where many copies remember DPoP proofs together',
  },
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

export type SettingName = keyof typeof SETTINGS
