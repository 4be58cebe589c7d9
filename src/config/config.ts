import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { parseKeyValueList } from './otel-settings.ts'
import { InvalidSettingsError, type ResolvedSettings, resolveSettings } from './resolve-settings.ts'
import type { SettingName } from './settings.ts'

export { InvalidSettingsError }

/** The validated configuration of a process. */
export type Config = Readonly<ReturnType<typeof buildConfig>>

/**
 * Loads the configuration of this process; in development, a `.env` file provides what the environment lacks.
 * @throws InvalidSettingsError
 */
export function loadConfig(): Config {
  const { environment, dotenvNames } = readProcessEnvironment()
  return parseConfig(environment, dotenvNames)
}

/**
 * Loads the value of every setting together with the variable that holds it.
 * @throws InvalidSettingsError
 */
export function loadSettings(): ResolvedSettings {
  const { environment, dotenvNames } = readProcessEnvironment()
  return resolveSettings(environment, dotenvNames)
}

/**
 * Parses and validates settings.
 * @param environment variables of the process; an empty value counts as unset
 * @param dotenvNames names in the `.env` file; an unknown name there is an error
 * @throws InvalidSettingsError with each invalid setting, its error and an example
 */
export const parseConfig = (environment: NodeJS.ProcessEnv, dotenvNames: readonly string[] = []): Config =>
  Object.freeze(
    buildConfig(
      createReader(resolveSettings(environment, dotenvNames)),
      environment.NODE_ENV === 'production',
    ),
  )

function readProcessEnvironment() {
  const hasDotenv = process.env.NODE_ENV !== 'production' && existsSync('.env')
  const dotenv = hasDotenv ? parseEnv(readFileSync('.env', 'utf8')) : {}
  return { environment: { ...dotenv, ...process.env }, dotenvNames: Object.keys(dotenv) }
}

/** Converts setting values to the types of the configuration. */
type Reader = ReturnType<typeof createReader>

function createReader(values: ResolvedSettings) {
  const text = (name: SettingName) => values.get(name)?.value ?? ''
  const number = (name: SettingName) => Number(values.get(name)?.value)
  return {
    text,
    number,
    optionalText: (name: SettingName) => text(name) || undefined,
    optionalNumber: (name: SettingName) => (values.has(name) ? number(name) : undefined),
    list: (name: SettingName): readonly string[] =>
      text(name)
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    client: (id: SettingName, secret: SettingName) =>
      values.has(id) ? { id: text(id), secret: text(secret) } : undefined,
  }
}

const buildConfig = (read: Reader, isProduction: boolean) => ({
  isProduction,
  port: read.number('PORT'),
  host: read.text('HOST'),
  workers: read.number('WORKERS'),
  ...databaseConfig(read),
  ...authConfig(read),
  webapp: webappConfig(read),
  /** Undefined: the embedded client; no client with another issuer. */
  ideClientId: read.optionalText('IDE_CLIENT_ID'),
  /** Undefined: the address on which the API listens. */
  apiUrl: read.optionalText('API_URL'),
  introspection: read.text('INTROSPECTION') as 'open' | 'authenticated' | 'off',
  trustedDocuments: {
    mode: read.text('TRUSTED_DOCUMENTS') as 'only' | 'prefer' | 'off',
    manifestFiles: read.list('TRUSTED_DOCUMENTS_MANIFEST'),
  },
  bookLimits: { maxPageSize: read.number('PAGE_LIMIT'), maxBatchSize: read.number('BATCH_LIMIT') },
  documentLimits: documentLimits(read),
  http: httpConfig(read),
  /** Maximum requests of one client per minute; undefined: no limit. */
  clientRequestsPerMinute: read.optionalNumber('CLIENT_RATE_LIMIT'),
  logLevel: read.text('LOG_LEVEL'),
  /** Undefined: pretty on a terminal. */
  logFormat: read.optionalText('LOG_FORMAT') as 'json' | 'pretty' | undefined,
  /** A file name, `stdout`, `stderr` or `off`. */
  auditLog: read.text('AUDIT_LOG'),
  tracing: tracingConfig(read),
})

