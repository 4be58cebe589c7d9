import type { GraphQLSchema } from 'graphql'
import { EMBEDDED_IDE_CLIENT_ID } from '../authorization-server/clients-and-users.ts'
import type { Config } from '../config/config.ts'
import { readDocumentManifests } from '../config/document-manifests.ts'
import { createBookRepository } from '../database/book-repository.ts'
import { type ExecutedStatement, openDatabase } from '../database/database.ts'
import { deleteExpiredIdempotencyRecords } from '../database/idempotency.ts'
import { startApolloServer } from '../graphql/apollo-server.ts'
import { loadSchema } from '../graphql/load-schema.ts'
import { collectMetricLabels } from '../graphql/metric-labels.ts'
import { checkReadiness } from '../http/health.ts'
import { createHttpServer } from '../http/server.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { RequestEvent, Route } from '../lib/http-messages.ts'
import { withoutInstrumentation } from '../lib/instrument.ts'
import { startInterval } from '../lib/interval.ts'
import { createRateLimit } from '../lib/rate-limit.ts'
import { VERSION } from '../lib/version.ts'
import { openAuditLog } from '../observability/audit-log.ts'
import { createLogger } from '../observability/logger.ts'
import { renderClusterMetrics } from '../observability/metrics/cluster-metrics.ts'
import { createMetrics, type Metrics } from '../observability/metrics/metrics.ts'
import type { Tracing } from '../observability/tracing/tracing.ts'
import { createAuthenticateRequest } from '../routes/authenticate-request.ts'
import { createGraphQLRoute, withIde } from '../routes/graphql.ts'
import { createIdePage, createRulesRoute, IDE_ASSETS_PATH } from '../routes/ide.ts'
import { createMetadataRoutes } from '../routes/metadata.ts'
import { createRestRoutes } from '../routes/rest.ts'
import { readDeclaredScopes, readValidatedRules } from '../scopes/index.ts'
import { createAuthentication, REJECTION_REASONS } from './authentication.ts'
import { checkDependencies, createHealthChecks } from './health-checks.ts'
import { IDE_BUILD_FOLDER, readIdeAssets } from './ide-assets.ts'
import type { StoppableServer } from './lifecycle.ts'
import { PublicUrl } from './public-url.ts'

const IDEMPOTENCY_SWEEP_MS = 600_000

export type RunningServer = StoppableServer & { readonly url: string }

/** A running API server; `isReady` resolves to what `/readyz` reports. */
export type RunningApi = RunningServer & { readonly isReady: () => Promise<boolean> }

/** The parts of a worker process that the API server uses, when WORKERS is above 1. */
type WorkerContext = {
  readonly id: number | undefined
  /** Adds this worker's metrics to those of all workers. */
  readonly shareMetrics: (registry: Metrics['registry']) => void
}

type ApiServerOptions = {
  /** Times tokens, proofs and keys. */
  readonly clock?: Clock
  /** Replaced in tests by an extended schema. */
  readonly schema?: GraphQLSchema
  readonly worker?: WorkerContext
}

/**
 * Builds the API out of its modules, in order, and starts it. It listens before the issuer's keys are fetched: until then
 * `/readyz` answers 503, and requests with a token wait for the keys or get 503.
 * @returns when the keys have been fetched, or could not be: the fetch is then retried in the background
 * @throws AuditLogError, DatabaseError, SchemaViolationsError, InvalidSettingsError, and Node's error when the port is taken
 */
