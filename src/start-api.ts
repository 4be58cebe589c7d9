import { startApi } from './api/routes.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Config } from './config.ts'
import type { Check } from './http/health.ts'
import { createServer } from './http/server.ts'
import { createMetrics } from './metrics.ts'
import { readSchema } from './schema.ts'
import { createTokenRoom, REFUSAL_REASONS } from './start-token.ts'
import { type Books, createBooks } from './store/books.ts'
import { openDatabase } from './store/database.ts'
import type { KeySet } from './token/keys.ts'

export type Running = { readonly url: string; close(): Promise<void> }

/**
 * Puts the rooms together and opens the door.
 * The keys are fetched behind the start: until they are there `/readyz` says so and guarded requests get 503.
 * @param clock what tokens, proofs and keys are timed with
 */
export async function startApiServer(
  config: Config,
  issuer: string,
  clock: Clock = systemClock,
): Promise<Running> {
  const schema = readSchema()
  const database = await openDatabase(config.databaseUrl)
  const books = createBooks(database)
  // Known once the door is open, when any free port was asked for.
  let resource = config.apiUrl ?? ''
  const report = (fault: unknown) => server.report(fault)
  const metrics = createMetrics({ reasons: REFUSAL_REASONS, keys: () => token.keys })
  const token = createTokenRoom({ config, issuer, resource: () => resource, clock, metrics, report })
  const server = createServer({
    limits: config.http,
    logLevel: config.logLevel,
    metrics,
    checks: [keysCheck(token.keys), storeCheck(books)],
  })
  const api = await startApi({
    schema,
    authenticate: token.authenticate,
    resource: () => resource,
    issuer,
    introspection: config.introspection,
    hideNames: config.production || config.introspection !== 'open',
    documents: config.documents,
    reportFault: report,
    books,
    now: () => new Date(clock.now()),
    limits: config.limits,
  })
  server.add(api.routes)
  const close = async () => {
    await server.close()
    token.close()
    await api.stop()
    await database.destroy()
  }
  try {
    const [port] = await Promise.all([server.listen(config.port, config.host), token.keys.start()])
    const url = `http://localhost:${port}`
    resource ||= url
    return { url, close }
  } catch (error) {
    await close()
    throw error
  }
}

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
