import { EMBEDDED_IDE_CLIENT_ID } from '../authorization-server/clients-and-users.ts'
import type { Config } from '../config/config.ts'
import { readDocumentManifests } from '../config/document-manifests.ts'
import { createBookRepository } from '../database/book-repository.ts'
import { openDatabase } from '../database/database.ts'
import { deleteExpiredIdempotencyRecords } from '../database/idempotency.ts'
import { startApolloServer } from '../graphql/apollo-server.ts'
import { loadSchema } from '../graphql/load-schema.ts'
import { collectMetricLabels } from '../graphql/metric-labels.ts'
import { createHttpServer } from '../http/server.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { Route } from '../lib/http-messages.ts'
import { withoutInstrumentation } from '../lib/instrument.ts'
import { startInterval } from '../lib/interval.ts'
import { createRateLimit } from '../lib/rate-limit.ts'
import { VERSION } from '../lib/version.ts'
import { openAuditLog } from '../observability/audit-log.ts'
import { createLogger } from '../observability/logger.ts'
import type { Metrics } from '../observability/metrics/metrics.ts'
import type { ExecutedStatement, Tracing } from '../observability/tracing/spans.ts'
import { startTracing } from '../observability/tracing/tracing.ts'
import { createAuthenticateRequest } from '../routes/authenticate-request.ts'
import { createGraphQLRoute, withIde } from '../routes/graphql.ts'
import { createIdePage, createRulesRoute, IDE_ASSETS_PATH } from '../routes/ide.ts'
import { createMetadataRoutes, toMetadataUrl } from '../routes/metadata.ts'
import { createRestRoutes } from '../routes/rest.ts'
import { readDeclaredScopes, readValidatedRules } from '../scopes/index.ts'
import { createAuthentication } from './authentication.ts'
import { createHealthChecks } from './health-checks.ts'
import { IDE_BUILD_FOLDER, readIdeAssets } from './ide-assets.ts'
import type { StoppableServer } from './lifecycle.ts'
import { createServiceMetrics, measureRepository } from './metrics.ts'
import type { Common } from './workers/shared-state.ts'

const SWEEP_MS = 600_000

export type RunningServer = StoppableServer & { readonly url: string }

/**
 * Puts the rooms together and opens the door, then fetches the keys: until they are there `/readyz` says so, and
 * requests with a token wait for them or get 503.
 * @returns once the keys are there, or could not be had; the fetch is then tried again behind the requests
 * @throws AuditLogError, DatabaseOpenError, SchemaViolationsError, and EADDRINUSE when the port is taken
 * @param clock what tokens, proofs and keys are timed with
 * @param schema the books' own, unless another is to be served by the same resolvers
 * @param sharedState what other processes of this copy have, too; left out: it is the only one
 */
