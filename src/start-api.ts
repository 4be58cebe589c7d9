import { startApi } from './api/routes.ts'
import type { Config } from './config.ts'
import { createServer } from './http/server.ts'
import { readSchema } from './schema.ts'
import { createBooks } from './store/books.ts'
import { openDatabase } from './store/database.ts'
import { cached } from './token/cache.ts'
import { keysOf } from './token/fetch-keys.ts'
import { KeySet } from './token/keys.ts'
import { createVerify } from './token/verify.ts'

export type Running = { readonly url: string; close(): Promise<void> }

/**
 * Puts the rooms together and opens the door.
 * The keys are fetched behind the start: until they are there `/readyz` says so and guarded requests get 503.
 */
export async function startApiServer(config: Config, issuer: string): Promise<Running> {
  const now = () => Date.now()
  const schema = readSchema()
  const database = await openDatabase(config.databaseUrl)
  const books = createBooks(database)
  const keys = new KeySet({
    fetchKeys: keysOf(issuer),
    now,
    random: Math.random,
    onFailure: (error) => server.report(error),
  })
  const server = createServer({
    limits: config.http,
    logLevel: config.logLevel,
    checks: [
      { name: 'keys', reason: async () => (keys.usable ? undefined : 'the issuer’s keys cannot be had') },
      {
        name: 'store',
        reason: () =>
          books.ping().then(
            () => undefined,
            () => 'the book store cannot be reached',
          ),
      },
    ],
  })
  // Known once the door is open, when any free port was asked for.
  let resource = config.apiUrl ?? ''
  const policy = { issuer, audience: config.audience }
  const verify = cached(createVerify({ policy, findKey: keys.find, now }), {
    now,
    generation: () => keys.generation,
  })
  const api = await startApi({
    schema,
    verify,
    resource: () => resource,
    issuer,
    introspection: config.introspection,
    hideNames: config.production || config.introspection !== 'open',
    documents: config.documents,
    reportFault: server.report,
    books,
    now: () => new Date(now()),
    limits: config.limits,
  })
  server.add(api.routes)
  const close = async () => {
    keys.stop()
    await server.close()
    await api.stop()
    await database.destroy()
  }
  try {
    const [port] = await Promise.all([server.listen(config.port, config.host), keys.start()])
    const url = `http://localhost:${port}`
    resource ||= url
    return { url, close }
  } catch (error) {
    await close()
    throw error
  }
}