const databaseConfig = ({ text, number }: Reader) => ({
  /** May contain a password. */
  databaseUrl: text('DATABASE_URL'),
  databasePool: {
    maxConnections: number('DATABASE_POOL'),
    connectTimeoutMs: number('DATABASE_CONNECT_TIMEOUT'),
    statementTimeoutMs: number('DATABASE_TIMEOUT'),
  },
  idempotencyLifetimeMs: number('IDEMPOTENCY_LIFE'),
})

const authConfig = ({ text, number, optionalText, client }: Reader) => ({
  /** Undefined: the embedded authorization server. */
  issuer: optionalText('OKTA_ISSUER'),
  issuerPort: number('ISSUER_PORT'),
  audience: text('OKTA_AUDIENCE'),
  /** Undefined: the embedded client. */
  jobClient: client('OKTA_CLIENT_ID', 'OKTA_CLIENT_SECRET'),
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
  /** Undefined: no Redis. May contain a password. */
  redisUrl: optionalText('REDIS_URL'),
  redisTimeoutMs: number('REDIS_TIMEOUT'),
})

const webappConfig = ({ number, optionalText, client }: Reader) => ({
  port: number('WEBAPP_PORT'),
  /** Undefined: the embedded client. */
  client: client('WEBAPP_CLIENT_ID', 'WEBAPP_CLIENT_SECRET'),
  /** Undefined: `/callback` at the address on which the web app listens. */
  redirectUri: optionalText('WEBAPP_REDIRECT_URI'),
  /** Undefined: generated at the first start, in development only. */
  sessionSecret: optionalText('SESSION_SECRET'),
  sessionLifetimes: { idleMs: number('SESSION_IDLE'), sessionMs: number('SESSION_LIFE') },
})

const httpConfig = ({ number, optionalNumber, list }: Reader) => ({
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
  /** Empty: the client address is that of the connection. */
  trustedProxies: list('TRUSTED_PROXIES'),
  /** Maximum requests from one address per minute; undefined: no limit. */
  requestsPerMinute: optionalNumber('RATE_LIMIT'),
})

const documentLimits = ({ number }: Reader) => ({
  maxTokens: number('TOKEN_LIMIT'),
  maxDepth: number('DEPTH_LIMIT'),
  maxAliases: number('ALIAS_LIMIT'),
  maxRootFields: number('ROOT_FIELD_LIMIT'),
  maxDirectives: number('DIRECTIVE_LIMIT'),
  maxCost: number('COST_LIMIT'),
})

const tracingConfig = (read: Reader) => ({
  /** Undefined: no traces. */
  url: tracesUrl(read),
  /** May contain a secret. */
  headers: parseKeyValueList(read.text('OTEL_EXPORTER_OTLP_HEADERS')),
  timeoutMs: read.number('OTEL_EXPORTER_OTLP_TIMEOUT'),
  serviceName: read.text('OTEL_SERVICE_NAME'),
  attributes: parseKeyValueList(read.text('OTEL_RESOURCE_ATTRIBUTES')),
  sampler: read.text('OTEL_TRACES_SAMPLER'),
  samplingRatio: read.number('OTEL_TRACES_SAMPLER_ARG'),
})

/** OpenTelemetry Protocol Exporter, "Endpoint URLs for OTLP/HTTP": only the general endpoint gets a path appended. */
function tracesUrl({ text, optionalText }: Reader): string | undefined {
  if (text('OTEL_SDK_DISABLED') === 'true') return undefined
  const base = optionalText('OTEL_EXPORTER_OTLP_ENDPOINT')
  const tracesEndpoint = optionalText('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
  return tracesEndpoint ?? (base === undefined ? undefined : `${base.replace(/\/$/, '')}/v1/traces`)
}
