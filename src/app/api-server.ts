import { readFileSync } from 'node:fs'
import type { GraphQLSchema } from 'graphql'
import { EMBEDDED_IDE_CLIENT_ID } from '../authorization-server/clients-and-users.ts'
import type { Config } from '../config/config.ts'
import { readDocumentManifests } from '../config/document-manifests.ts'
import { createBookRepository } from '../database/book-repository.ts'
import { openDatabase } from '../database/database.ts'
import { deleteExpiredIdempotencyBatch } from '../database/idempotency.ts'
import { startApolloServer } from '../graphql/apollo-server.ts'
import { createApiScopes, loadSchema, printSdl } from '../graphql/load-schema.ts'
import { collectMetricLabels } from '../graphql/metric-labels.ts'
import { resolvers } from '../graphql/resolvers.ts'
import { addSubgraphResolvers } from '../graphql/subgraph.ts'
import { createHttpServer } from '../http/server.ts'
import { type Clock, runInBatches, startInterval, systemClock } from '../lib/clock.ts'
import type { RequestEvent, Route } from '../lib/http-messages.ts'
import { withoutInstrumentation } from '../lib/instrument.ts'
import { createRateLimit } from '../lib/rate-limit.ts'
import { openAuditLog } from '../observability/audit-log.ts'
import { createLogError, createLogger } from '../observability/logger.ts'
import { renderClusterMetrics } from '../observability/metrics/cluster-metrics.ts'
import { createMetrics, type Metrics } from '../observability/metrics/metrics.ts'
import { addServerGauges } from '../observability/metrics/process-metrics.ts'
import { measureRepository } from '../observability/metrics/repository-metrics.ts'
import { createWithAuthentication } from '../routes/authenticate-request.ts'
import { createGraphQLRoutes } from '../routes/graphql.ts'
import { createIdePage, IDE_ASSETS_PATH } from '../routes/ide.ts'
import { createLinksRoute } from '../routes/links.ts'
import { createMetadataRoutes, toMetadataUrl } from '../routes/metadata.ts'
import { createOpenApiRoute } from '../routes/openapi.ts'
import { createRestRoutes, describeEndpoints } from '../routes/rest.ts'
import { createSchemaRoute } from '../routes/schema.ts'
import { createAuthentication, REJECTION_REASONS } from './authentication.ts'
import { IDE_BUILD_FOLDER, readIdeAssets } from './ide-assets.ts'
import { createCheckReadiness } from './readiness.ts'

const PACKAGE_JSON = new URL('../../package.json', import.meta.url)
const VERSION = String(JSON.parse(readFileSync(PACKAGE_JSON, 'utf8')).version)
export const IDEMPOTENCY_SWEEP_MS = 600_000

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
 * @throws AuditLogError, DatabaseOpenError, ScopeSchemaError, InvalidSettingsError, and Node's error when the port is taken
 */
