import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { parseKeyValueList } from './otel-settings.ts'
import { InvalidSettingsError, type ResolvedSettings, resolveSettings } from './resolve-settings.ts'
import type { SettingName } from './settings.ts'

export { InvalidSettingsError }

/** Everything that can be set, checked and frozen. */
export type Config = ReturnType<typeof parseConfig>

/**
 * The settings of this process; a `.env` file fills in what is missing, in development only.
 * @throws InvalidSettingsError
 */
export const loadConfig = (): Config => parseConfig(...processEnvironment())

/**
 * What holds in this process, and by which name it was given.
 * @throws InvalidSettingsError
 */
export const loadSettings = (): ResolvedSettings => resolveSettings(...processEnvironment())

function processEnvironment(): [environment: NodeJS.ProcessEnv, ours: readonly string[]] {
  const reads = process.env.NODE_ENV !== 'production' && existsSync('.env')
  const file = reads ? parseEnv(readFileSync('.env', 'utf8')) : {}
  return [{ ...file, ...process.env }, Object.keys(file)]
}

/**
 * Reads the settings.
 * @param environment names and values as the shell has them; an empty value counts as none
 * @param dotenvNames names that can be meant for nobody else; one that is not known is a slip
 * @throws InvalidSettingsError naming each wrong setting, its fault and an example
 */
export const parseConfig = (environment: NodeJS.ProcessEnv, dotenvNames: readonly string[] = []) =>
  shaped(resolveSettings(environment, dotenvNames), environment.NODE_ENV === 'production')

/**
 * The API alone has no authorization server of its own.
 * @throws InvalidSettingsError
 */
export function requireIssuer({ issuer }: Config): string {
  if (issuer !== undefined) return issuer
  throw new InvalidSettingsError([
    'OKTA_ISSUER: is required here. For example: OKTA_ISSUER=https://example.okta.com/oauth2/default',
  ])
}

/**
 * The well-known clients belong to the embedded server, on this machine: their secrets are sent to no other.
 * @returns what is missing
 */
export const missingClientErrors = (
  issuer: string | undefined,
  configuredClient: unknown,
  prefix: 'OKTA' | 'WEBAPP',
) =>
  configuredClient === undefined && issuer?.startsWith('https:')
    ? [`${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET: are required with this OKTA_ISSUER.`]
    : []