export async function startApiServer(
  config: Config,
  issuer: string,
  { clock = systemClock, schema = loadSchema(), worker }: ApiServerOptions = {},
): Promise<RunningApi> {
  const publicUrl = new PublicUrl(config.apiUrl)

  // Validated before anything is opened
  const rules = readValidatedRules(schema)
  const declaredScopes = readDeclaredScopes(schema)
  const trustedDocuments = readTrustedDocuments(config)

  // Observability
  const processLog = await createLogger(config)
  const log = worker ? processLog.child({ worker: worker.id }) : processLog
  const logError = (error: unknown) => log.error(error)
  const audit = openAuditLog(config.auditLog, logError)
  const tracing = await startTracing(config, logError)
  const instrument = tracing?.instrument ?? withoutInstrumentation

  // Database
  const onStatement = tracing && createStatementRecorder(config, tracing)
  const database = await openDatabase(config.databaseUrl, config.databasePool, onStatement)
  const metricLabels = { ...collectMetricLabels(schema, rules), rejectionReasons: REJECTION_REASONS }
  const metrics = createMetrics(VERSION, metricLabels)
  const books = metrics.measureRepository(createBookRepository(database))

  // Authentication
  const authentication = createAuthentication({
    config,
    issuer,
    getApiUrl: publicUrl.get,
    clock,
    metrics,
    logError,
    instrument,
  })
  const { limitAddress, limitClient } = createRateLimits(config, authentication.redis?.client, clock)

  // Schema and GraphQL
  const { introspection, bookLimits } = config
  const { getMetadataUrl } = publicUrl
  const graphql = await startApolloServer({
    schema,
    rules,
    declaredScopes,
    getMetadataUrl,
    introspection,
    hideSchemaDetails: config.isProduction || introspection !== 'open',
    documentLimits: config.documentLimits,
    trustedDocuments,
    logError,
    instrument,
  })

  // Routes
  const services = {
    authenticate: authentication.authenticate,
    limitClient,
    books,
    now: () => new Date(clock.now()),
    limits: bookLimits,
    idempotencyTtlMs: config.idempotencyLifetimeMs,
  }
  const authenticateRequest = createAuthenticateRequest(services, getMetadataUrl)
  const ide = readIdeOptions(config)
  const idePage = createIdePage({ ide, issuer, introspection, declaredScopes })
  const metadata = { configuredUrl: config.apiUrl, getApiUrl: publicUrl.get, issuer, declaredScopes }
  const routes: Route[] = [
    withIde(authenticateRequest(createGraphQLRoute(graphql.executeHttp)), idePage),
    ...createRestRoutes(graphql.execute).map(authenticateRequest),
    authenticateRequest(createRulesRoute(rules, introspection)),
    ...createMetadataRoutes(metadata),
  ]

  // HTTP server
  const checks = createHealthChecks(authentication, books)
  const server = createHttpServer({
    limits: config.http,
    log,
    metrics: worker ? { contentType: metrics.contentType, render: renderClusterMetrics } : metrics,
    checks,
    recordRequest(event: RequestEvent) {
      audit.recordRequest(event)
      metrics.recordRequest(event)
    },
    limitAddress,
  })
  server.addRoutes(tracing ? routes.map(tracing.traceRoute) : routes)
  if (ide.files) server.addStaticFiles(IDE_ASSETS_PATH, `${IDE_BUILD_FOLDER}/assets`)
  metrics.addServerGauges({
    getPoolUse: database.poolUsage,
    checkDependencies: () => checkDependencies(checks),
    countInFlight: server.inFlightCount,
    countConnections: server.countConnections,
    getKeySet: () => authentication.keys,
    countCachedTokens: authentication.countCachedTokens,
  })
  worker?.shareMetrics(metrics.registry)
  const stopSweep = startInterval(clock, IDEMPOTENCY_SWEEP_MS, () =>
    deleteExpiredIdempotencyRecords(database, clock.now()),
  )

  async function close(keepIdleConnections?: boolean): Promise<void> {
    await server.close(keepIdleConnections)
    authentication.close()
    await graphql.stop()
    stopSweep()
    await database.destroy()
    await tracing?.close()
    audit.close()
  }

  try {
    // The port of a worker is open already in another one: it listens only when it can serve.
    if (worker) await authentication.keys.start()
    const url = `http://localhost:${await server.listen(config.port, config.host)}`
    publicUrl.setDefault(url)
    if (!worker) await authentication.keys.start()
    const isReady = async () => (await checkReadiness(checks)).isReady
    return { url, markNotReady: server.markNotReady, isReady, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Loads OpenTelemetry only where traces are exported. */
async function startTracing({ tracing }: Config, logError: (error: unknown) => void) {
  if (tracing === undefined) return undefined
  const { createTracing } = await import('../observability/tracing/tracing.ts')
  return createTracing(tracing, VERSION, logError)
}

/** Returns a function that adds each SQL statement to the trace. */
function createStatementRecorder({ databaseUrl }: Config, { recordStatement }: Tracing) {
  const system = databaseUrl.startsWith('file:') ? 'sqlite' : 'postgresql'
  return (statement: ExecutedStatement) => recordStatement(system, statement)
}

/** Creates the rate limits; a limit that is not set is undefined and costs nothing. */
function createRateLimits(
  { http, clientRequestsPerMinute }: Config,
  redisClient: object | undefined,
  clock: Clock,
) {
  const createLimit = (name: 'address' | 'client', maxPerMinute: number | undefined) =>
    maxPerMinute === undefined ? undefined : createRateLimit({ name, maxPerMinute, redisClient, clock })
  return {
    limitAddress: createLimit('address', http.requestsPerMinute),
    limitClient: createLimit('client', clientRequestsPerMinute),
  }
}

/** The embedded authorization server knows the IDE by a client id of its own; for any other, IDE_CLIENT_ID sets it. */
const readIdeOptions = ({ ideClientId, issuer }: Config) => ({
  files: readIdeAssets(IDE_BUILD_FOLDER),
  clientId: ideClientId ?? (issuer === undefined ? EMBEDDED_IDE_CLIENT_ID : undefined),
})

const readTrustedDocuments = ({ trustedDocuments: { mode, manifestFiles } }: Config) => ({
  mode,
  documents: mode === 'off' ? [] : readDocumentManifests(manifestFiles),
})
