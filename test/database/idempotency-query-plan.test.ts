// An import can be over before PostgreSQL has statistics of the table, so the plan must be good without them.

import { expect, test } from '@jest/globals'
import type { CompiledQuery } from 'kysely'
import pg from 'pg'
import { createBookRepository } from '../../src/database/book-repository.ts'
import { Database, openDatabase } from '../../src/database/database.ts'
import { createPostgresDialect, DEFAULT_POOL_SETTINGS, POSTGRES_SQL } from '../../src/database/postgres.ts'
import { createRecordingDialect } from '../support/database/recording-dialect.ts'
import { createPostgresDatabase, describePostgres } from '../support/databases.ts'
import { queryPostgres } from '../support/query-postgres.ts'

/** Enough that scanning all of them is never the cheapest plan. */
const KEYS = 400_000

describePostgres('on PostgreSQL', () => {
  test('finds keys by the index on the key, without statistics', async () => {
    const url = await createPostgresDatabase()
    await (await openDatabase(url)).destroy()
    await queryPostgres('alter table idempotency set (autovacuum_enabled = off)', url)
    await queryPostgres(
      `insert into idempotency select 'job', 'k' || i, '', 'hash', '1', 0 from generate_series(1, ${KEYS}) i`,
      url,
    )
    const asked: CompiledQuery[] = []
    const database = new Database(
      createRecordingDialect(createPostgresDialect(url, DEFAULT_POOL_SETTINGS), asked),
      POSTGRES_SQL,
    )
    const book = { id: undefined, title: 't', author: 'a', cents: 1, numPages: 1 }
    const books = Array.from({ length: 256 }, (_, i) => ({
      ...book,
      argument: `inputs[${i}]`,
      idempotencyKey: `k${i + 1}`,
    }))
    const write = {
      clientId: 'job',
      addedBy: 'job',
      addedAt: new Date(),
      idempotencyTtlMs: 1,
      idempotentWrite: undefined,
    }
    await createBookRepository(database).add(books, write)
    const [lookup] = asked.filter((query) => /^select .* from "idempotency"/.test(query.sql))
    await database.destroy()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query(`explain ${lookup?.sql}`, [...(lookup?.parameters ?? [])])
    await client.end()
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index Cond: \(\(key = /)
  })
})
