import type { z } from 'zod'
import { durationSetting, integerSetting, portSetting, type Setting } from './setting-definition.ts'
import * as schemas from './setting-schemas.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Every setting of the product. `npm run codegen` writes the table in docs/settings.md from it. */
export const SETTINGS = {
  PORT: portSetting(4000, 'the port of the API'),
  HOST: {
    defaultValue: '127.0.0.1',
    description: 'the address on which the API and the web app listen',
  },
  DATABASE_URL: {
    secret: 'in the address',
    schema: schemas.databaseUrl,
    defaultValue: 'file:data/fakebook.db',
    description:
      'the database: a file, PostgreSQL (`postgres://user:password@host/database?sslmode=verify-full`), or `file::memory:`, which is lost at exit',
  },
  DATABASE_POOL: integerSetting(
    10,
    1_000,
    'maximum number of PostgreSQL connections of one process, of which reads, writes and searches have a share of at least one each; health checks use one more',
  ),
  DATABASE_CONNECT_TIMEOUT: durationSetting(800, 'maximum time to wait for a PostgreSQL connection'),
  DATABASE_TIMEOUT: durationSetting(5_000, 'maximum duration of a PostgreSQL statement'),
  DATABASE_LOCK_TIMEOUT: durationSetting(
    2_000,
    'maximum time for which a PostgreSQL statement waits for a lock',
  ),
  DATABASE_SEARCH_TIMEOUT: durationSetting(2_000, 'maximum duration of a search by words'),
  OKTA_ISSUER: {
    aliases: ['OKTA_OAUTH2_ISSUER', 'ISSUER'],
    schema: schemas.issuerUrl,
    defaultText: 'the embedded one',
    example: 'https://example.okta.com/oauth2/default',
    description: 'the authorization server whose tokens are accepted',
  },
  OKTA_AUDIENCE: {
    aliases: ['OKTA_OAUTH2_AUDIENCE', 'AUDIENCE'],
    defaultValue: 'api://default',
    description: 'the audience that tokens must have',
  },
  JWKS_URL: {
    schema: schemas.webUrl,
    defaultText: '/v1/keys of OKTA_ISSUER',
    example: 'https://example.auth0.com/.well-known/jwks.json',
    description: 'the URL of the issuer’s public keys, for an issuer other than Okta',
  },
  SCOPE_CLAIM: {
    schema: schemas.claimName,
    defaultText: 'scp, then scope',
    example: 'permissions',
    description:
      'the claim that lists a token’s scopes, as an array of strings or one string with spaces; by default the first one present of `scp` and `scope`',
  },
  OKTA_CLIENT_ID: {
    aliases: ['OKTA_OAUTH2_CLIENT_ID', 'CLIENT_ID'],
    defaultText: 'embedded: fakebook-cron',
    remoteDefaultText: 'none; the job requires it',
    example: 'fakebook-cron',
    description: 'the client id of the job',
  },
  OKTA_CLIENT_SECRET: {
    aliases: ['OKTA_OAUTH2_CLIENT_SECRET', 'CLIENT_SECRET'],
    secret: 'whole',
    defaultText: 'embedded: fakebook-cron-secret',
    remoteDefaultText: 'none; the job requires it, or OKTA_CLIENT_PRIVATE_KEY',
    example: 'the secret from Okta’s console',
    description: 'the client secret of the job',
  },
  OKTA_CLIENT_PRIVATE_KEY: {
    secret: 'whole',
    schema: schemas.privateKey,
    example: 'the private key from Okta’s console, as a JWK or PEM',
    description:
      'the RSA private key of the job, in place of a secret (private_key_jwt): a JWK, whose `kid` is sent, or unencrypted PEM',
  },
  API_URL: {
    schema: schemas.webUrl,
    defaultText: 'http://localhost:{PORT}; required in production',
    example: 'https://books.example.com',
    description: 'the public URL of the API: called by the job, named in challenges, required in DPoP proofs',
  },
  WEBAPP_PORT: portSetting(7001, 'the port of the web app'),
  WEBAPP_CLIENT_ID: {
    defaultText: 'embedded: fakebook-webapp',
    remoteDefaultText: 'none; the web app requires it',
    example: 'fakebook-webapp',
    description: 'the client id of the web app',
  },
  WEBAPP_CLIENT_SECRET: {
    secret: 'whole',
    defaultText: 'embedded: fakebook-webapp-secret',
    remoteDefaultText: 'none; the web app requires it',
    example: 'the secret from Okta’s console',
    description: 'the client secret of the web app',
  },
  WEBAPP_REDIRECT_URI: {
    aliases: ['REDIRECT_URI'],
    schema: schemas.redirectUri,
    defaultText: 'http://localhost:{WEBAPP_PORT}/callback',
    remoteDefaultText: '/callback of the web app',
    example: 'http://localhost:7001/callback',
    description: 'the redirect URI registered in Okta; its path is the callback route',
  },
  SESSION_SECRET: {
    secret: 'whole',
    schema: schemas.sessionSecrets,
    defaultText: 'generated at the first start; required in production',
    example: 'the output of "openssl rand -base64 32"',
    description:
      'the secret that signs the session cookie and encrypts sessions, the same for every copy; of several, separated by commas, the first encrypts and all decrypt',
  },
  SESSION_IDLE: durationSetting(2 * HOUR_MS, 'lifetime of an unused session of the web app', {
    maxMs: 30 * DAY_MS,
  }),
  SESSION_LIFE: durationSetting(12 * HOUR_MS, 'maximum lifetime of a session of the web app', {
    maxMs: 30 * DAY_MS,
  }),
  IDE_CLIENT_ID: {
    aliases: ['SPA_CLIENT_ID'],
    defaultText: 'embedded: fakebook-ide',
    remoteDefaultText: 'none: the IDE offers only the header editor',
    example: 'fakebook-ide',
    description:
      'the client id of the GraphQL IDE, a public client with PKCE; without it the IDE offers only the header editor',
  },
  ISSUER_PORT: {
    ...portSetting(4400, 'the port of the embedded authorization server, on loopback only'),
    remoteDefaultText: 'unused with this OKTA_ISSUER',
  },
  INTROSPECTION: {
    schema: schemas.oneOf(['open', 'authenticated', 'off']),
    defaultValue: 'open',
    productionDefault: 'authenticated',
    example: 'authenticated',
    description: 'access to introspection: `open`, `authenticated` or `off`',
  },
  SUBGRAPH: {
    schema: schemas.oneOf(['on', 'off']),
    defaultValue: 'off',
    example: 'on',
    description:
      '`on` adds the fields of a subgraph of Apollo Federation to the schema, for a gateway: `_entities` and `_service`',
  },
  DENIED_FIELDS: {
    schema: schemas.oneOf(['reject', 'null']),
    defaultValue: 'reject',
    example: 'null',
    description:
      'the handling of queries with denied fields, unless the client prefers one (`Prefer: handling=`): `reject` the request, or answer these fields with `null`',
  },
  LOG_LEVEL: {
    schema: schemas.oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    defaultValue: 'info',
    description: 'the pino log level',
  },
  LOG_FORMAT: {
    schema: schemas.oneOf(['json', 'pretty']),
    defaultValue: 'pretty',
    productionDefault: 'json',
    example: 'json',
    description: 'the format of standard output: `json`, one object per line, or `pretty`, lines for people',
  },
  AUDIT_LOG: {
    defaultValue: 'stdout',
    example: '/var/log/fakebook/audit.log',
    description:
      'the target of the audit log, which records writes and rejected requests: a file, `stdout`, `stderr` or `off`',
  },
  TRUSTED_DOCUMENTS: {
    schema: schemas.oneOf(['only', 'prefer', 'off']),
    defaultValue: 'off',
    example: 'only',
    description: 'trusted documents: `only` these, any document and these also by hash (`prefer`), or `off`',
  },
  TRUSTED_DOCUMENTS_MANIFEST: {
    defaultText: 'the documents of this project’s clients',
    example: 'trusted-documents.json',
    description:
      'a JSON manifest of documents by SHA-256, as GraphQL Code Generator or Apollo writes it; several separated by commas',
  },

  // Limits, timeouts, and state that several copies share
  BODY_LIMIT: integerSetting(262_144, 16_777_216, 'maximum size of a request body, bytes'),
  RESPONSE_LIMIT: integerSetting(
    4_194_304,
    268_435_456,
    'maximum size of a response other than a mutation’s, bytes',
  ),
  BUFFER_LIMIT: {
    schema: schemas.wholeNumber(65_536, 68_719_476_736),
    defaultText: 'an eighth of the memory of a process',
    example: '67108864',
    description:
      'maximum size of all request bodies and responses buffered by one process, bytes; above it, the connection that waits longest for its client is closed',
  },
  JSON_DEPTH_LIMIT: integerSetting(32, 1_000, 'maximum depth of nested objects and lists in a JSON body'),
  HEADER_LIMIT: integerSetting(16_384, 131_072, 'maximum size of the request headers, bytes'),
  HEADERS_TIMEOUT: durationSetting(10_000, 'maximum time to receive the request headers'),
  REQUEST_TIMEOUT: durationSetting(30_000, 'maximum time to receive a whole request'),
  SEND_TIMEOUT: durationSetting(30_000, 'maximum time for a client to take a whole response'),
  DRAIN_TIMEOUT: durationSetting(10_000, 'maximum time for requests in flight to finish at shutdown'),
  KEEP_ALIVE_TIMEOUT: durationSetting(65_000, 'time after which an idle connection is closed'),
  CONNECTION_LIMIT: integerSetting(
    10_000,
    1_000_000,
    'maximum number of connections; on further ones the API serves health endpoints alone, and the other servers close them',
  ),
  RATE_LIMIT: {
    schema: schemas.wholeNumber(1, 1_000_000),
    example: '600',
    description: 'maximum number of requests per minute from one address; health endpoints are not counted',
  },
  CLIENT_RATE_LIMIT: {
    schema: schemas.wholeNumber(1, 10_000_000),
    example: '6000',
    description: 'maximum number of requests per minute from one client (the token’s client id)',
  },
  TRUSTED_PROXIES: {
    schema: schemas.networks,
    example: '10.0.0.0/8',
    description: 'trusted proxies, separated by commas, whose `X-Forwarded-For` gives the client address',
  },
  // At three times the peak load (`npm run bench -- load`), the median latency of served requests is 25 ms with a
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
    maxMs: HOUR_MS,
  }),
  KEYS_TIMEOUT: durationSetting(3_000, 'timeout of a fetch of the issuer’s keys'),
  KEYS_OUTAGE: durationSetting(HOUR_MS, 'time for which the last keys are used in an outage of the issuer', {
    maxMs: DAY_MS,
  }),
  TOKEN_CACHE_LIMIT: integerSetting(10_000, 1_000_000, 'maximum number of tokens cached, for a minute each'),
  DPOP: {
    schema: schemas.oneOf(['optional', 'required']),
    defaultValue: 'optional',
    example: 'required',
    description:
      'DPoP-bound access tokens: `optional`, or `required`: the API then rejects bearer tokens, also those of the IDE, the web app, and the job without `--dpop`',
  },
  DPOP_NONCE: {
    schema: schemas.oneOf(['optional', 'required']),
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
    schema: schemas.redisUrl,
    defaultText: 'none: each process has its own memory',
    example: 'redis://127.0.0.1:6379',
    description: 'Redis 7, in which several processes share DPoP proofs and rate limits',
  },
  // Redis replies within milliseconds. Linux sends a lost packet again after 200 ms: one lost packet is no outage.
  REDIS_TIMEOUT: durationSetting(250, 'time after which a Redis that does not reply counts as unavailable'),
  IDEMPOTENCY_LIFE: durationSetting(DAY_MS, 'lifetime of an Idempotency-Key', { maxMs: 30 * DAY_MS }),
  PAGE_LIMIT: integerSetting(100, 10_000, 'maximum number of books in a page'),
  COUNT_LIMIT: integerSetting(10_000, 10_000_000, 'maximum number of books that `totalCount` counts'),
  BATCH_LIMIT: integerSetting(1_000, 10_000, 'maximum number of books in one `addBooks`'),
  TOKEN_LIMIT: integerSetting(2_000, 20_000, 'maximum number of lexical tokens, and of lines, in a document'),
  DEPTH_LIMIT: integerSetting(20, 1_000, 'maximum depth of nested selections'),
  ALIAS_LIMIT: integerSetting(50, 10_000, 'maximum number of aliases in a document'),
  ROOT_FIELD_LIMIT: integerSetting(20, 10_000, 'maximum number of root fields in an operation'),
  DIRECTIVE_LIMIT: integerSetting(50, 10_000, 'maximum number of directives in a document'),
  MERGE_LIMIT: integerSetting(
    5_000,
    1_000_000,
    'maximum number of pairs in a document that validation may compare: of fields with one response name, and of fragments',
  ),
  COST_LIMIT: integerSetting(
    10_000,
    10_000_000,
    'maximum cost of an operation: its fields, as often as full pages have them, with the weights of `@cost` in the schema',
  ),

  // Traces, with the names that OpenTelemetry defines
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: schemas.baseEndpoint,
    defaultText: 'none: no traces',
    example: 'http://127.0.0.1:4318',
    description: 'the base URL of the OTLP/HTTP collector; traces are sent to `/v1/traces` below it',
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    schema: schemas.endpoint,
    example: 'http://127.0.0.1:4318/v1/traces',
    description: 'the full URL for traces; takes precedence over OTEL_EXPORTER_OTLP_ENDPOINT',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    schema: schemas.keyValueList,
    secret: 'whole',
    example: 'authorization=Basic%20…',
    description: 'headers of the trace exports, as `name=value,…`, percent-encoded',
  },
  OTEL_EXPORTER_OTLP_TIMEOUT: durationSetting(3_000, 'timeout of a trace export, also at shutdown'),
  OTEL_SERVICE_NAME: {
    defaultText: 'service.name in OTEL_RESOURCE_ATTRIBUTES, or fakebook-api',
    example: 'fakebook-api',
    description: 'the service name in traces',
  },
  OTEL_RESOURCE_ATTRIBUTES: {
    schema: schemas.keyValueList,
    example: 'deployment.environment.name=production',
    description: 'resource attributes of every trace, as `name=value,…`',
  },
  OTEL_TRACES_SAMPLER: {
    schema: schemas.oneOf([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ]),
    defaultValue: 'parentbased_always_on',
    example: 'parentbased_traceidratio',
    description: 'the sampler; `parentbased_…` follows the caller’s decision where there is one',
  },
  OTEL_TRACES_SAMPLER_ARG: {
    schema: schemas.ratio,
    defaultValue: '1',
    example: '0.1',
    description: 'the sampling ratio of `…traceidratio`, from 0 to 1',
  },
  OTEL_SDK_DISABLED: {
    schema: schemas.oneOf(['true', 'false']),
    defaultValue: 'false',
    example: 'true',
    description: '`true` disables traces',
  },
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof SETTINGS

/** The type of a setting's value: undefined only where there is no default. */
type ValueOf<S extends Setting> =
  | (S extends { schema: infer Schema extends z.ZodType } ? z.output<Schema> : string)
  | (S extends { defaultValue: string } ? never : undefined)

export type SettingValues = { readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> }
