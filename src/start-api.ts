import { IDE_ASSETS } from './api/ide.ts'
import { startApi } from './api/routes.ts'
import { openAudit } from './audit.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Config } from './config.ts'
import type { Observed } from './exchange.ts'
import type { Check } from './http/health.ts'
import { createServer } from './http/server.ts'
import { IDE_FOLDER, readIdeFiles } from './ide-files.ts'
import { IDE_CLIENT } from './issuer/registry.ts'
import type { Part } from './life.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { repeated } from './repeated.ts'
import { readSchema } from './schema.ts'
import { createTokenRoom, REFUSAL_REASONS } from './start-token.ts'
import { type Books, createBooks } from './store/books.ts'
import { openDatabase } from './store/database.ts'
import { sweepIdempotency } from './store/idempotency.ts'
import type { KeySet } from './token/keys.ts'

const SWEEP_MS = 600_000

export type Running = Part & { readonly url: string }

/**
 * Puts the rooms together and opens the door, then fetches the keys: until they are there `/readyz` says so, and
 * requests with a token wait for them or get 503.
 * @returns once the keys are there, or could not be had; the fetch is then tried again behind the requests
 * @throws AuditFault, StoreFault, SchemaFaults, and EADDRINUSE when the port is taken
 * @param clock what tokens, proofs and keys are timed with
 * @param schema the books' own, unless another is to be served by the same resolvers
 */
export async function startApiServer(
  config: Config,
  issuer: string,
  clock: Clock = systemClock,
  schema = readSchema(),
): Promise<Running> {
  const log = await createLog(config)
  const audit = openAudit(config.auditLog, (fault) => log.error(fault))
  const database = await openDatabase(config.databaseUrl, config.pool)
  const books = createBooks(database)
  // Known once the door is open, when any free port was asked for.
  let resource = config.apiUrl ?? ''
  const report = (fault: unknown) => server.report(fault)
  const metrics = createMetrics({ reasons: REFUSAL_REASONS, keys: () => token.keys })
  const token = createTokenRoom({ config, issuer, resource: () => resource, clock, metrics, report })
  const checks = [keysCheck(token.keys), storeCheck(books), ...(token.redis ? [redisCheck(token.redis)] : [])]
  const observers: ((exchange: Observed) => void)[] = [audit.observe]
  const observe = (exchange: Observed) => {
    for (const one of observers) one(exchange)
  }
  const server = createServer({ limits: config.http, log, metrics, checks, observe })
  const ide = ideOf(config)
  const api = await startApi({
    schema,
    authenticate: token.authenticate,
    resource: () => resource,
    issuer,
    ...limitsOf(config),
    ide,
    reportFault: report,
    books,
    now: () => new Date(clock.now()),
    idempotencyMs: config.idempotencyMs,
  })
  server.add(api.routes)
  if (ide.files) server.addFiles(IDE_ASSETS, `${IDE_FOLDER}/assets`)
  const stopSweeping = repeated(clock, SWEEP_MS, () => sweepIdempotency(database, clock.now()))
  const close = inTurn([
    server.close,
    token.close,
    api.stop,
    stopSweeping,
    () => database.destroy(),
    audit.close,
  ])
  try {
    const url = `http://localhost:${await server.listen(config.port, config.host)}`
    resource ||= url
    await token.keys.start()
    return { url, announce: server.announce, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The doors are shut before what stands behind them. */
const inTurn = (steps: readonly ((politely?: boolean) => unknown)[]) =>
  async function close(politely?: boolean): Promise<void> {
    for (const step of steps) await step(politely)
  }

/** Another issuer than the embedded one knows the IDE by an id that somebody has to set. */
const ideOf = ({ ideClientId, issuer }: Config) => ({
  files: readIdeFiles(IDE_FOLDER),
  clientId: ideClientId ?? (issuer === undefined ? IDE_CLIENT : undefined),
})

/** What a request may ask for, and may learn of the schema. */
const limitsOf = ({ production, introspection, documents, limits }: Config) => ({
  introspection,
  hideNames: production || introspection !== 'open',
  documents,
  limits,
})

const keysCheck = (keys: KeySet): Check => ({
  name: 'keys',
  reason: async () => (keys.usable ? undefined : 'the issuer’s keys cannot be had'),
  state: () => ({ count: keys.size, ageSeconds: Number.isFinite(keys.age) ? Math.round(keys.age) : null }),
})

const storeCheck = (books: Books): Check => ({
  name: 'store',
  reason: () =>
    books.ping().then(
      () => undefined,
      () => 'the book store cannot be reached',
    ),
})

/** Without Redis all but DPoP goes on: it is told, and nobody is turned away for it. */
const redisCheck = (redis: { readonly connected: () => boolean }): Check => ({
  name: 'redis',
  state: () => ({ up: redis.connected(), connected: redis.connected() }),
})
