import { EMBEDDED_IDE_CLIENT_ID } from '../authorization-server/clients-and-users.ts'
import type { Config } from '../config/config.ts'
import { readDocumentManifests } from '../config/document-manifests.ts'
import { createBookRepository } from '../database/book-repository.ts'
import { openDatabase } from '../database/database.ts'
import { deleteExpiredIdempotencyRecords } from '../database/idempotency.ts'
import { loadSchema } from '../graphql/load-schema.ts'
import { checkReadiness } from '../http/health.ts'
import { createHttpServer } from '../http/server.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { Route } from '../lib/http-messages.ts'
import { withoutInstrumentation } from '../lib/instrument.ts'
import { startInterval } from '../lib/interval.ts'
import { createRateLimit } from '../lib/rate-limit.ts'
import { VERSION } from '../lib/version.ts'
import { openAuditLog } from '../observability/audit-log.ts'
import { createLogger } from '../observability/logger.ts'
import { renderClusterMetrics } from '../observability/metrics/cluster-metrics.ts'
import type { Metrics } from '../observability/metrics/metrics.ts'
import { startTracing } from '../observability/tracing/start-tracing.ts'
import type { ExecutedStatement, Tracing } from '../observability/tracing/tracing.ts'
import { IDE_ASSETS_PATH } from '../routes/ide.ts'
import { createApiRoutes } from '../routes/routes.ts'
import { createAuthentication } from './authentication.ts'
import { createHealthChecks } from './health-checks.ts'
import { IDE_BUILD_FOLDER, readIdeAssets } from './ide-assets.ts'
import type { StoppableServer } from './lifecycle.ts'
import { createServiceMetrics, measureRepository } from './metrics.ts'

const SWEEP_MS = 600_000

export type RunningServer = StoppableServer & { readonly url: string }

/** The parts of a worker process that the API server uses. */
type WorkerContext = {
  readonly id: number | undefined
  readonly shareMetrics: (registry: Metrics['registry']) => void
}

/** The running API; `isReady` tells what `/readyz` reports. */
export type RunningApi = RunningServer & { readonly isReady: () => Promise<boolean> }

/**
 * Puts the rooms together and opens the door, then fetches the keys: until they are there `/readyz` says so, and
 * requests with a token wait for them or get 503.
 * @returns once the keys are there, or could not be had; the fetch is then tried again behind the requests
 * @throws AuditLogError, DatabaseOpenError, SchemaViolationsError, and EADDRINUSE when the port is taken
 * @param clock what tokens, proofs and keys are timed with
 * @param schema the books' own, unless another is to be served by the same resolvers
 * @param worker set in one of several worker processes: its id in the log, and the metrics of all workers
 */
export async function startApiServer(
  config: Config,
  issuer: string,
  clock: Clock = systemClock,
  schema = loadSchema(),
  worker?: WorkerContext,
): Promise<RunningApi> {
  const plainLog = await createLogger(config)
  const log = worker ? plainLog.child({ worker: worker.id }) : plainLog
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
  const limits = rateLimits(config, token.redis?.client, clock)
  const settings = apiSettings(config, clock)
  const rooms = { schema, issuer, resource, instrument, books, authenticate: token.authenticate }
  const { routes, metricLabels, stop } = await createApiRoutes({
    ...rooms,
    ...limits,
    ...settings,
    reportFault: report,
  })
  const observe = inTurn([audit.recordRequest, metrics.addRequestMetrics(metricLabels)])
  worker?.shareMetrics(metrics.registry)
  const render = worker ? renderClusterMetrics : metrics.render
  const server = createHttpServer({
    limits: config.http,
    log,
    metrics: { contentType: metrics.contentType, render },
    checks,
    observe,
    ...limits,
  })
  server.addRoutes(routes.map(tracing?.traceRoute ?? asItIs))
  if (settings.ide.files) server.addStaticFiles(IDE_ASSETS_PATH, `${IDE_BUILD_FOLDER}/assets`)
  const stopSweeping = startInterval(clock, SWEEP_MS, () =>
    deleteExpiredIdempotencyRecords(database, clock.now()),
  )
  // The doors are shut before what stands behind them.
  const parts = [server.close, token.close, stop, stopSweeping, () => database.destroy(), tracing?.close]
  const close = eachAwaited([...parts, audit.close])
  try {
    // The port of a worker is open already, so a worker joins only when it is ready.
    if (worker) await token.keys.start()
    url = `http://localhost:${await server.listen(config.port, config.host)}`
    if (!worker) await token.keys.start()
    const isReady = async () => (await checkReadiness(checks)).isReady
    return { url, markNotReady: server.markNotReady, isReady, close }
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

/** What is not limited costs nothing. */
function rateLimits({ http, clientRequestsPerMinute }: Config, store: object | undefined, clock: Clock) {
  const limit = (name: 'address' | 'client', perMinute: number | undefined) =>
    perMinute === undefined ? undefined : createRateLimit({ name, perMinute, store, clock })
  return {
    limitAddress: limit('address', http.requestsPerMinute),
    limitClient: limit('client', clientRequestsPerMinute),
  }
}

/** What a request may ask for, and may learn of the schema. @throws InvalidSettingsError when a manifest cannot be read */
const apiSettings = (config: Config, clock: Clock) => ({
  introspection: config.introspection,
  hideNames: config.isProduction || config.introspection !== 'open',
  documents: config.documentLimits,
  limits: config.bookLimits,
  trusted: trustedOf(config),
  ide: ideOf(config),
  now: () => new Date(clock.now()),
  idempotencyTtlMs: config.idempotencyLifetimeMs,
})

const trustedOf = ({ trustedDocuments: { mode, manifestFiles } }: Config) => ({
  mode,
  documents: mode === 'off' ? [] : readDocumentManifests(manifestFiles),
})