function shaped(values: ResolvedSettings, isProduction: boolean) {
  const text = (name: SettingName) => values.get(name)?.value ?? ''
  const number = (name: SettingName) => Number(values.get(name)?.value)
  const optional = (name: SettingName) => (values.has(name) ? number(name) : undefined)
  const list = (name: SettingName) =>
    text(name)
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
  const client = (id: SettingName, secret: SettingName) =>
    values.has(id) ? { id: text(id), secret: text(secret) } : undefined
  const issuer = text('OKTA_ISSUER')
  return Object.freeze({
    isProduction,
    port: number('PORT'),
    host: text('HOST'),
    /** Processes that serve the API. */
    workers: number('WORKERS'),
    /** May hold a password. */
    databaseUrl: text('DATABASE_URL'),
    databasePool: {
      maxConnections: number('DATABASE_POOL'),
      connectTimeoutMs: number('DATABASE_CONNECT_TIMEOUT'),
      statementTimeoutMs: number('DATABASE_TIMEOUT'),
    },
    idempotencyLifetimeMs: number('IDEMPOTENCY_LIFE'),
    /** Undefined: the embedded one. */
    issuer: issuer === '' ? undefined : issuer,
    issuerPort: number('ISSUER_PORT'),
    audience: text('OKTA_AUDIENCE'),
    /** Undefined: the embedded issuer's well-known one. */
    jobClient: client('OKTA_CLIENT_ID', 'OKTA_CLIENT_SECRET'),
    webapp: {
      port: number('WEBAPP_PORT'),
      /** Undefined: the embedded issuer's well-known one. */
      client: client('WEBAPP_CLIENT_ID', 'WEBAPP_CLIENT_SECRET'),
      /** Undefined: `/callback` where the web app listens. */
      redirectUri: text('WEBAPP_REDIRECT_URI') || undefined,
      /** Undefined: made at first start, in development alone. */
      sessionSecret: text('SESSION_SECRET') || undefined,
      sessionLifetimes: { idleMs: number('SESSION_IDLE'), sessionMs: number('SESSION_LIFE') },
    },
    /** The IDE's client; undefined: the embedded issuer's well-known one, and none with another issuer. */
    ideClientId: text('IDE_CLIENT_ID') || undefined,
    /** Undefined: where the API listens. */
    apiUrl: text('API_URL') || undefined,
    introspection: text('INTROSPECTION') as 'open' | 'authenticated' | 'off',
    logLevel: text('LOG_LEVEL'),
    /** Undefined: pretty on a terminal. */
    logFormat: (text('LOG_FORMAT') || undefined) as 'json' | 'pretty' | undefined,
    /** A file's name, `stdout`, `stderr` or `off`. */
    auditLog: text('AUDIT_LOG'),
    trustedDocuments: {
      mode: text('TRUSTED_DOCUMENTS') as 'only' | 'prefer' | 'off',
      manifestFiles: list('TRUSTED_DOCUMENTS_MANIFEST'),
    },
    keySet: {
      refreshMs: number('KEYS_REFRESH'),
      timeoutMs: number('KEYS_TIMEOUT'),
      outageMs: number('KEYS_OUTAGE'),
    },
    tokenCacheLimit: number('TOKEN_CACHE_LIMIT'),
    dpop: {
      isNonceRequired: text('DPOP_NONCE') === 'required',
      replayStoreLimit: number('DPOP_MEMORY_LIMIT'),
    },
    /** Undefined: no Redis. May hold a password. */
    redisUrl: text('REDIS_URL') || undefined,
    redisTimeoutMs: number('REDIS_TIMEOUT'),
    /** Requests of one client in a minute; undefined: as many as come. */
    clientRequestsPerMinute: optional('CLIENT_RATE_LIMIT'),
    http: {
      maxBodyBytes: number('BODY_LIMIT'),
      maxHeaderBytes: number('HEADER_LIMIT'),
      headersTimeoutMs: number('HEADERS_TIMEOUT'),
      requestTimeoutMs: number('REQUEST_TIMEOUT'),
      keepAliveTimeoutMs: number('KEEP_ALIVE_TIMEOUT'),
      drainTimeoutMs: number('DRAIN_TIMEOUT'),
      drainDelayMs: number('DRAIN_DELAY'),
      maxConnections: number('CONNECTION_LIMIT'),
      maxInFlight: number('IN_FLIGHT_LIMIT'),
      maxLoopDelayMs: number('LOOP_DELAY_LIMIT'),
      /** Empty: the address of the connection is the client's. */
      trustedProxies: list('TRUSTED_PROXIES'),
      requestsPerMinute: optional('RATE_LIMIT'),
    },
    tracing: {
      /** Undefined: there are no traces. */
      url: tracesUrl(text),
      /** May hold a secret. */
      headers: parseKeyValueList(text('OTEL_EXPORTER_OTLP_HEADERS')),
      timeoutMs: number('OTEL_EXPORTER_OTLP_TIMEOUT'),
      serviceName: text('OTEL_SERVICE_NAME'),
      attributes: parseKeyValueList(text('OTEL_RESOURCE_ATTRIBUTES')),
      sampler: text('OTEL_TRACES_SAMPLER'),
      samplingRatio: number('OTEL_TRACES_SAMPLER_ARG'),
    },
    bookLimits: { maxPageSize: number('PAGE_LIMIT'), maxBatchSize: number('BATCH_LIMIT') },
    documentLimits: {
      maxTokens: number('TOKEN_LIMIT'),
      maxDepth: number('DEPTH_LIMIT'),
      maxAliases: number('ALIAS_LIMIT'),
      maxRootFields: number('ROOT_FIELD_LIMIT'),
      maxDirectives: number('DIRECTIVE_LIMIT'),
      maxCost: number('COST_LIMIT'),
    },
  })
}

/** OTLP's exporter, "Endpoint URLs for OTLP/HTTP": one's own address as it stands, the common one with a path. */
function tracesUrl(text: (name: SettingName) => string): string | undefined {
  const common = text('OTEL_EXPORTER_OTLP_ENDPOINT')
  if (text('OTEL_SDK_DISABLED') === 'true') return undefined
  const own = text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
  if (own !== '') return own
  return common === '' ? undefined : `${common.replace(/\/$/, '')}/v1/traces`
}
