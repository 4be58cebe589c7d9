import { IDE_CLIENT } from '../authorization-server/clients-and-users.ts'
import type { Config } from '../config/config.ts'
import { readManifests } from '../config/document-manifests.ts'
import { createBooks } from '../database/book-repository.ts'
import { openDatabase } from '../database/database.ts'
import { sweepIdempotency } from '../database/idempotency.ts'
import { readSchema } from '../graphql/load-schema.ts'
import { createServer } from '../http/server.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { Route } from '../lib/http-messages.ts'
import { bare } from '../lib/instrument.ts'
import { repeated } from '../lib/interval.ts'
import { createRateLimit } from '../lib/rate-limit.ts'
import { VERSION } from '../lib/version.ts'
import { openAudit } from '../observability/audit-log.ts'
import { createLog } from '../observability/logger.ts'
import type { Metrics } from '../observability/metrics/metrics.ts'
import { startTracing } from '../observability/tracing/start-tracing.ts'
import type { RunStatement, Tracing } from '../observability/tracing/tracing.ts'
import { IDE_ASSETS } from '../routes/ide.ts'
import { startApi } from '../routes/routes.ts'
import { createTokenRoom } from './authentication.ts'
import { checksOf } from './health-checks.ts'
import { IDE_FOLDER, readIdeFiles } from './ide-assets.ts'
import type { Part } from './lifecycle.ts'
import { serviceMetrics, timedBooks } from './metrics.ts'
import type { Common } from './workers/shared-state.ts'

const SWEEP_MS = 600_000

export type Running = Part & { readonly url: string }

/**
 * Puts the rooms together and opens the door, then fetches the keys: until they are there `/readyz` says so, and
 * requests with a token wait for them or get 503.
 * @returns once the keys are there, or could not be had; the fetch is then tried again behind the requests
 * @throws AuditFault, StoreFault, SchemaFaults, and EADDRINUSE when the port is taken
 * @param clock what tokens, proofs and keys are timed with
 * @param schema the books' own, unless another is to be served by the same resolvers
 * @param common what other processes of this copy have, too; left out: it is the only one
 */
export async function startApiServer(
  config: Config,
  issuer: string,
  clock: Clock = systemClock,
  schema = readSchema(),
  common?: Common,
): Promise<Running> {
  const plainLog = await createLog(config)
  const log = common ? plainLog.child({ worker: common.worker }) : plainLog
  const report = (fault: unknown) => log.error(fault)
  const audit = openAudit(config.auditLog, report)
  // Known once the door is open, when any free port was asked for.
  let url = ''
  const resource = () => config.apiUrl ?? url
  const tracing = await startTracing(config.traces, VERSION, report)
  const around = tracing?.around ?? bare
  const database = await openDatabase(
    config.databaseUrl,
    config.pool,
    tracing && statementsOf(config, tracing),
  )
  const metrics = serviceMetrics({
    database,
    token: () => token,
    checks: () => checks,
    inFlight: () => server.inFlight(),
    connections: () => server.connections(),
  })
  const books = timedBooks(metrics, createBooks(database))
  const token = createTokenRoom({ config, issuer, resource, clock, metrics, report, around, common })
  const checks = checksOf(token, books)
  const limits = rateLimits(config, token.redis?.client, clock, common)
  const settings = apiSettings(config, clock)
  const rooms = { schema, issuer, resource, around, books, authenticate: token.authenticate }
  const { routes, lists, stop } = await startApi({ ...rooms, ...limits, ...settings, reportFault: report })
  const observe = inTurn([audit.observe, metrics.requests(lists)])
  const watched = common ? metricsOfAll(metrics, common) : metrics
  const server = createServer({ limits: config.http, log, metrics: watched, checks, observe, ...limits })
  server.add(routes.map(tracing?.route ?? asItIs))
  if (settings.ide.files) server.addFiles(IDE_ASSETS, `${IDE_FOLDER}/assets`)
  const stopSweeping = repeated(clock, SWEEP_MS, () => sweepIdempotency(database, clock.now()))
  // The doors are shut before what stands behind them.
  const parts = [server.close, token.close, stop, stopSweeping, () => database.destroy(), tracing?.close]
  const close = eachAwaited([...parts, audit.close])
  try {
    url = `http://localhost:${await server.listen(config.port, config.host)}`
    await token.keys.start()
    return { url, announce: server.announce, close }
  } catch (error) {
    await close()
    throw error
  }
}

const asItIs = (route: Route) => route

/** Which statements a trace has. */
const statementsOf = ({ databaseUrl }: Config, { statement }: Tracing) => {
  const system = databaseUrl.startsWith('file:') ? 'sqlite' : 'postgresql'
  return (run: RunStatement) => statement(system, run)
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
  files: readIdeFiles(IDE_FOLDER),
  clientId: ideClientId ?? (issuer === undefined ? IDE_CLIENT : undefined),
})

/** A scrape comes to any process, and is told of all. */
function metricsOfAll({ numbers, contentType }: Metrics, { onNumbers, metricsText }: Common) {
  onNumbers(numbers)
  return { contentType, text: metricsText }
}

/** What is not limited costs nothing. */
function rateLimits(
  { http, clientPerMinute }: Config,
  store: object | undefined,
  clock: Clock,
  common: Common | undefined,
) {
  const limit = (name: 'address' | 'client', perMinute: number | undefined) =>
    perMinute === undefined
      ? undefined
      : createRateLimit({ name, perMinute, store, clock, elsewhere: common?.countOf(name) })
  return { limitAddress: limit('address', http.perMinute), limitClient: limit('client', clientPerMinute) }
}

/** What a request may ask for, and may learn of the schema. @throws SettingsFaults when a manifest cannot be read */
const apiSettings = (config: Config, clock: Clock) => ({
  introspection: config.introspection,
  hideNames: config.production || config.introspection !== 'open',
  documents: config.documents,
  limits: config.limits,
  trusted: trustedOf(config),
  ide: ideOf(config),
  now: () => new Date(clock.now()),
  idempotencyMs: config.idempotencyMs,
})

const trustedOf = ({ trustedDocuments: { mode, manifests } }: Config) => ({
  mode,
  texts: mode === 'off' ? [] : readManifests(manifests),
})