export async function startApiServer(
  config: Config,
  issuer: string,
  { clock = systemClock, schema = loadSchema(config), worker }: ApiServerOptions = {},
) {
  // Without API_URL, the public URL is http://localhost with the port, which is known once the server listens.
  let apiUrl = config.apiUrl ?? ''
  let metadataUrl = config.apiUrl === undefined ? '' : toMetadataUrl(config.apiUrl)
  const getApiUrl = () => apiUrl
  const getMetadataUrl = () => metadataUrl

  // Validated before anything is opened
  const executableSchema = addSubgraphResolvers(schema, { hasIntrospection: config.introspection !== 'off' })
  const scopes = createApiScopes(executableSchema, resolvers)
  const { declaredScopes } = scopes
  const { mode, manifestFiles } = config.trustedDocuments
  const documents = mode === 'off' ? [] : readDocumentManifests(manifestFiles)

  // Observability
  const metricLabels = { ...collectMetricLabels(scopes), rejectionReasons: REJECTION_REASONS }
  const metrics = createMetrics(VERSION, metricLabels)
  const processLog = await createLogger(config, () => metrics.countDroppedLines('service'))
  const log = worker ? processLog.child({ worker: worker.id }) : processLog
  const logError = createLogError(log)
  const { isRequired: isDpopRequired } = config.dpop
  if (isDpopRequired)
    log.warn('DPOP=required: the IDE, the web app, and the job without --dpop cannot call the API.')
  const { formatAuditEntry } =
    config.logFormat === 'pretty' ? await import('../observability/pretty-format.ts') : {}
  const audit = openAuditLog(config.auditLog, logError, {
    format: formatAuditEntry,
    onDropped: (lines) => metrics.countDroppedLines('audit', lines),
  })
  const tracing = await startTracing(config, logError)
  const instrument = tracing?.instrument ?? withoutInstrumentation

  // Database
  const system = config.databaseUrl.startsWith('file:') ? 'sqlite' : 'postgresql'
  const database = await openDatabase(
    config.databaseUrl,
    config.database,
    tracing && ((statement) => tracing.recordStatement(system, statement)),
  )
  const books = measureRepository(metrics.registry, createBookRepository(database))

  // Authentication
  const authentication = createAuthentication({
    config,
    issuer,
    getApiUrl,
    clock,
    metrics,
    log,
    instrument,
  })
  const redisClient = authentication.redis?.client
  const createLimit = (name: 'address' | 'client', maxPerMinute: number | undefined) =>
    maxPerMinute === undefined ? undefined : createRateLimit({ name, maxPerMinute, redisClient, clock })
  const limitAddress = createLimit('address', config.http.requestsPerMinute)
  const limitClient = createLimit('client', config.clientRequestsPerMinute)

  // GraphQL
  const { introspection } = config
  const { maxJsonDepth } = config.http
  const graphql = await startApolloServer({
    scopes,
    getMetadataUrl,
    introspection,
    deniedFields: config.deniedFields,
    hideSchemaDetails: config.isProduction || introspection !== 'open',
    documentLimits: config.documentLimits,
    trustedDocuments: { mode, documents },
    maxJsonDepth,
    logError,
    instrument,
  })

  // Routes
  const services = {
    authenticate: authentication.authenticate,
    limitClient,
    anonymousScheme: isDpopRequired ? ('DPoP' as const) : ('Bearer' as const),
    books,
    getDate: () => new Date(clock.now()),
    limits: config.bookLimits,
    idempotencyTtlMs: config.idempotencyTtlMs,
  }
  const withAuthentication = createWithAuthentication(services, getMetadataUrl)
  const assets = readIdeAssets(IDE_BUILD_FOLDER)
  // The embedded authorization server knows the IDE by a client id of its own; for any other, IDE_CLIENT_ID sets it.
  const clientId = config.ideClientId ?? (config.issuer === undefined ? EMBEDDED_IDE_CLIENT_ID : undefined)
  const { scopeClaims, deniedFields } = config
  const idePage = createIdePage({
    assets,
    clientId,
    issuer,
    scopeClaims,
    introspection,
    deniedFields,
    declaredScopes,
  })
  const endpoints = describeEndpoints(graphql.describeDocument)
  const routes: Route[] = [
    ...createGraphQLRoutes(graphql.executeHttp, withAuthentication, idePage),
    ...createRestRoutes(endpoints, graphql.execute, getApiUrl, maxJsonDepth).map(withAuthentication),
    createOpenApiRoute({ endpoints, getApiUrl, issuer, version: VERSION }),
    withAuthentication(createSchemaRoute(graphql.execute, printSdl(schema))),
    createLinksRoute(getApiUrl, introspection),
    ...createMetadataRoutes({
      configuredUrl: config.apiUrl,
      getApiUrl,
      issuer,
      declaredScopes,
      isDpopRequired,
    }),
  ]

  // HTTP server
  const checkReadiness = createCheckReadiness({ authentication, books, clock, logError })
  const server = createHttpServer({
    limits: config.http,
    clock,
    log,
    isHttps: config.apiUrl?.startsWith('https:') ?? false,
    metrics: worker ? { contentType: metrics.contentType, render: renderClusterMetrics } : metrics,
    checkReadiness,
    recordRequest(event: RequestEvent) {
      audit.recordRequest(event)
      metrics.recordRequest(event)
    },
    limitAddress,
  })
  server.addRoutes(tracing ? routes.map(tracing.traceRoute) : routes)
  if (assets) server.addStaticFiles(IDE_ASSETS_PATH, `${IDE_BUILD_FOLDER}/assets`)
  addServerGauges(metrics.registry, {
    getPoolUsage: () => database.getPoolUsage(),
    async checkDependencies() {
      const { keys, store } = (await checkReadiness()).dependencies
      return { keys: keys.up, store: store.up }
    },
    countInFlight: server.countInFlight,
    countConnections: server.countConnections,
    countBufferedBytes: server.countBufferedBytes,
    getKeySet: () => authentication.keys,
    countCachedTokens: authentication.countCachedTokens,
  })
  worker?.shareMetrics(metrics.registry)
  const deleteExpired = (signal: AbortSignal) =>
    runInBatches(clock, signal, () => deleteExpiredIdempotencyBatch(database, clock.now()))
  const stopSweep = startInterval(clock, IDEMPOTENCY_SWEEP_MS, deleteExpired, logError)

  async function close(keepIdleConnections?: boolean): Promise<void> {
    stopSweep()
    await server.close(keepIdleConnections)
    authentication.close()
    await graphql.stop()
    await database.destroy()
    await tracing?.close()
    audit.close()
  }

  try {
    // The port of a worker is open already in another one: it listens only when it can serve.
    if (worker) await authentication.keys.start()
    const url = `http://localhost:${await server.listen(config.port, config.host)}`
    apiUrl ||= url
    metadataUrl ||= toMetadataUrl(url)
    if (!worker) await authentication.keys.start()
    return {
      url,
      markNotReady: server.markNotReady,
      /** Resolves to what `/readyz` reports. */
      isReady: async () => (await checkReadiness()).isReady,
      close,
    }
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