export async function startApiServer(
  config: Config,
  issuer: string,
  clock: Clock = systemClock,
  schema = loadSchema(),
  sharedState?: Common,
): Promise<RunningServer> {
  const plainLog = await createLogger(config)
  const log = sharedState ? plainLog.child({ worker: sharedState.worker }) : plainLog
  const report = (fault: unknown) => log.error(fault)
  const audit = openAuditLog(config.auditLog, report)
  // Known once the door is open, when any free port was asked for.
  let url = ''
  const resource = () => config.apiUrl ?? url
  const tracing = await startTracing(config.tracing, VERSION, report)
  const instrument = tracing?.instrument ?? withoutInstrumentation
  const database = await openDatabase(
    config.databaseUrl,
    config.databasePool,
    tracing && statementsOf(config, tracing),
  )
  const metrics = createServiceMetrics({
    database,
    token: () => token,
    checks: () => checks,
    inFlight: () => server.inFlightCount(),
    connections: () => server.countConnections(),
  })
  const books = measureRepository(metrics, createBookRepository(database))
  const token = createAuthentication({
    config,
    issuer,
    resource,
    clock,
    metrics,
    report,
    instrument,
  })
  const checks = createHealthChecks(token, books)
  const limits = rateLimits(config, token.redis?.client, clock, sharedState)
  const rules = readValidatedRules(schema)
  const declaredScopes = readDeclaredScopes(schema)
  const getMetadataUrl = () => toMetadataUrl(resource())
  const { introspection } = config
  const graphql = await startApolloServer({
    schema,
    rules,
    declaredScopes,
    getMetadataUrl,
    introspection,
    hideSchemaDetails: config.isProduction || introspection !== 'open',
    documentLimits: config.documentLimits,
    trustedDocuments: trustedOf(config),
    logError: report,
    instrument,
  })
  const services = {
    authenticate: token.authenticate,
    limitClient: limits.limitClient,
    books,
    now: () => new Date(clock.now()),
    limits: config.bookLimits,
    idempotencyTtlMs: config.idempotencyLifetimeMs,
  }
  const authenticateRequest = createAuthenticateRequest(services, getMetadataUrl)
  const ide = ideOf(config)
  const routes = [
    withIde(
      authenticateRequest(createGraphQLRoute(graphql.executeHttp)),
      createIdePage({ ide, issuer, introspection, declaredScopes }),
    ),
    ...createRestRoutes(graphql.execute).map(authenticateRequest),
    authenticateRequest(createRulesRoute(rules, introspection)),
    ...createMetadataRoutes({ configuredUrl: config.apiUrl, getApiUrl: resource, issuer, declaredScopes }),
  ]
  const observe = inTurn([audit.recordRequest, metrics.addRequestMetrics(collectMetricLabels(schema, rules))])
  const watched = sharedState ? metricsOfAll(metrics, sharedState) : metrics
  const server = createHttpServer({
    limits: config.http,
    log,
    metrics: watched,
    checks,
    recordRequest: observe,
    ...limits,
  })
  server.addRoutes(routes.map(tracing?.traceRoute ?? asItIs))
  if (ide.files) server.addStaticFiles(IDE_ASSETS_PATH, `${IDE_BUILD_FOLDER}/assets`)
  const stopSweeping = startInterval(clock, SWEEP_MS, () =>
    deleteExpiredIdempotencyRecords(database, clock.now()),
  )
  // The doors are shut before what stands behind them.
  const parts = [
    server.close,
    token.close,
    graphql.stop,
    stopSweeping,
    () => database.destroy(),
    tracing?.close,
  ]
  const close = eachAwaited([...parts, audit.close])
  try {
    url = `http://localhost:${await server.listen(config.port, config.host)}`
    await token.keys.start()
    return { url, markNotReady: server.markNotReady, close }
  } catch (error) {
    await close()
    throw error
  }
}

const asItIs = (route: Route) => route

/** Which statements a trace has. */
const statementsOf = ({ databaseUrl }: Config, { recordStatement }: Tracing) => {
  const system = databaseUrl.startsWith('file:') ? 'sqlite' : 'postgresql'
  return (run: ExecutedStatement) => recordStatement(system, run)
}

const inTurn =
  <Told>(listeners: readonly ((told: Told) => void)[]) =>
  (told: Told) => {
    for (const listener of listeners) listener(told)
  }

const eachAwaited = (steps: readonly (((politely?: boolean) => unknown) | undefined)[]) =>
  async function close(politely?: boolean): Promise<void> {
    for (const step of steps) await step?.(politely)
  }

/** Another issuer than the embedded one knows the IDE by an id that somebody has to set. */
const ideOf = ({ ideClientId, issuer }: Config) => ({
  files: readIdeAssets(IDE_BUILD_FOLDER),
  clientId: ideClientId ?? (issuer === undefined ? EMBEDDED_IDE_CLIENT_ID : undefined),
})

/** A scrape comes to any process, and is told of all. */
function metricsOfAll({ registry, contentType }: Metrics, { onNumbers, metricsText }: Common) {
  onNumbers(() => registry.getMetricsAsJSON())
  return { contentType, render: metricsText }
}

/** What is not limited costs nothing. */
function rateLimits(
  { http, clientRequestsPerMinute }: Config,
  redisClient: object | undefined,
  clock: Clock,
) {
  const limit = (name: 'address' | 'client', maxPerMinute: number | undefined) =>
    maxPerMinute === undefined ? undefined : createRateLimit({ name, maxPerMinute, redisClient, clock })
  return {
    limitAddress: limit('address', http.requestsPerMinute),
    limitClient: limit('client', clientRequestsPerMinute),
  }
}

const trustedOf = ({ trustedDocuments: { mode, manifestFiles } }: Config) => ({
  mode,
  documents: mode === 'off' ? [] : readDocumentManifests(manifestFiles),
})
