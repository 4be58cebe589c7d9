import { setTimeout } from 'node:timers/promises'
import { PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'
import { type ConnectionWatchdog, createConnectionWatchdog } from './connection-watchdog.ts'
import type { DialectSql } from './dialect.ts'
import { NoConnectionError } from './errors.ts'
import type { WordColumn } from './search-words.ts'

export type PoolSettings = {
  readonly maxConnections: number
  /** The time limit of connecting, and of waiting for a connection in use. */
  readonly connectTimeoutMs: number
  /** Undefined: no limit. */
  readonly statementTimeoutMs?: number | undefined
  /** The time for which a statement may wait for a lock. Undefined: no limit. */
  readonly lockTimeoutMs?: number | undefined
}

/** The number of connections, and of queries that wait for one. */
export type PoolUsage = { readonly inUse: number; readonly idle: number; readonly waiting: number }

export const DEFAULT_POOL_SETTINGS: PoolSettings = {
  maxConnections: 10,
  connectTimeoutMs: 800,
  statementTimeoutMs: 5_000,
  lockTimeoutMs: 2_000,
}

/** The share of the time limit for which a query may wait for a connection before further queries are rejected. */
const MAX_WAIT_RATIO = 1 / 2
/**
 * The time after which the server ends the transaction, and so the locks, of a process that died or lost its network. It is
 * below the default lock timeout, so that a write that waits for such a lock succeeds.
 */
const IDLE_TRANSACTION_TIMEOUT_MS = 1_500
const IDLE_TIMEOUT_MS = 30_000
/** The time that a stop waits for statements whose requests have had the time to end. */
const END_TIMEOUT_MS = 1_000
/** Values of `sslmode`, or of pg's `ssl`. */
const TLS_DISABLED = /^(?:disable|0|false)$/

// Numbers, not strings: no value here exceeds 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/**
 * Creates Kysely's PostgreSQL dialect over a pool that closes its connections when the server becomes unreachable.
 * @param url `postgres://…`, in libpq's format
 * @param watchdog shared by all pools of a server
 * @throws Error when the URL names a certificate that cannot be read
 */
export function createPostgresDialect(
  url: string,
  settings: PoolSettings,
  watchdog: ConnectionWatchdog = createConnectionWatchdog(parsePostgresUrl(url)),
) {
  const pool = new pg.Pool({
    statement_timeout: settings.statementTimeoutMs,
    lock_timeout: settings.lockTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    application_name: 'fakebook',
    keepAlive: true,
    ...parsePostgresUrl(url),
    max: settings.maxConnections,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
  })
  // The pool removes an idle connection that breaks; one in use rejects its query.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  watchdog.watch(pool, settings.statementTimeoutMs)
  const getPoolUsage = (): PoolUsage => ({
    inUse: pool.totalCount - pool.idleCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
  })
  const end = async () => Promise.race([pool.end(), setTimeout(END_TIMEOUT_MS, undefined, { ref: false })])
  const connect = limitQueueTime(pool, settings.connectTimeoutMs * MAX_WAIT_RATIO)
  return Object.assign(new PostgresDialect({ pool: { connect, end, options: pool.options } }), {
    getPoolUsage,
  })
}

/**
 * Returns the pool's `connect`, which rejects at once while the oldest query in the queue has waited for longer than
 * `maxWaitMs`: another one would wait for the whole time limit, probably in vain.
 */
function limitQueueTime(pool: pg.Pool, maxWaitMs: number): () => Promise<pg.PoolClient> {
  const waiting = new Set<{ readonly startMs: number }>()
  return async function connect() {
    // A new connection takes time too, but not that of other queries.
    if (pool.totalCount < pool.options.max) return pool.connect()
    const query = { startMs: performance.now() }
    const [oldest = query] = waiting
    if (query.startMs - oldest.startMs > maxWaitMs) throw new NoConnectionError()
    waiting.add(query)
    try {
      return await pool.connect()
    } finally {
      waiting.delete(query)
    }
  }
}

/**
 * Parses a PostgreSQL URL and reads its certificate files. Every mode with TLS verifies the certificate and its host, as
 * `sslmode=verify-full` does, since libpq's `prefer` and `require` would accept any certificate.
 * @param url `postgres://…`, in libpq's format
 * @throws Error when a certificate file cannot be read
 */
export function parsePostgresUrl(url: string): pg.ClientConfig {
  const verifiedUrl = new URL(url)
  const { searchParams } = verifiedUrl
  const mode = searchParams.get('sslmode') ?? searchParams.get('ssl')
  for (const name of ['ssl', 'uselibpqcompat']) searchParams.delete(name)
  const tlsMode = mode === 'no-verify' ? mode : 'verify-full'
  if (mode !== null) searchParams.set('sslmode', TLS_DISABLED.test(mode) ? 'disable' : tlsMode)
  return parseIntoClientConfig(verifiedUrl.href)
}

type Lock = { readonly name: string; readonly taken: boolean }

const toVector = (column: WordColumn) => sql`array_to_tsvector(string_to_array(${sql.ref(column)}, ' '))`

export const POSTGRES_SQL: DialectSql = {
  integerType: 'bigint',
  primaryKeyTableSuffix: sql``,

  async createTitleIndex(database) {
    await sql`create index books_by_words on books using gin ((${toVector('words')}))`.execute(database)
  },

  async addAuthorIndex(database) {
    await sql`create index books_by_author_words on books using gin ((${toVector('author_words')}))`.execute(
      database,
    )
  },

  searchWordIndex(database, prefixes) {
    let query = database.selectFrom('books')
    for (const [column, group] of Map.groupBy(prefixes, (prefix) => prefix.column)) {
      // Prefixes are letters and digits only, so none of them ends the quotes.
      const tsquery = group.map(({ prefix }) => `'${prefix}':*`).join(' & ')
      query = query.where(sql<boolean>`${toVector(column)} @@ ${tsquery}::tsquery`)
    }
    // The planner assumes that any prefix is frequent, and would walk the primary key until the page is full: through all
    // books for a word that none has. It cannot use the primary key for a sum.
    return { query, sortId: sql<number>`(books.id + 0)` }
  },

  generateText: (expression) => sql`text collate "C" generated always as (${expression}) stored`,

  // Of no table: a lock on one does not make the database unavailable.
  ping: sql`select 1`,

  async lockIdAllocation(transaction) {
    await sql`select pg_advisory_xact_lock(hashtextextended('fakebook: next ids', 0))`.execute(transaction)
  },

  async tryAdvisoryLocks(transaction, names) {
    const lock = sql<Lock>`select name, pg_try_advisory_xact_lock(hashtextextended(name, 0)) as taken
      from unnest(${names}::text[]) as name`
    const { rows } = await lock.execute(transaction)
    return new Set(rows.flatMap(({ name, taken }) => (taken ? name : [])))
  },
}
