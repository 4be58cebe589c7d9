import { existsSync, readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { parseEnv } from 'node:util'
import { getHeapStatistics } from 'node:v8'
import {
  InvalidSettingsError,
  type ResolvedSettings,
  resolveSettings,
  type SettingRule,
  toValues,
} from './resolve-settings.ts'
import { parseKeyValueList, splitList } from './setting-schemas.ts'
import type { SettingValues } from './settings.ts'

export { InvalidSettingsError } from './resolve-settings.ts'

/** The validated configuration of a process. */
export type Config = Readonly<ReturnType<typeof buildConfig>>

/**
 * Loads the configuration of this process; in development, a `.env` file provides what the environment lacks.
 * @param commandRules what the command requires of the settings
 */
export const loadConfig = (commandRules: readonly SettingRule[]): Config =>
  parseConfig(readProcessEnvironment(), commandRules)

/** Loads the value of every setting together with the variable that holds it. */
export const loadSettings = (): ResolvedSettings => resolveSettings(readProcessEnvironment())

/** Parses and validates settings. An empty value counts as unset. @throws InvalidSettingsError */
export function parseConfig(environment: NodeJS.ProcessEnv, commandRules?: readonly SettingRule[]): Config {
  const values = toValues(resolveSettings(environment, commandRules))
  return Object.freeze(buildConfig(values, environment.NODE_ENV === 'production'))
}

/** Returns the variables, and those of the `.env` file. An empty variable is unset: it hides no value in that file. */
function readProcessEnvironment(): NodeJS.ProcessEnv {
  const hasDotenv = process.env.NODE_ENV !== 'production' && existsSync('.env')
  const dotenv = hasDotenv ? parseEnv(readDotenv()) : {}
  const set = Object.entries(process.env).filter(([, value]) => value !== '')
  return { ...dotenv, ...Object.fromEntries(set) }
}

function readDotenv(): string {
  try {
    return readFileSync('.env', 'utf8')
  } catch (error) {
    throw new InvalidSettingsError([`.env: the file cannot be read (${(error as { code?: string }).code}).`])
  }
}

const buildConfig = (values: SettingValues, isProduction: boolean) => ({
  isProduction,
  port: values.PORT,
  host: values.HOST,
  workers: values.WORKERS,
  /** May contain a password. */
  databaseUrl: values.DATABASE_URL,
  database: {
    maxConnections: values.DATABASE_POOL,
    connectTimeoutMs: values.DATABASE_CONNECT_TIMEOUT,
    statementTimeoutMs: values.DATABASE_TIMEOUT,
    lockTimeoutMs: values.DATABASE_LOCK_TIMEOUT,
    searchTimeoutMs: values.DATABASE_SEARCH_TIMEOUT,
  },
  idempotencyTtlMs: values.IDEMPOTENCY_LIFE,
  /** Undefined: the embedded authorization server. */
  issuer: values.OKTA_ISSUER,
  issuerPort: values.ISSUER_PORT,
  /** Undefined: `/v1/keys` of the issuer, where Okta has them. */
  jwksUrl: values.JWKS_URL,
  audience: values.OKTA_AUDIENCE,
  /** The names of the claims that may list the scopes; the first one present counts. */
  scopeClaims: values.SCOPE_CLAIM === undefined ? ['scp', 'scope'] : [values.SCOPE_CLAIM],
  /** Undefined: the embedded client. */
  jobClient:
    clientOf(values.OKTA_CLIENT_ID, values.OKTA_CLIENT_SECRET) ??
    keyClientOf(values.OKTA_CLIENT_ID, values.OKTA_CLIENT_PRIVATE_KEY),
  keySet: { refreshMs: values.KEYS_REFRESH, timeoutMs: values.KEYS_TIMEOUT, outageMs: values.KEYS_OUTAGE },
  tokenCacheLimit: values.TOKEN_CACHE_LIMIT,
  dpop: {
    /** True: bearer tokens are rejected. */
    isRequired: values.DPOP === 'required',
    isNonceRequired: values.DPOP_NONCE === 'required',
    replayStoreLimit: values.DPOP_MEMORY_LIMIT,
  },
  /** Undefined: no Redis. May contain a password. */
  redisUrl: values.REDIS_URL,
  redisTimeoutMs: values.REDIS_TIMEOUT,
  webapp: {
    port: values.WEBAPP_PORT,
    /** Undefined: the embedded client. */
    client: clientOf(values.WEBAPP_CLIENT_ID, values.WEBAPP_CLIENT_SECRET),
    /** Undefined: `/callback` at the address on which the web app listens. */
    redirectUri: values.WEBAPP_REDIRECT_URI,
    /** Empty: generated at the first start, in development only. */
    sessionSecrets: splitList(values.SESSION_SECRET),
    sessionLifetimes: { idleMs: values.SESSION_IDLE, sessionMs: values.SESSION_LIFE },
  },
  /** Undefined: the embedded client; no client with another issuer. */
  ideClientId: values.IDE_CLIENT_ID,
  /** Undefined: `http://localhost` with the port on which the API listens. */
  apiUrl: values.API_URL,
  introspection: values.INTROSPECTION,
  isSubgraph: values.SUBGRAPH === 'on',
  deniedFields: values.DENIED_FIELDS,
  trustedDocuments: {
    mode: values.TRUSTED_DOCUMENTS,
    manifestFiles: splitList(values.TRUSTED_DOCUMENTS_MANIFEST),
  },
  bookLimits: {
    maxPageSize: values.PAGE_LIMIT,
    maxBatchSize: values.BATCH_LIMIT,
    maxCount: values.COUNT_LIMIT,
  },
  documentLimits: {
    maxTokens: values.TOKEN_LIMIT,
    maxDepth: values.DEPTH_LIMIT,
    maxAliases: values.ALIAS_LIMIT,
    maxRootFields: values.ROOT_FIELD_LIMIT,
    maxDirectives: values.DIRECTIVE_LIMIT,
    maxMergePairs: values.MERGE_LIMIT,
    maxCost: values.COST_LIMIT,
  },
  http: {
    maxBodyBytes: values.BODY_LIMIT,
    maxResponseBytes: values.RESPONSE_LIMIT,
    maxBufferedBytes: values.BUFFER_LIMIT ?? deriveBufferLimit(values),
    maxJsonDepth: values.JSON_DEPTH_LIMIT,
    maxHeaderBytes: values.HEADER_LIMIT,
    headersTimeoutMs: values.HEADERS_TIMEOUT,
    requestTimeoutMs: values.REQUEST_TIMEOUT,
    sendTimeoutMs: values.SEND_TIMEOUT,
    keepAliveTimeoutMs: values.KEEP_ALIVE_TIMEOUT,
    drainTimeoutMs: values.DRAIN_TIMEOUT,
    drainDelayMs: values.DRAIN_DELAY,
    maxConnections: values.CONNECTION_LIMIT,
    maxInFlight: values.IN_FLIGHT_LIMIT,
    maxLoopDelayMs: values.LOOP_DELAY_LIMIT,
    /** Empty: the client address is that of the connection. */
    trustedProxies: splitList(values.TRUSTED_PROXIES),
    /** Maximum requests from one address per minute; undefined: no limit. */
    requestsPerMinute: values.RATE_LIMIT,
  },
  /** Maximum requests of one client per minute; undefined: no limit. */
  clientRequestsPerMinute: values.CLIENT_RATE_LIMIT,
  logLevel: values.LOG_LEVEL,
  logFormat: values.LOG_FORMAT,
  /** A file name, `stdout`, `stderr` or `off`. */
  auditLog: values.AUDIT_LOG,
  /** Undefined: no traces. */
  tracing: tracingConfig(values),
})

/** The share of a process's memory that may hold bytes for clients. */
const BUFFER_RATIO = 1 / 8

/** Returns an eighth of the memory that a process may use, by the container's limit and V8's; at least one request. */
function deriveBufferLimit({ WORKERS, BODY_LIMIT, RESPONSE_LIMIT }: SettingValues): number {
  // Unlimited is 0 or more than the machine has.
  const machineBytes = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem())
  const processBytes = Math.min(machineBytes / WORKERS, getHeapStatistics().heap_size_limit)
  return Math.max(Math.floor(processBytes * BUFFER_RATIO), 3 * BODY_LIMIT + RESPONSE_LIMIT)
}

const clientOf = (id: string | undefined, secret: string | undefined) =>
  id !== undefined && secret !== undefined ? { id, secret } : undefined

const keyClientOf = (id: string | undefined, privateKey: string | undefined) =>
  id !== undefined && privateKey !== undefined ? { id, privateKey } : undefined

function tracingConfig(values: SettingValues) {
  // OpenTelemetry Protocol Exporter, "Endpoint URLs for OTLP/HTTP": only the general endpoint gets a path appended.
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/$/, '')
  const url = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${base}/v1/traces`)
  if (url === undefined || values.OTEL_SDK_DISABLED === 'true') return undefined
  return {
    url,
    /** May contain a secret. */
    headers: parseKeyValueList(values.OTEL_EXPORTER_OTLP_HEADERS),
    timeoutMs: values.OTEL_EXPORTER_OTLP_TIMEOUT,
    serviceName: values.OTEL_SERVICE_NAME,
    attributes: parseKeyValueList(values.OTEL_RESOURCE_ATTRIBUTES),
    sampler: values.OTEL_TRACES_SAMPLER,
    samplingRatio: values.OTEL_TRACES_SAMPLER_ARG,
  }
}
